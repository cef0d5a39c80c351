"""The watch over several machines under faults: a cluster, two workers on wires of their own, a city's
chat in which one message in so many is an advert. Used by the test and by `bench/stream.py`."""

import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.city import A_CHAT, City, wait_until
from tests.cluster import Cluster, Node, Wire


TOKEN = "7000000001:AAEbench-token-of-the-city-bot_00000"
TALK = "Доброе утро! Кто знает, до скольки сегодня работает ЦОН?"
ADVERT = "Куплю карту, оплата сразу"
Armed = Callable[["Scene", threading.Event], None]
STOPPED = 13.0  # seconds: longer than a message stays in hand, and longer than an act's lease
OUTCOME = """
import json
from collections import Counter
from tereze.audit.models import AuditEvent
from tereze.watch import sealing
from tereze.watch.models import Act, Decision, Message, Seal
blocked = Decision.objects.blocking()
sealed = set(Seal.objects.values_list("message__external_id", flat=True))
told = Counter(AuditEvent.objects.filter(kind="message.blocked").values_list("target", flat=True))
print(json.dumps({
    "messages": sorted(Message.objects.values_list("external_id", flat=True)),
    "undecided": Message.objects.filter(state__in=["received", "assessed"]).count(),
    "blocked": sorted(blocked.values_list("message__external_id", flat=True)),
    "unsealed": [one for one in blocked.values_list("message__external_id", flat=True) if one not in sealed],
    "told_twice": [key for key, number in told.items() if number > 1],
    "acts": dict(Counter(Act.objects.values_list("state", flat=True))),
    "broken": sealing.verify().broken_at,
}))
"""


@dataclass
class Posted:
    words: dict[int, bool] = field(default_factory=dict)  # number of the message: is it an advert

    @property
    def adverts(self) -> set[int]:
        return {number for number, is_advert in self.words.items() if is_advert}


@dataclass(frozen=True)
class Ran:
    """A fault: seconds it lasted, and from then (or from the last message) until all was through."""

    name: str
    lasted: float
    recovered: float


class Worker:
    """One of the two: everything it says to anybody goes over wires that can be cut."""

    def __init__(self, city: City, cluster: Cluster, name: str) -> None:
        self.city, self.name = city, name
        own = city.environment
        self.telegram = Wire(int(own["TEREZE_TELEGRAM_SERVER"].rpartition(":")[2]))
        self.wires = [self.telegram, *(Wire(node.port) for node in cluster.nodes)]
        nodes = [f"nats://127.0.0.1:{wire.port}" for wire in self.wires[1:]]
        self.environment = {
            "TEREZE_TELEGRAM_SERVER": f"http://127.0.0.1:{self.telegram.port}",
            "TEREZE_STANDINS": f"127.0.0.1:{self.telegram.port}",
            "TEREZE_STREAM_URL": ",".join(nodes),
        }
        if url := own.get("DATABASE_URL"):
            head, _at, tail = url.rpartition("@")
            port = tail.partition("/")[0].rpartition(":")[2]
            self.wires.append(Wire(int(port)))
            place = f"127.0.0.1:{self.wires[-1].port}/{tail.partition('/')[2]}"
            self.environment["DATABASE_URL"] = f"{head}@{place}"
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        before = self.city.environment
        self.city.environment = {**before, **self.environment}
        try:
            self.process = self.city.start("stream", "work", "--name", self.name)
        finally:
            self.city.environment = before

    def cut_off(self) -> None:
        for wire in self.wires:
            wire.cut()

    def reconnect(self) -> None:
        for wire in self.wires:
            wire.mend()


class Scene:
    def __init__(self, city: City, cluster: Cluster, folder: Path, *, share: float = 0.1) -> None:
        self.city, self.cluster, self.share = city, cluster, share
        self.random, self.posted = random.Random(20261128), Posted()
        self.api = start_standin(city, folder)
        bot = self.api.post("/bots", json={"token": TOKEN}).json()["id"]
        self.people = [
            self.api.post("/users", json={"first_name": f"R{number}"}).json()["id"]
            for number in range(100)
        ]
        chat = {"title": "Балхаш", "admins": [bot], "members": self.people}
        self.chat = self.api.post("/chats", json=chat).json()["id"]
        city.python(
            A_CHAT.format(kind="telegram", chat=self.chat, act="none", token=TOKEN, server="")
        )
        self.workers = [Worker(city, cluster, name) for name in ("a", "b")]
        self.watch: subprocess.Popen[bytes]
        self.file = city.folder / "db" / "tereze.sqlite3"
        self.killed: Node | None = None

    def start(self) -> None:
        for worker in self.workers:
            worker.start()
        self.watch = self.city.start("watch")
        wait_until(
            lambda: self.ask("SELECT count(*) FROM watch_source WHERE health = 'ok'"),
            what="the watch process",
            seconds=120,
        )
        wait_until(lambda: len(state(self.city)["workers"]) == 2, what="both workers", seconds=120)

    def close(self) -> None:
        self.api.close()
        for worker in self.workers:
            for wire in worker.wires:
                wire.close()

    def ask(self, question: str) -> int:
        if url := self.city.environment.get("DATABASE_URL"):
            with psycopg.connect(url) as connection:
                found = connection.execute(question).fetchone()
        else:
            with contextlib.closing(sqlite3.connect(self.file)) as file:
                found = file.execute(question).fetchone()
        return int(found[0]) if found else 0

    def post(self, number: int, rate: float, until: threading.Event | None = None) -> None:
        """So many messages at a steady rate, and more of them until something has happened."""
        begun = time.monotonic()
        for at in range(10 * number):
            if at >= number and (until is None or until.is_set()):
                return
            time.sleep(max(0.0, begun + at / rate - time.monotonic()))
            advert = self.random.random() < self.share
            place = len(self.posted.words)
            words = f"{ADVERT if advert else TALK} {place}"
            who = self.people[place % len(self.people)]
            body = {"user_id": who, "text": words}
            answer = self.api.post(f"/chats/{self.chat}/messages", json=body).raise_for_status()
            self.posted.words[answer.json()["message_id"]] = advert

    def deleted(self) -> set[int]:
        rows = self.api.get(f"/chats/{self.chat}/messages").json()
        return {row["message_id"] for row in rows if row["deleted_at"]}

    def is_through(self) -> bool:
        """Everything posted so far is stored and decided, and every act is done."""
        stored = self.ask("SELECT count(*) FROM watch_message")
        open_ = self.ask(
            "SELECT count(*) FROM watch_message WHERE state IN ('received', 'assessed')"
        )
        acts = self.ask("SELECT count(*) FROM watch_act WHERE state = 'waiting'")
        return stored >= len(self.posted.words) and not open_ and not acts

    def get_through(self, what: str) -> None:
        """However slow the machine is, as long as it goes on."""
        while not self.is_through():
            stored = self.ask("SELECT count(*) FROM watch_message")
            wait_until(
                lambda before=stored: (
                    self.is_through() or self.ask("SELECT count(*) FROM watch_message") > before
                ),
                what=what,
                seconds=90,
            )

    def under(self, fault: "Fault", number: int, rate: float) -> "Ran":
        """Post while it happens, and wait until everything is through again."""
        happened = threading.Event()
        posting = threading.Thread(target=self.post, args=(number, rate, happened))
        fault.arm(self, happened)
        posting.start()
        if not happened.wait(120):
            raise AssertionError(f"it never came to: {fault.name}")
        at = time.monotonic()
        fault.after(self)
        over = time.monotonic()
        posting.join()
        posted = time.monotonic()
        self.get_through(f"the end of: {fault.name}")
        return Ran(fault.name, over - at, time.monotonic() - max(over, posted))


