"""Run a scenario again and again, each time dying one point later, and recover as a restart would.

Points lie before each SQL statement, before and after each commit, around each file that is put
into the vault, around each outgoing call and after each answer that somebody read. A statement that
reads outside a transaction is no point: nothing has changed since the one before it. The product knows nothing of them: statements are
counted by Django's own execute wrappers, commits and files by wrapping them in the child.

A city is prepared once. For each point a child gets a copy of it, lives through the scenario and
dies there (`os._exit`: no `finally`, no rollback, no flush). A second child takes what is left on
the disk, and the time at which it happened, and recovers. The parent never opens the database.
"""

import gc
import json
import logging
import os
import shutil
import signal
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created
from django.urls import reverse
from django.utils import translation

from tereze.audit import chain
from tereze.core import due
from tereze.core.clock import MOMENT, now


DIED, FAILED = 42, 1
PATIENCE = 60  # seconds for one child; then it hangs
STATEMENTS = 24  # above so many, only every k-th statement; commits, files and calls always
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
OUTAGE = (0, 20, 300)  # seconds after the death: at once, after the short leases, after the longest
Run = Callable[[], Any]


class Points:
    """Counts the places where it could die, and dies at the chosen one."""

    def __init__(self, die_at: int | None = None) -> None:
        self.die_at = die_at
        self.reached: list[tuple[str, str]] = []
        self.lock = threading.Lock()

    def reach(self, kind: str, label: str) -> None:
        with self.lock:
            if len(self.reached) == self.die_at:
                os._exit(DIED)
            self.reached.append((kind, label))

    def install(self) -> None:
        connection_created.connect(self.count_connection, weak=False)
        sync = os.fsync

        def counted(descriptor: int) -> None:
            self.reach("file", "before it is in its place, and after")
            sync(descriptor)

        os.fsync = counted

    def count_connection(self, connection: Any, **_: Any) -> None:
        commit = connection._commit

        def counted() -> None:
            self.reach("commit", "before a commit")
            commit()
            self.reach("commit", "after a commit")

        def statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            alone = not connection.in_atomic_block
            if not (alone and sql.startswith("SELECT")):
                self.reach("statement", sql[:90])
            result = execute(sql, params, many, context)
            if alone and sql.startswith(WRITES):
                self.reach("commit", f"after {sql[:80]}")
            return result

        connection._commit = counted
        connection.execute_wrappers.append(statement)


class World:
    """One copy of the city, and everything outside it that no crash of ours can undo."""

    def __init__(self, folder: Path, points: Points, *, recovering: bool) -> None:
        self.folder, self.points, self.recovering = folder, points, recovering
        self.outage = OUTAGE if recovering else (0,)
        self.errors = Errors()

    def open(self) -> None:
        """Make this process live in the copy."""
        settings.DATA = self.folder
        database = connections.settings["default"]
        database["NAME"] = str(self.folder / "db" / "tereze.sqlite3")
        # what is written to the file outlives the process; only a power cut could take it
        options = {**database["OPTIONS"]}
        options["init_command"] += " PRAGMA synchronous=OFF;"
        database["OPTIONS"] = options
        logging.getLogger().addHandler(self.errors)
        last = self.noted("time")
        MOMENT.set(datetime.fromisoformat(last[-1]["at"]) if last else now())

    def note(self, what: str, **facts: Any) -> None:
        """Something happened outside: a letter or a call arrived. No crash of ours undoes it."""
        with (self.folder / "outside.jsonl").open("ab", buffering=0) as file:
            file.write(json.dumps({"what": what, **facts}, ensure_ascii=False).encode() + b"\n")

    def noted(self, what: str) -> list[dict[str, Any]]:
        path = self.folder / "outside.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [found for line in lines if (found := json.loads(line))["what"] == what]

    def move(self, seconds: float) -> None:
        if seconds:
            at = now() + timedelta(seconds=seconds)
            MOMENT.set(at)
            self.note("time", at=at.isoformat())

    @contextmanager
    def call(self, name: str) -> Iterator[None]:
        """Around an outgoing call. Its effect is noted inside."""
        self.points.reach("call", f"before {name}")
        try:
            yield
        finally:
            self.points.reach("call", f"after {name}")

    def once(self, name: str, click: Run, *, harmless: type[Exception] | None = None) -> None:
        """Somebody clicks, and clicks again if no answer came. `harmless`: "that is done already"."""
        if self.noted(name):
            return
        try:
            click()
        except Exception as error:
            if not (self.recovering and harmless and isinstance(error, harmless)):
                raise
        self.answered(name)

    def answered(self, name: str, **facts: Any) -> None:
        """Somebody read our answer: from now on it must be true."""
        self.note(name, **facts)
        self.points.reach("answer", f"after {name}")

    def work(self) -> None:
        """Worker and sealer until they are idle; the first time after a crash also the leased."""
        outage, self.outage = self.outage, (0,)
        for seconds in outage:
            self.move(seconds)
            due.run_until_idle()
        chain.seal_committed()


