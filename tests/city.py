"""A real city for integration and browser tests: its own data folder, database and processes."""

import atexit
import contextlib
import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg


PATIENCE = 30.0
# a chat that is watched and acted in, for `City.python`
A_CHAT = """
from datetime import timedelta
from tereze.accounts.models import Unit
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.watch.actions import sources
from tereze.watch.actions.trial import Trial
unit, _ = Unit.objects.get_or_create(slug="bench", defaults={{"name": "Bench"}})
at = now()
sources.add_source(unit=unit, kind="{kind}", chat_id="{chat}", title="Bench", by=Actor.machine("bench"),
    legal_basis="own test data", consent_by="own test data", consent_at=at,
    consent_file=vault.store(b"own test data").sha256, notice_at=at, notice_text="own test data",
    until=at + timedelta(days=1), mode="automatic", threshold=0.8, author_act="{act}",
    token="{token}", server="{server}", language="ru", hourly_limit=10_000,
    earlier=Trial(shadow=timedelta(days=7), verdicts=50, right=50))
"""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_until(condition: Callable[[], Any], *, what: str, seconds: float = PATIENCE) -> Any:
    """Ask again and again until it holds; fail with `what` after too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if result := condition():
                return result
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


class City:
    """`with a_city() as city: city.serve(); city.start("worker")`"""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment, "TEREZE_DATA": str(folder)}
        self.processes: list[subprocess.Popen[bytes]] = []
        self.url = ""

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """A `tereze` command, to its end."""
        command = [sys.executable, "-m", "tereze", *arguments]
        return subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **options,
        )

    def python(self, code: str, *, seconds: float = 120) -> str:
        """A few lines inside the city's own Django, in a process of their own."""
        prefix = "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'tereze.settings'); django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", prefix + code],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """A process that runs until the city ends."""
        return self.start_python("-m", "tereze", *arguments)

    def start_python(self, *arguments: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, *arguments], env=self.environment)
        self.processes.append(process)
        return process

    def start_botapi(self, folder: Path) -> str:
        """The stand-in of Telegram's cloud, to which this city's processes talk; where it listens."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        self.environment |= {
            "TEREZE_TELEGRAM_SERVER": url,
            "TEREZE_STANDINS": f"127.0.0.1:{port}",
        }
        module = "tereze.demo.standins.botapi"
        self.start_python("-m", module, "--port", str(port), "--state", str(folder))
        wait_until(lambda: httpx.get(f"{url}/_health").is_success, what="the stand-in")
        return url

    def serve(self) -> str:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.environment["TEREZE_URL"] = self.url
        self.start("serve", "--port", str(port))
        wait_until(lambda: httpx.get(f"{self.url}/healthz").is_success, what="the first page")
        return self.url

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()


@contextlib.contextmanager
def a_city(**environment: str) -> Iterator[City]:
    """Migrated and empty, on the database that the test run uses."""
    url, folder = os.environ.get("DATABASE_URL"), Path(tempfile.mkdtemp(prefix="tereze-city-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        empty = an_empty_city(url)
        if url:
            environment["DATABASE_URL"] = stack.enter_context(a_database(url, like=empty.name))
        shutil.copytree(empty, folder, dirs_exist_ok=True)
        city = City(folder, environment)
        stack.callback(city.stop)
        yield city


def an_empty_city(url: str | None) -> Path:
    """Migrated once in a test run, since that takes seconds; on PostgreSQL the database has its name."""
    if "TEREZE_TEST_CITY" not in os.environ:  # a bench, not a test run
        os.environ["TEREZE_TEST_CITY"] = tempfile.mkdtemp(prefix="tereze-empty-")
        atexit.register(shutil.rmtree, os.environ["TEREZE_TEST_CITY"], ignore_errors=True)
    shared = Path(os.environ["TEREZE_TEST_CITY"])
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (found := list(shared.glob("empty_*"))):
            making = shared / "making"
            shutil.rmtree(making, ignore_errors=True)  # of one that ran out of time
            making.mkdir()
            name = f"empty_{secrets.token_hex(6)}"
            environment = {}
            if url:
                server(url, f"CREATE DATABASE {name}")
                environment["DATABASE_URL"] = at(url, name)
            done = City(making, environment).run("migrate", "-v0")
            assert done.returncode == 0, done.stderr
            found = [making.rename(shared / name)]
    return found[0]


@contextlib.contextmanager
def a_database(url: str, *, like: str) -> Iterator[str]:
    name = f"city_{secrets.token_hex(6)}"
    server(url, f"CREATE DATABASE {name} TEMPLATE {like}")
    yield at(url, name)
    server(url, f"DROP DATABASE {name} WITH (FORCE)")


def at(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"


def server(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
