"""Two hundred chats, two hundred messages a second, for minutes: does the wall keep up?

    python bench/city_load.py [--chats 200] [--rate 200] [--seconds 180] [--share 0.01] [--profile FILE]

The stand-in Bot API with one bot in all chats and `tereze watch`, as processes of their own, over a
fresh city. Residents write in random chats, one message in a hundred an advert. For every ten
seconds it prints what was written, and how long after it the messages were stored and the adverts
deleted. Then, from the city's own database, whether every automatic deletion has a sealed copy that
opens and whether every undo (some are taken back at the end) ends in a looked-at state or before a
person. Fails where the lag grows: its median in the last third more than twice that of the first
third and above a second; or where a copy or an undo is missing.
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from queue import Queue
from typing import Any

import httpx


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.wall import OPEN, SEEING, TOKEN, start_standin
from tests.city import A_CHAT, City, a_city, wait_until


CORPUS = Path(__file__).resolve().parent.parent / "corpus/texts"
POSTING = 8  # connections
WINDOW = 10.0  # seconds
PEOPLE = 2000
# the last third against the first: what grows without end grows beyond any pause of the machine
GROWN, NOTICEABLE = 2.0, 1.0
CHATS = """
for number, chat in enumerate({chats}):
    sources.add_source(unit=unit, kind="telegram", chat_id=str(chat), title=f"Чат {{number}}",
        by=Actor.machine("bench"), legal_basis="own test data", consent_by="own test data",
        consent_at=at, consent_file=vault.store(b"own test data").sha256, notice_at=at,
        notice_text="own test data", until=at + timedelta(days=1), mode="automatic",
        threshold=0.8, author_act="restrict", token="{token}", language="ru", hourly_limit=10_000,
        earlier=Trial(shadow=timedelta(days=7), verdicts=50, right=50))
"""
LAG = """
import json
from tereze.watch.models import Act, Message
stored = Message.objects.values_list("source__chat_id", "external_id", "received_at")
gone = Act.objects.filter(kind="delete", state="done")
rows = gone.values_list("decision__message__source__chat_id", "decision__message__external_id", "done_at")
print(json.dumps({"stored": [[c, m, at.timestamp()] for c, m, at in stored],
                  "noted": [[c, m, at.timestamp()] for c, m, at in rows]}))
"""
STORED = "from tereze.watch.models import Message\nprint(Message.objects.count())"
UNDO = """
from tereze.accounts.models import User
from tereze.watch.actions import officers
from tereze.watch.models import Decision
chief = User.objects.create_user(username="chief", password=None, name="Chief", role="chief", unit_id=1)
for decision in Decision.objects.blocking().order_by("?")[:{number}]:
    officers.undo(decision=decision, by=chief)
"""
SETTLED = """
from tereze.watch.actions import undoing
from tereze.watch.models import Decision
from tereze.watch.undoing import Undo
undone = Decision.objects.exclude(undone_at=None).prefetch_related("acts")
print(sum(undoing.undo_of(one) == Undo.LIFTING for one in undone))
"""
PROOF = """
from collections import Counter
from tereze.watch import sealing
from tereze.watch.actions import undoing
from tereze.watch.models import Act, Decision, Message, Seal
deleted = Act.objects.filter(kind="delete", state__in=["done", "gone"], decision__officer=None)
chain = sealing.verify()
sealed = deleted.filter(decision__message__seal__position__lte=chain.seals)
before = sum(a.done_at >= a.decision.message.seal.at for a in sealed.select_related("decision__message__seal"))
print(f"automatic deletions: {deleted.count()}, with a sealed copy that verifies: {sealed.count()}, "
      f"sealed before the act: {before}; {chain.why or 'the chain is whole'}")
undone = Decision.objects.exclude(undone_at=None).prefetch_related("acts")
states = Counter(undoing.undo_of(one).value for one in undone)
tasks = Message.objects.filter(standing="stuck", decisions__in=undone).count()
print(f"undos: {len(undone)}, by state: {dict(states)}, before a person: {tasks}")
raise SystemExit(not (deleted.count() == sealed.count() == before and chain.broken_at is None
                 and states["lifting"] == 0 and states["task"] == tasks))
