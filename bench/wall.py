"""From a message reaching the server to its deletion, with real processes.

    python bench/wall.py [--at standin|synapse] [--rate 20] [--seconds 30] [--share 0.25]
                         [--act none|restrict|ban] [--bare]

Starts the stand-in Bot API, then a real Synapse whose limits are lifted, each with `tereze watch`
as processes of their own over a fresh city. Posts at a steady rate (one in four an advert, the rest
ordinary talk), and reads from the server when each advert was deleted. Synapse's times are its own:
from the event's origin_server_ts to its redaction's. Fails where p95 is a second or more, or where
an advert stayed. With --bare Synapse is first asked the same by the least that a bot can do
(peers/bare_bot.py): what that takes is the server's own time, which on a busy computer is most of
it, and how many times as long Tereze takes tells more than either.
"""

import argparse
import asyncio
import contextlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import httpx


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.city import A_CHAT, City, a_city, wait_until
from tests.synapse import Synapse, running_synapse


BARE = Path(__file__).resolve().parent / "peers" / "bare_bot.py"
TOKEN = "7000000001:AAEbench-token-of-the-city-bot_00000"
# what is done to authors unless asked otherwise: muting rewrites a Matrix room's levels as a whole
ACTS = {"standin": "restrict", "synapse": "none"}
TALK = (
    "Доброе утро всем! Кто знает, до скольки сегодня работает ЦОН?",
    "Сәлеметсіздер ме! Ертең жиналыс сағат 18:00-де болады",
    "Продам коляску, самовывоз, 15 000 тг",
    "Воду на Ленина уже дали?",
    "Рахмет, бәрі жақсы болды",
)
ADVERTS = (
    "Куплю карту, оплата сразу",
    "Карта сатып аламын, ақшасы бірден",
    "Куплю банковские карты Каспи и Халык, оплата сразу, пишите в личку",
)
SEEING = """
from tereze.watch.models import Source
print(Source.objects.get().health)
"""


OPEN = """
from tereze.watch.models import Act
print(int(Act.objects.filter(kind="delete", done_at=None).exists()))
"""
PARTS = """
from statistics import median
from tereze.watch.models import Act
rows = Act.objects.filter(kind="delete").values_list(
    "decision__message__sent_at", "decision__message__received_at", "created_at", "done_at")
for name, parts in (("written to judged", [b - a for a, b, _, _ in rows]),
                    ("to sealed", [c - b for _, b, c, _ in rows]),
                    ("to looked at and noted", [d - c for _, _, c, d in rows])):
    print(f"    median {name} {median(parts).total_seconds() * 1000:.0f} ms")
"""


class Taken(NamedTuple):
    """Seconds from message to deletion."""

    p50: float
    p95: float


class Post(NamedTuple):
    """A message as it is sent, and what the answer calls it."""

    method: str
    url: str
    body: dict[str, Any]
    headers: dict[str, str]
    name: str


class StandIn:
    """The stand-in Bot API with one chat."""

    def __init__(self, city: City, folder: Path, act: str) -> None:
        self.api = start_standin(city, folder)
        bot = self.api.post("/bots", json={"token": TOKEN}).json()["id"]
        people = [{"first_name": f"R{number}"} for number in range(2000)]
        self.people = [self.api.post("/users", json=one).json()["id"] for one in people]
        chat = {"title": "Bench", "admins": [bot], "members": self.people}
        self.chat = self.api.post("/chats", json=chat).json()["id"]
        city.python(A_CHAT.format(kind="telegram", chat=self.chat, act=act, token=TOKEN, server=""))

    def post(self, number: int, words: str) -> Post:
        body = {"user_id": self.people[number % len(self.people)], "text": words}
        url = str(self.api.base_url.join(f"chats/{self.chat}/messages"))
        return Post("POST", url, body, {}, "message_id")

    def deleted(self) -> dict[Any, float]:
        rows = self.api.get(f"/chats/{self.chat}/messages").json()
        return {row["message_id"]: row["deleted_at"] for row in rows if row["deleted_at"]}


class Homeserver:
    """A real Synapse with one room of a hundred residents."""

    def __init__(self, synapse: Synapse, city: City, act: str) -> None:
        bot = synapse.person("tereze")
        self.url, self.token = synapse.url, bot.token
        self.people = [synapse.person("resident") for _ in range(100)]
        self.room = synapse.person("owner").room("Bench", bot, *self.people)
        self.room.promote(bot, 100)
        city.environment["TEREZE_STANDINS"] = synapse.url.removeprefix("http://")
        city.python(
            A_CHAT.format(
                kind="matrix", chat=self.room.id, act=act, token=bot.token, server=synapse.url
            )
        )

    def post(self, number: int, words: str) -> Post:
        who = self.people[number % len(self.people)]
        path = self.room.path("send", "m.room.message", str(number))
        body = {"msgtype": "m.text", "body": words}
        headers = {"Authorization": f"Bearer {who.token}"}
        return Post("PUT", f"{self.url}/_matrix/client/v3{path}", body, headers, "event_id")

    def deleted(self) -> dict[Any, float]:
        return {event: at for event, (_sent, at) in self.times().items() if at}

    def times(self) -> dict[str, tuple[float, float]]:
        """When each message was written and when redacted, by the server's own clock."""
        sent: dict[str, float] = {}
        gone: dict[str, float] = {}
        for event in self.room.history():
            at = event["origin_server_ts"] / 1000
            if event["type"] == "m.room.redaction":
                redacts = event.get("redacts") or event["content"]["redacts"]
                gone[redacts] = min(at, gone.get(redacts, at))
            elif event["type"] == "m.room.message":
                sent[event["event_id"]] = at
        return {event: (at, gone.get(event, 0.0)) for event, at in sent.items()}


