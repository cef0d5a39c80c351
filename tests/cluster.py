"""A real NATS cluster on this machine, whose nodes can be killed, and a wire that can be cut."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.city import free_port, wait_until


# Debian puts it where only root looks
SERVER = shutil.which("nats-server") or "/usr/sbin/nats-server"


class Node:
    def __init__(self, number: int, folder: Path) -> None:
        self.name, self.folder = f"n{number}", folder / f"n{number}"
        self.port, self.route, self.monitor = free_port(), free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self, routes: str) -> None:
        self.folder.mkdir(exist_ok=True)
        command = [SERVER, "-a", "127.0.0.1", "-p", str(self.port), "-n", self.name]
        command += ["-js", "--no_advertise", "-sd", str(self.folder), "-m", str(self.monitor)]
        if routes:
            command += ["--cluster_name", "tereze", "--routes", routes]
            command += ["--cluster", f"nats://127.0.0.1:{self.route}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def ask(self, path: str) -> Any:
        return httpx.get(f"http://127.0.0.1:{self.monitor}/{path}", timeout=5).json()

    def is_well(self) -> bool:
        answer = httpx.get(f"http://127.0.0.1:{self.monitor}/healthz", timeout=5)
        return answer.is_success

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


class Cluster:
    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        routes = ",".join(f"nats://127.0.0.1:{node.route}" for node in nodes)
        self.routes = routes if len(nodes) > 1 else ""

    @property
    def url(self) -> str:
        return ",".join(node.url for node in self.nodes)

    def start(self) -> None:
        for node in self.nodes:
            node.start(self.routes)
        wait_until(lambda: all(map(Node.is_well, self.nodes)), what="the cluster")

    def start_again(self, node: Node) -> None:
        node.start(self.routes)
        wait_until(node.is_well, what="the node to come back", seconds=60)

    def leader(self, stream: str = "TEREZE_WATCH") -> Node:
        """Of the stream, as a node that lives tells it."""
        name = wait_until(lambda: self.leader_name(stream), what="a leader of the stream")
        return next(node for node in self.nodes if node.name == name)

    def leader_name(self, stream: str) -> str:
        alive = next(n for n in self.nodes if n.process is not None and n.process.poll() is None)
        told = alive.ask("jsz?streams=true")
        for account in told.get("account_details") or []:
            for found in account.get("stream_detail") or []:
                if found["name"] == stream:
                    return str((found.get("cluster") or {}).get("leader", ""))
        return ""

    def stop(self) -> None:
        for node in self.nodes:
            if node.process is not None:
                node.process.kill()
                node.process.wait()


@contextlib.contextmanager
def running_cluster(size: int = 3) -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="tereze-nats-"))
    cluster = Cluster([Node(number, folder) for number in range(1, size + 1)])
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Wire:
    """A proxy between two who speak TCP. Cut, it passes nothing on and says nothing of it."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.whole = threading.Event()
        self.whole.set()
        self.trap: tuple[bytes, Callable[[], None]] | None = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.ends: list[socket.socket] = []
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def when(self, words: bytes, do: Callable[[], None]) -> None:
        """Once, when these words come along, and before they are passed on."""
        self.trap = (words, do)

    def cut(self) -> None:
        self.whole.clear()

    def mend(self) -> None:
        self.whole.set()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                self.ends.append(near)
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:  # a node that was killed
                    near.shutdown(socket.SHUT_RDWR)
                    continue
                self.ends.append(far)
                for ends in ((near, far), (far, near)):
                    carrying = threading.Thread(target=self.carry, args=ends, daemon=True)
                    self.threads.append(carrying)
                    carrying.start()

    def carry(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                if self.trap is not None and self.trap[0] in data:
                    (_words, do), self.trap = self.trap, None
                    do()
                self.whole.wait()
                far.sendall(data)
        for end in (near, far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.mend()
        for end in (self.listener, *self.ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(timeout=5)
        for end in (self.listener, *self.ends):
            end.close()