"""


def main() -> int:
    options = arguments()
    with contextlib.ExitStack() as stack:
        city = stack.enter_context(a_city())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        api = start_standin(city, Path(folder))
        chats = fill(city, api, options.chats)
        watch = ["-m", "cProfile", "-o", options.profile] if options.profile else []
        watching = city.start_python(*watch, "-m", "tereze", "watch")
        wait_until(
            lambda: city.python(SEEING.replace(".get()", ".latest('pk')")).strip() == "ok",
            what="the watch process",
            seconds=120,
        )
        worked = seconds_of(watching.pid)
        by_windows: list[float] = []
        posted = talk(
            str(api.base_url), chats, options, lambda: by_windows.append(seconds_of(watching.pid))
        )
        number = len(posted)
        wait_until(lambda: int(city.python(STORED)) >= number, what="every message", seconds=600)
        wait_until(lambda: "0" in city.python(OPEN), what="the last look", seconds=300)
        worked = seconds_of(watching.pid) - worked
        failed = report(posted, json.loads(city.python(LAG)), deletions(api, chats))
        spent = [(b - a) / WINDOW for a, b in pairwise(by_windows)]
        print("share of one core in each ten seconds:", " ".join(f"{one:.0%}" for one in spent))
        print(
            f"the watch process worked {worked:.0f} s for {number} messages: "
            f"{worked / number * 1000:.1f} ms each, {options.rate * worked / number:.0%} of one core"
        )
        city.python(UNDO.format(number=options.undo))
        wait_until(lambda: "0" in city.python(SETTLED), what="the undos", seconds=300)
        print(city.python(PROOF), end="")
        return failed


def seconds_of(process: int) -> float:
    """What a process has had of the processor: other work on the machine does not change it."""
    numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--share", type=float, default=0.01, help="of adverts")
    parser.add_argument("--undo", type=int, default=20, help="decisions taken back at the end")
    parser.add_argument("--profile", default="", help="cProfile of the watch process")
    return parser.parse_args()


def fill(city: City, api: httpx.Client, number: int) -> dict[int, list[int]]:
    """Chats with their members; the bot administers all of them."""
    bot = api.post("/bots", json={"token": TOKEN}).json()["id"]
    people = [
        api.post("/users", json={"first_name": f"R{one}"}).json()["id"] for one in range(PEOPLE)
    ]
    chats = {}
    for one in range(number):
        members = [people[(one * 10 + step) % PEOPLE] for step in range(100)]
        chat = {"title": f"Чат {one}", "admins": [bot], "members": members}
        chats[int(api.post("/chats", json=chat).json()["id"])] = members
    before, _one, _after = A_CHAT.partition("sources.add_source")
    city.python(before.format(kind="") + CHATS.format(chats=list(chats), token=TOKEN))
    return chats


def texts() -> tuple[Callable[[random.Random], str], Callable[[random.Random], str]]:
    """Ordinary talk and adverts from the project's own corpus. In the talk every second word is
    another one, so that thirty thousand messages are as unlike each other as a city's are."""
    rows = [
        json.loads(line)
        for file in sorted(CORPUS.glob("*.jsonl"))
        for line in file.open(encoding="utf-8")
    ]
    calm = [row["text"] for row in rows if row["outcome"] == "harmless" and len(row["text"]) < 120]
    words = [word for text in calm for word in text.split()]
    adverts = [r["text"] for r in rows if r["outcome"] == "illegal" and r["form"] == "plain"]

    def talk(rng: random.Random) -> str:
        own = rng.choice(calm).split()
        return " ".join(rng.choice(words) if rng.random() < 1 / 2 else word for word in own)

    return talk, lambda rng: rng.choice(adverts)


Posted = dict[tuple[str, str], float]  # (chat, message): when it reached the server


