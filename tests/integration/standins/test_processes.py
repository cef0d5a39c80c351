"""The stand-ins as processes: they come up, stop at once, and remember."""

import contextlib
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from .clients import NO_TLS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    def __init__(self, name: str, state: Path, *options: str) -> None:
        self.port = free_port()
        module = f"tereze.demo.standins.{name}"
        arguments = ["--port", str(self.port), "--state", str(state), *options]
        self.child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], stdin=subprocess.PIPE
        )
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", trust_env=False, verify=NO_TLS, timeout=30
        )
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if self.http.get("/_health").json()["ok"]:
                    return
            time.sleep(0.02)
        raise TimeoutError(self.port)

    def end(self, number: signal.Signals) -> float:
        started = time.monotonic()
        self.child.send_signal(number)
        self.child.wait(10)
        return time.monotonic() - started

    def close(self) -> None:
        if self.child.poll() is None:
            self.end(signal.SIGKILL)
        self.http.close()
        if self.child.stdin:
            self.child.stdin.close()


@contextlib.contextmanager
def process(name: str, state: Path, *options: str) -> Iterator[Process]:
    started = Process(name, state, *options)
    try:
        yield started
    finally:
        started.close()


def test_open_polls_and_streams_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with process("botapi", tmp_path, "--example") as botapi:
        chat = botapi.http.get("/_city/chats").json()[0]["id"]
        token = "700000001:EXAMPLE-CITY-WALL-BOT-NOT-A-SECRET"
        offset = botapi.http.get(f"/bot{token}/getUpdates").json()["result"][-1]["update_id"] + 1
        paths = (
            f"/bot{token}/getUpdates?timeout=50&offset={offset}",
            f"/chat/{chat}/stream",
        )
        waiting = [threading.Thread(target=read, args=(botapi.port, path)) for path in paths]
        for thread in waiting:
            thread.start()
        until = time.monotonic() + 5
        while not botapi.http.get("/_city/state").json()["bots"][0]["polling"]:
            assert time.monotonic() < until
        assert botapi.end(signal.SIGTERM) < 1
        for thread in waiting:
            thread.join(2)
            assert not thread.is_alive()
        assert botapi.child.returncode in {0, -signal.SIGTERM}


def read(port: int, path: str) -> None:
    with contextlib.suppress(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False, verify=NO_TLS, timeout=60)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_the_city_survives_a_restart(tmp_path: Path, ending: signal.Signals) -> None:
    token = "700000001:EXAMPLE-CITY-WALL-BOT-NOT-A-SECRET"
    with process("botapi", tmp_path, "--example") as botapi:
        chat = botapi.http.get("/_city/chats").json()[0]["id"]
        before = botapi.http.get(f"/_city/chats/{chat}/messages").json()
        number = before[-1]["message_id"]
        botapi.http.post(f"/bot{token}/deleteMessage", json={"chat_id": chat, "message_id": number})
        updates = botapi.http.get(f"/bot{token}/getUpdates").json()["result"]
        botapi.end(ending)
    with process("botapi", tmp_path, "--example") as botapi:
        after = botapi.http.get(f"/_city/chats/{chat}/messages").json()
        assert [one["message_id"] for one in after] == [one["message_id"] for one in before]
        assert after[-1]["deleted_at"]
        assert botapi.http.get(f"/bot{token}/getUpdates").json()["result"] == updates


def test_adverts_survive_a_restart(tmp_path: Path) -> None:
    with process("platform", tmp_path, "--example") as platform:
        adverts = platform.http.get("/_site/listings").json()
        platform.http.post(
            f"/_site/listings/{adverts[0]['site']}/{adverts[0]['code']}", json={"status": "removed"}
        )
        assert platform.end(signal.SIGTERM) < 1
    with process("platform", tmp_path, "--example") as platform:
        again = platform.http.get("/_site/listings").json()
        assert [one["code"] for one in again] == [one["code"] for one in adverts]
        assert again[0]["status"] == "removed"


def test_letters_survive_a_restart(tmp_path: Path) -> None:
    smtp_port = free_port()
    options = ("--smtp-port", str(smtp_port))
    with (
        process("mailbox", tmp_path, *options) as mailbox,
        smtplib.SMTP("127.0.0.1", smtp_port, timeout=5) as smtp,
    ):
        smtp.sendmail("a@example.kz", ["b@example.kz"], "Subject: x\r\n\r\ny")
        assert mailbox.end(signal.SIGTERM) < 1
    with process("mailbox", tmp_path, *options) as mailbox:
        assert mailbox.http.get("/_mail/letters").json()[0]["subject"] == "x"


@pytest.mark.parametrize("name", ["botapi", "platform", "mailbox"])
def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [
                sys.executable,
                "-m",
                f"tereze.demo.standins.{name}",
                "--port",
                port,
                "--state",
                str(tmp_path),
            ],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"cannot listen on 127.0.0.1:{port}")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["botapi", "platform", "mailbox"])
def test_none_outlives_its_supervisor(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEREZE_SUPERVISED", "1")
    options = ("--smtp-port", str(free_port())) if name == "mailbox" else ()
    with process(name, tmp_path, *options) as standin:
        assert standin.child.stdin
        standin.child.stdin.close()  # as the death of whoever holds it does
        standin.child.wait(10)