def state(city: City) -> dict[str, Any]:
    told = city.run("stream", "--json")
    return dict(json.loads(told.stdout)) if told.returncode == 0 else {"workers": []}


def start_standin(city: City, folder: Path) -> httpx.Client:
    return httpx.Client(base_url=f"{city.start_botapi(folder)}/_city", timeout=20)


@dataclass
class Fault:
    name: str
    arm: Callable[[Scene, threading.Event], None]
    after: Callable[[Scene], None] = lambda scene: None


def nothing(scene: Scene, happened: threading.Event) -> None:
    happened.set()


def kill_the_leader(scene: Scene, happened: threading.Event) -> None:
    def kill() -> None:
        scene.killed = scene.cluster.leader()
        scene.killed.kill()
        happened.set()

    threading.Timer(1.0, kill).start()


def bring_it_back(scene: Scene) -> None:
    time.sleep(STOPPED)  # the others have elected another one and work without it
    assert scene.killed is not None
    scene.cluster.start_again(scene.killed)


def kill_the_watch(scene: Scene, happened: threading.Event) -> None:
    def kill() -> None:
        scene.watch.kill()
        happened.set()

    threading.Timer(1.0, kill).start()


def start_the_watch(scene: Scene) -> None:
    scene.watch = scene.city.start("watch")


def in_a_deletion(number: int, do: Callable[[Worker], None]) -> Armed:
    def arm(scene: Scene, happened: threading.Event) -> None:
        worker = scene.workers[number]

        def now() -> None:
            do(worker)
            happened.set()

        worker.telegram.when(b"/deleteMessage", now)

    return arm


def stopped(number: int, go_on: Callable[[Worker], None]) -> Callable[[Scene], None]:
    def after(scene: Scene) -> None:
        time.sleep(STOPPED)
        go_on(scene.workers[number])

    return after


CALM = Fault("nothing", nothing)
LEADER = Fault("leader of the stream killed", kill_the_leader, bring_it_back)
KILLED = Fault(
    "worker killed in a deletion",
    in_a_deletion(0, lambda worker: worker.process.kill()),
    lambda scene: scene.workers[0].start(),
)
ZOMBIE = Fault(
    "worker stopped in a deletion, goes on later",
    in_a_deletion(1, lambda worker: worker.process.send_signal(signal.SIGSTOP)),
    stopped(1, lambda worker: worker.process.send_signal(signal.SIGCONT)),
)
CUT_OFF = Fault(
    "worker cut off in a deletion, mended later",
    in_a_deletion(0, Worker.cut_off),
    stopped(0, Worker.reconnect),
)
WATCH = Fault("watch process killed", kill_the_watch, start_the_watch)


def wrong_with(scene: Scene) -> dict[str, Any]:
    """What may not be, whatever happened; empty where all is well."""
    found = json.loads(scene.city.python(OUTCOME))
    adverts = {str(number) for number in scene.posted.adverts}
    messages = Counter(found["messages"])
    wrong = {
        "lost": sorted({str(number) for number in scene.posted.words} - set(messages)),
        "stored twice": [name for name, times in messages.items() if times > 1],
        "undecided": found["undecided"],
        "not blocked": sorted(adverts - set(found["blocked"])),
        "blocked wrongly": sorted(set(found["blocked"]) - adverts),
        "decided twice": [one for one, times in Counter(found["blocked"]).items() if times > 1],
        "journal says twice": found["told_twice"],
        "without a sealed copy": found["unsealed"],
        "chain broken": found["broken"],
        "acts not done": {k: n for k, n in found["acts"].items() if k not in {"done", "gone"}},
        "still in the chat": sorted(scene.posted.adverts - scene.deleted()),
    }
    return {what: facts for what, facts in wrong.items() if facts}
