"""A backtest of 100,000 stored messages, with real processes.

    python bench/workshop.py [--messages 100000] [--wide]

Fills a fresh city with messages of the ordinary life of chats (1 in 100 a fraud, made from the
training data if it is there, else from the corpus), asks for a backtest of a changed rule as the
page does and lets a real `tereze worker` do it. Prints how long it took from the click to the
verdict, and how often progress was written. `--wide` tries a rule that fires in every tenth text.
Fails where 100,000 messages take a minute or more.
"""

import argparse
import json
import sys
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.city import City, a_city


LIMIT = 60.0
FILL = """
import glob, itertools, json, random
from datetime import timedelta
from tereze.accounts.models import Unit, User
from tereze.core import vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.watch.actions import sources
from tereze.watch.models import Message
unit = Unit.objects.create(slug="bench", name="Bench")
User.objects.create_user(username="it", password="x", name="Bench", role="it_specialist", unit=unit)
at = now()
chats = [sources.add_source(unit=unit, kind="telegram", chat_id=str(-n), title=f"Bench {{n}}",
    by=Actor.machine("bench"), legal_basis="own", consent_by="own", consent_at=at,
    consent_file=vault.store(b"own").sha256, notice_at=at, notice_text="own",
    until=at + timedelta(days=1), mode="shadow", token="1:a") for n in range(1, 21)]
rows = [json.loads(line) for file in sorted(glob.glob("corpus/texts/*.jsonl")) for line in open(file)]
bad = [row["text"] for row in rows if row["outcome"] == "illegal"]
calm = [row["text"] for row in rows if row["outcome"] in ("harmless", "job_or_promo")]
random.seed(1)
def text():
    chosen = random.choice(bad if random.random() < 0.01 else calm)
    words = chosen.split()
    random.shuffle(words[len(words) // 2:])
    return chosen + f" {{random.randrange(10**6)}}"
number = 0
while number < {messages}:
    batch = []
    for _ in range(min(5000, {messages} - number)):
        number += 1
        batch.append(Message(source=random.choice(chats), external_id=str(number), revision="0",
            text={{"text": text(), "caption": "", "quoted": "", "media": ""}}, sent_at=at,
            received_at=at, state="decided"))
    Message.objects.bulk_create(batch)
"""
ASK = """
from tereze.accounts.models import Unit, User
from tereze.detection.house import entry_of
from tereze.detection.ruleset import default_rules
from tereze.watch.workshop import actions
rules = default_rules()
entry = entry_of(rules.rule("rent_deposit.deposit_unseen"), rules)
entry["weight"] = 5.5
entry["counter_examples"] += ["Квартира в центре, показ вечером", "Пәтер бар, келіп көріңіз"]
if {wide}:
    entry["any"] = [*entry["any"], "(продам|куплю|сдам|работа|сатамын|сатылады|требуется)"]
    entry["with"] = []
    entry["weight"] = 0.2
by = User.objects.get(username="it")
draft = actions.begin(unit=Unit.objects.get(slug="bench"), name="rent_deposit.deposit_unseen",
    entry=entry, why="bench", by=by)
actions.ask_backtest(draft=draft, by=by)
"""
LOOK = """
import json
from tereze.watch.models import Backtest
row = Backtest.objects.get()
print(json.dumps({"state": row.state, "done": row.done, "total": row.total, "judged": row.judged,
    "red": row.red, "kinds": row.counts.get("kinds"),
    "seconds": row.finished_at and (row.finished_at - row.asked_at).total_seconds()}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--wide", action="store_true")
    given = parser.parse_args()
    with a_city() as city:
        city.python(FILL.format(messages=given.messages), seconds=600)
        city.start("worker")
        city.python(ASK.format(wide=given.wide))
        found = watched(city)
    rate = found["total"] / found["seconds"]
    print(
        f"{found['total']:,} texts ({given.messages:,} messages) in {found['seconds']:.1f} s, "
        f"{rate:,.0f}/s; the rule concerns {found['judged']:,}; {found['state']} {found['red']} "
        f"{found['kinds']}; progress seen at {found['seen']} stages"
    )
    if found["seconds"] >= LIMIT * max(1, given.messages / 100_000):
        raise SystemExit("slower than promised")


def watched(city: City) -> dict[str, object]:
    """What the page sees, until it is done."""
    seen: set[int] = set()
    while True:
        found: dict[str, object] = json.loads(city.python(LOOK))
        seen.add(int(str(found["done"])))
        if found["seconds"]:
            return {**found, "seen": len(seen)}
        time.sleep(1)


if __name__ == "__main__":
    main()