def talk(
    url: str,
    chats: dict[int, list[int]],
    options: argparse.Namespace,
    each_window: Callable[[], None],
) -> Posted:
    """Post at a steady rate over a few open connections, however slow the wall."""
    queue: Queue[tuple[int, int, str] | None] = Queue()
    posted: Posted = {}
    workers = [
        threading.Thread(target=post, args=(url, queue, posted), daemon=True)
        for _ in range(POSTING)
    ]
    for worker in workers:
        worker.start()
    begun = time.monotonic()
    for number, message in enumerate(messages(chats, options)):
        pause = begun + number / options.rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        queue.put(message)
        if number % int(options.rate * WINDOW) == 0:
            each_window()
            print(f"\r{number} written, {queue.qsize()} not sent yet ", end="", file=sys.stderr)
    for _ in workers:
        queue.put(None)
    for worker in workers:
        worker.join()
    spent = time.monotonic() - begun
    print(f"\n{len(posted)} messages in {options.chats} chats in {spent:.0f} s", flush=True)
    return posted


def messages(
    chats: dict[int, list[int]], options: argparse.Namespace
) -> Iterator[tuple[int, int, str]]:
    rng = random.Random(20261128)
    calm, advert = texts()
    names = list(chats)
    for _ in range(int(options.rate * options.seconds)):
        chat = rng.choice(names)
        words = advert if rng.random() < options.share else calm
        yield chat, rng.choice(chats[chat]), words(rng)


def post(url: str, queue: "Queue[tuple[int, int, str] | None]", posted: Posted) -> None:
    """Plain connections: the one who writes shall not cost more than what is measured."""
    address = httpx.URL(url)
    connection = http.client.HTTPConnection(address.host, address.port or 80, timeout=60)
    headers = {"Content-Type": "application/json"}
    while (message := queue.get()) is not None:
        chat, user, words = message
        body = json.dumps({"user_id": user, "text": words})
        at = time.time()
        connection.request("POST", f"{address.path}chats/{chat}/messages", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:  # whom the wall has silenced
            continue
        posted[str(chat), str(json.loads(content)["message_id"])] = at


def deletions(api: httpx.Client, chats: dict[int, list[int]]) -> Posted:
    found = {}
    for chat in chats:
        for row in api.get(f"/chats/{chat}/messages").json():
            if row["deleted_at"]:
                found[str(chat), str(row["message_id"])] = row["deleted_at"]
    return found


def report(posted: Posted, seen: dict[str, Any], deleted: Posted) -> int:
    begun = min(posted.values())
    stored = {(chat, message): at for chat, message, at in seen["stored"]}
    lags = by_window(posted, stored, begun)
    gone = by_window(posted, deleted, begun)
    print("window     messages  stored after p50   p95    deletions  deleted after p50   p95")
    for window in sorted(lags):
        own, acts = sorted(lags[window]), sorted(gone.get(window, []))
        ends = f"{middle(acts):10.2f} {late(acts):8.2f}" if acts else "         –        –"
        print(
            f"{window * WINDOW:4.0f}–{(window + 1) * WINDOW:<4.0f} s {len(own):8} "
            f"{middle(own):15.2f} {late(own):8.2f} {len(acts):10} {ends}"
        )
    third = max(1, len(lags) // 3)
    order = sorted(lags)
    first = middle([lag for window in order[:third] for lag in lags[window]])
    last = middle([lag for window in order[-third:] for lag in lags[window]])
    every = sorted(lag for acts in gone.values() for lag in acts)
    print(
        f"median lag of the last third against the first: {last:.2f} s / {first:.2f} s "
        f"= {last / max(first, 0.001):.2f}"
    )
    if every:
        print(
            f"{len(every)} deletions, message to deletion p50 {middle(every):.2f} s, p95 {late(every):.2f} s"
        )
    return int(last > NOTICEABLE and last > GROWN * first)


def by_window(posted: Posted, ended: Posted, begun: float) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    for name, at in posted.items():
        if name in ended:
            found.setdefault(int((at - begun) // WINDOW), []).append(ended[name] - at)
    return found


def middle(values: list[float]) -> float:
    return statistics.median(values)


def late(values: list[float]) -> float:
    return values[int(len(values) * 0.95)]


if __name__ == "__main__":
    raise SystemExit(main())