class Errors(logging.Handler):
    """No handler may fail on the way: the worker would try again, and hide it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        why = "".join(traceback.format_exception(record.exc_info[1])) if record.exc_info else ""  # type: ignore[arg-type]
        self.said.append(record.getMessage() + "\n" + why)


class Scenario(Protocol):
    def prepare(self) -> None:
        """What the city has before."""

    def warm_up(self) -> None:
        """Load what is slow to load, once in the parent. Opens no database."""

    def install(self, world: World) -> None:
        """Put the outside's stand-ins into this process."""

    def live(self, world: World) -> None:
        """What happens; after a crash called again, by people and services that got no answer."""

    def after_death(self, world: World) -> None:
        """What must hold on the disk at any moment."""

    def after_recovery(self, world: World) -> None:
        """What must have come out in the end."""


@dataclass(frozen=True)
class Found:
    points: dict[str, int]  # kind -> how many there are
    ran: int
    seconds: float
    failures: list[str]


def forked(work: Run) -> tuple[int, str]:
    """Do it in a child; its exit code and what it answered."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(PATIENCE)
        try:
            code, answer = 0, json.dumps(work())
        except BaseException:
            code, answer = FAILED, traceback.format_exc()[-20_000:]
        os.write(writing, answer.encode())
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), answer


def choose(points: list[tuple[str, str]]) -> list[int]:
    statements = [number for number, (kind, _) in enumerate(points) if kind == "statement"]
    step = -(-len(statements) // STATEMENTS) or 1
    left_out = set(statements) - set(statements[::step])
    return [number for number in range(len(points)) if number not in left_out]


def sample(chosen: list[int], most: int) -> list[int]:
    if not most or len(chosen) <= most:
        return chosen
    return [chosen[round(place * (len(chosen) - 1) / (most - 1))] for place in range(most)]


class Harness:
    def __init__(self, scenario: Scenario, base: Path) -> None:
        self.scenario, self.base = scenario, base

    def run(self, most: int = 0) -> Found:
        """At every point, or at a sample of so many, spread over the whole life."""
        began = time.monotonic()
        self.warm_up()
        self.demand(forked(self.prepare))
        points = [
            (kind, label)
            for kind, label in json.loads(self.demand(forked(lambda: self.undisturbed())))
        ]
        chosen = sample(choose(points), most)
        failures = [text for number in chosen if (text := self.die_at(number, points[number]))]
        counts = Counter(kind for kind, _ in points)
        return Found(dict(counts), len(chosen), round(time.monotonic() - began, 1), failures)

    def warm_up(self) -> None:
        """Every child would load this for itself: addresses of pages, catalogues, rules."""
        reverse("core:healthz")
        with translation.override("ru"):
            translation.gettext("")
        self.scenario.warm_up()
        gc.freeze()  # children share these pages

    def demand(self, done: tuple[int, str]) -> str:
        code, answer = done
        if code:
            raise AssertionError(f"without any crash: {code}\n{answer}")
        return answer

    def prepare(self) -> None:
        World(self.base, Points(), recovering=False).open()
        self.scenario.prepare()
        connections.close_all()

    @contextmanager
    def copy(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="crash-", dir=self.base.parent) as folder:
            yield Path(shutil.copytree(self.base, Path(folder) / "city"))

    def undisturbed(self) -> list[tuple[str, str]]:
        with self.copy() as folder:
            points = Points()
            world = self.live(folder, points)
            reached = list(points.reached)
            self.scenario.after_recovery(world)
            assert not world.errors.said, world.errors.said
            return reached

    def live(self, folder: Path, points: Points) -> World:
        world = World(folder, points, recovering=False)
        world.open()
        points.install()
        self.scenario.install(world)
        self.scenario.live(world)
        points.reach("end", "when all was done")
        return world

    def die_at(self, number: int, point: tuple[str, str]) -> str:
        """What went wrong, or nothing."""
        with self.copy() as folder:
            code, answer = forked(lambda: self.live(folder, Points(number)) and None)
            if code == 0:
                return f"point {number}, {point[0]}: {point[1]}\nit never came there, and lived"
            if code == DIED:
                code, answer = forked(lambda: self.recover(folder))
        return f"point {number}, {point[0]}: {point[1]}\n{answer or code}" if code else ""

    def recover(self, folder: Path) -> None:
        world = World(folder, Points(), recovering=True)
        world.open()
        self.scenario.install(world)
        self.scenario.after_death(world)
        self.scenario.live(world)
        for tick in due.TICKS:
            tick.work()
        self.scenario.after_recovery(world)
        assert not world.errors.said, world.errors.said


def journal_is_whole() -> None:
    chain.seal_committed()
    verdict = chain.verify()
    assert (verdict.broken_at, verdict.unsealed) == (None, 0), verdict
