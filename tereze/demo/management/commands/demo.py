import fcntl
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tereze.core.processes import Stop
from tereze.core.readiness import checks
from tereze.core.supervisor import Child, Supervisor, tereze
from tereze.demo import filling, guide
from tereze.demo.ports import HOOK, Ports, choose
from tereze.demo.standins.timestamp import ROOT


GLANCE = 20.0  # then the page is printed all the same
PATIENCE = 180.0  # a slow disk, a cold cache, two busy cores


class Command(BaseCommand):
    help = "The example city with its stand-ins: everything the loop needs, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="forget the example city first")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_a_real_city()
        stop = Stop()
        with only_one():
            if options["reset"]:
                forget()
            ports, said = choose()
            for sentence in said:
                self.stdout.write(sentence)
            supervisor = Supervisor(standins(ports))
            welcome = threading.Thread(target=self.welcome, args=(ports, stop, supervisor))
            welcome.start()
            supervisor.run(stop)
            welcome.join()

    def welcome(self, ports: Ports, stop: Stop, supervisor: Supervisor) -> None:
        try:
            call_command("migrate", verbosity=0)
            for name in ("botapi", "platform", "mail", "time"):
                wait_for(f"{ports.url(name)}/_health", stop)
            if not stop:
                self.stdout.write("Opening the example city:")
                filling.fill(ports, self.stdout.write)
                supervisor.add(*tereze_itself(ports))
                wait_for(f"{ports.url('desk')}/healthz", stop)
                wait_until_it_sees(stop)
            if not stop:
                self.stdout.write(guide.page(ports))
        except Exception as error:
            sys.stderr.write(f"tereze: the example city is not complete: {error}\n")
            stop.event.set()


def refuse_a_real_city() -> None:
    database = Path(settings.DATA) / "db" / "tereze.sqlite3"
    if database.exists() and database.stat().st_size and not filling.is_example_city():
        from tereze.accounts.models import User

        call_command("migrate", verbosity=0)
        if User.objects.exists():
            raise CommandError(
                f"{settings.DATA} holds a real city. The demo does not touch it: set TEREZE_DATA to "
                "another folder."
            )


def forget() -> None:
    """The example city's own folder goes; keys too, so the next one starts from nothing."""
    from django.db import connections

    connections.close_all()
    if not filling.is_example_city():
        return
    for entry in Path(settings.DATA).iterdir():
        if entry.name in {"keys", LOCK}:
            continue
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    (Path(settings.DATA) / "db").mkdir(mode=0o700)


LOCK = "demo.lock"


@contextmanager
def only_one() -> Iterator[None]:
    path = Path(settings.DATA) / LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                "The demo is already running from this folder. Stop it there with Ctrl-C first."
            ) from error
        yield


def standins(ports: Ports) -> list[Child]:
    def standin(name: str, port: int, *more: str) -> Child:
        folder = Path(settings.DATA) / "standins" / name
        module = f"tereze.demo.standins.{name}"
        command = [sys.executable, "-m", module, "--port", str(port), "--state", str(folder), *more]
        return Child(name, command)

    return [
        standin("botapi", ports.botapi, "--example"),
        standin("platform", ports.platform, "--example"),
        standin("mailbox", ports.mail, "--smtp-port", str(ports.smtp)),
        standin("timestamp", ports.time),
    ]


def tereze_itself(ports: Ports) -> list[Child]:
    doors = [f"127.0.0.1:{port}" for port in (ports.platform, ports.botapi, ports.time, HOOK)]
    environment = {
        "TEREZE_DATA": str(settings.DATA),
        "TEREZE_URL": ports.url("desk"),
        "TEREZE_STANDINS": ",".join([*settings.ALLOWED_PRIVATE, *doors]),
        "TEREZE_TSA_URL": ports.url("time"),
        "TEREZE_TSA_TRUST": str(Path(settings.DATA) / "standins" / "timestamp" / ROOT),
        "TEREZE_TSA_LOCAL": "1",
        "TEREZE_DEMO_SITE": ports.url("platform"),
        "TEREZE_TELEGRAM_SERVER": ports.url("botapi"),
        "TEREZE_SMTP_HOST": "127.0.0.1",
        "TEREZE_SMTP_PORT": str(ports.smtp),
    }
    return [
        Child("serve", tereze("serve", "--port", str(ports.desk)), environment),
        *(Child(name, tereze(name), environment) for name in ("worker", "clock", "watch")),
    ]


def wait_until_it_sees(stop: Stop) -> None:
    """After a pause every chat is blind until its watcher is back: no newcomer should meet that.
    Asked here and not at /readyz, which complains in the log: that is no sight for a newcomer."""
    end = time.monotonic() + GLANCE
    while not stop and time.monotonic() < end and set(checks().values()) != {"ok"}:
        stop.wait(0.2)


def wait_for(address: str, stop: Stop) -> None:
    end = time.monotonic() + PATIENCE
    while not stop:
        try:
            if httpx.get(address, timeout=5).is_success:
                return
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
        stop.wait(0.1)