def main() -> int:
    options = arguments()
    servers = [options.at] if options.at else ACTS
    bare = measure_bare(options) if options.bare and "synapse" in servers else None
    taken = {name: measure(name, options) for name in servers}
    if bare:
        p50, p95 = taken["synapse"].p50 / bare.p50, taken["synapse"].p95 / bare.p95
        print(f"Tereze beside the bare bot: p50 {p50:.2f} times, p95 {p95:.2f} times as long")
    return int(max(each.p95 for each in taken.values()) >= 1)


def measure_bare(options: argparse.Namespace) -> Taken:
    with a_city() as city, running_synapse() as synapse:
        target = Homeserver(synapse, city, "none")
        command = [sys.executable, str(BARE), target.url, target.token, "карт"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as bot:
            assert bot.stdout is not None
            bot.stdout.readline()
            taken = report("synapse, a bare bot", target, talk(target, options), options)
            bot.kill()
            return taken


def measure(name: str, options: argparse.Namespace) -> Taken:
    act = options.act or ACTS[name]
    with contextlib.ExitStack() as stack:
        city = stack.enter_context(a_city())
        target = begin(name, city, stack, act)
        city.start("watch")
        wait_until(lambda: "ok" in city.python(SEEING), what="the watch process", seconds=120)
        taken = report(f"{name}, author: {act}", target, talk(target, options), options)
        wait_until(lambda: "0" in city.python(OPEN), what="the last look", seconds=60)
        print(city.python(PARTS), end="")
        return taken


def begin(name: str, city: City, stack: contextlib.ExitStack, act: str) -> "StandIn | Homeserver":
    if name == "synapse":
        return Homeserver(stack.enter_context(running_synapse()), city, act)
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    return StandIn(city, Path(folder), act)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", choices=["standin", "synapse"], help="one server only")
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--share", type=float, default=0.25)
    parser.add_argument("--act", choices=["none", "restrict", "ban"])
    parser.add_argument("--bare", action="store_true", help="a bare bot at Synapse first")
    return parser.parse_args()


def start_standin(city: City, folder: Path) -> httpx.Client:
    return httpx.Client(base_url=f"{city.start_botapi(folder)}/_city", timeout=20)


def talk(target: StandIn | Homeserver, options: argparse.Namespace) -> dict[Any, float]:
    """Post at a steady rate, however slow the server; when each advert reached it."""
    return asyncio.run(talking(target, options))


async def talking(target: StandIn | Homeserver, options: argparse.Namespace) -> dict[Any, float]:
    rng = random.Random(20261122)
    adverts: list[asyncio.Task[tuple[Any, float]]] = []
    lines = aiohttp.TCPConnector(limit=32)
    async with aiohttp.ClientSession(connector=lines) as http, asyncio.TaskGroup() as sending:
        begun = time.monotonic()
        for number in range(int(options.rate * options.seconds)):
            await asyncio.sleep(begun + number / options.rate - time.monotonic())
            illegal = rng.random() < options.share
            words = rng.choice(ADVERTS if illegal else TALK)
            task = sending.create_task(send(http, target.post(number, f"{words} {number}")))
            if illegal:
                adverts.append(task)
    return dict(task.result() for task in adverts)


async def send(http: aiohttp.ClientSession, post: Post) -> tuple[Any, float]:
    """The message's name, and when it went to the server."""
    at = time.time()
    async with http.request(post.method, post.url, json=post.body, headers=post.headers) as answer:
        answer.raise_for_status()
        return (await answer.json())[post.name], at


def report(
    name: str,
    target: StandIn | Homeserver,
    posted: dict[Any, float],
    options: argparse.Namespace,
) -> Taken:
    done = wait_until(
        lambda: found if posted.keys() <= (found := target.deleted()).keys() else None,
        what="every advert to be deleted",
        seconds=120,
    )
    if isinstance(target, Homeserver):
        posted = {event: sent for event, (sent, _) in target.times().items() if event in posted}
    times = sorted(done[message] - at for message, at in posted.items())
    p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    print(
        f"{name}: {options.rate:.0f} messages/s for {options.seconds:.0f} s, {len(times)} adverts; "
        f"message to deletion p50 {p50 * 1000:.0f} ms, "
        f"p95 {p95 * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms"
    )
    return Taken(p50, p95)


if __name__ == "__main__":
    raise SystemExit(main())
