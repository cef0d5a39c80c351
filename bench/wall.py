"""From a message reaching the server to its deletion, with real processes.

    python bench/wall.py [--rate 20] [--seconds 30] [--share 0.25] [--act none|restrict|ban]

Starts the stand-in Bot API and `tereze watch` as processes of their own over a fresh city, posts
at a steady rate (one in four an advert, the rest ordinary talk), and reads from the stand-in when
each advert was deleted. Fails where p95 is a second or more, or where an advert stayed.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.city import City, a_city, free_port, wait_until


TOKEN = "7000000001:AAEbench-token-of-the-city-bot_00000"
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
SETUP = """
from datetime import timedelta
from tereze.accounts.models import Unit
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.watch.actions import sources
from tereze.watch.actions.trial import Trial
unit, _ = Unit.objects.get_or_create(slug="bench", defaults={{"name": "Bench"}})
at = now()
sources.add_source(unit=unit, kind="telegram", chat_id="{chat}", title="Bench", by=Actor.machine("bench"),
    legal_basis="own test data", consent_by="own test data", consent_at=at,
    consent_file=vault.store(b"own test data").sha256, notice_at=at, notice_text="own test data",
    until=at + timedelta(days=1), mode="automatic", threshold=0.8, author_act="{act}",
    token="{token}", language="ru", hourly_limit=10_000,
    earlier=Trial(shadow=timedelta(days=7), verdicts=50, right=50))
"""


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder, a_city() as city:
        api = start_standin(city, Path(folder))
        bot = api.post("/bots", json={"token": TOKEN}).json()["id"]
        people = [
            api.post("/users", json={"first_name": f"R{n}"}).json()["id"] for n in range(2000)
        ]
        chat = api.post(
            "/chats", json={"title": "Bench", "admins": [bot], "members": people}
        ).json()["id"]
        city.python(SETUP.format(chat=chat, act=options.act, token=TOKEN))
        city.start("watch")
        wait_until(lambda: polling(api), what="the watch process", seconds=120)
        posted = talk(api, chat, people, options)
        return report(api, chat, posted, options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--share", type=float, default=0.25)
    parser.add_argument("--act", default="restrict", choices=["none", "restrict", "ban"])
    return parser.parse_args()


def start_standin(city: City, folder: Path) -> httpx.Client:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    city.environment |= {
        "TEREZE_TELEGRAM_SERVER": url,
        "TEREZE_STANDINS": f"127.0.0.1:{port}",
    }
    module = "tereze.demo.standins.botapi"
    city.start_python("-m", module, "--port", str(port), "--state", str(folder))
    wait_until(lambda: httpx.get(f"{url}/_health").is_success, what="the stand-in")
    return httpx.Client(base_url=f"{url}/_city", timeout=20)


def polling(api: httpx.Client) -> bool:
    return bool(api.get("/state").json()["bots"][0]["polling"])


def talk(
    api: httpx.Client, chat: int, people: list[int], options: argparse.Namespace
) -> dict[int, float]:
    """Post at a steady rate; when each advert reached the server."""
    rng = random.Random(20261122)
    adverts: dict[int, float] = {}
    begun = time.monotonic()
    for number in range(int(options.rate * options.seconds)):
        pause = begun + number / options.rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        illegal = rng.random() < options.share
        words = rng.choice(ADVERTS if illegal else TALK)
        at = time.time()
        answer = api.post(
            f"/chats/{chat}/messages",
            json={"user_id": people[number % len(people)], "text": f"{words} {number}"},
        )
        answer.raise_for_status()
        if illegal:
            adverts[answer.json()["message_id"]] = at
    return adverts


def report(
    api: httpx.Client, chat: int, posted: dict[int, float], options: argparse.Namespace
) -> int:
    def deleted() -> list[dict[str, Any]]:
        rows = api.get(f"/chats/{chat}/messages").json()
        return [r for r in rows if r["message_id"] in posted and r["deleted_at"]]

    done = wait_until(
        lambda: found if len(found := deleted()) == len(posted) else None,
        what="every advert to be deleted",
        seconds=60,
    )
    times = sorted(row["deleted_at"] - posted[row["message_id"]] for row in done)
    p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    print(
        f"{options.rate:.0f} messages/s for {options.seconds:.0f} s, {len(times)} adverts, "
        f"author: {options.act}; message to deletion p50 {p50 * 1000:.0f} ms, "
        f"p95 {p95 * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms"
    )
    return 0 if p95 < 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
