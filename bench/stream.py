"""Several machines under faults: a NATS cluster of three nodes, two workers, real processes.

    python bench/stream.py [--messages 20000] [--rate 100] [--share 0.05]

Posts messages into a chat of the stand-in Bot API at a steady rate while the stream's leader is
killed, a worker killed, stopped and cut off in the middle of a deletion, and the watch process
killed. Prints what became of them, and for each fault how long it took until everything posted
was decided and every deletion done. Uses DATABASE_URL (PostgreSQL) where it is set, else SQLite.
Fails where anything was lost, decided twice, or deleted without a sealed copy.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.city import a_city
from tests.cluster import running_cluster
from tests.streaming import CALM, CUT_OFF, KILLED, LEADER, WATCH, ZOMBIE, Scene, wrong_with


FAULTS = (CALM, LEADER, KILLED, ZOMBIE, CUT_OFF, WATCH, LEADER)


def main() -> int:
    options = arguments()
    os.environ.setdefault("TEREZE_NEW_KEYS", "1")  # a new city on PostgreSQL
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(running_cluster())
        city = stack.enter_context(
            a_city(TEREZE_STREAM_URL=cluster.url, TEREZE_WATCH_UNIT_HOURLY="10000")
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scene = Scene(city, cluster, folder, share=options.share)
        stack.callback(scene.close)
        stack.callback(city.stop)
        scene.start()
        begun = time.monotonic()
        each = options.messages // len(FAULTS)
        for fault in FAULTS:
            ran = scene.under(fault, each, options.rate)
            facts = f"lasted {ran.lasted:5.1f} s, all through {ran.recovered:5.1f} s later"
            print(f"    {ran.name:<46} {facts}", flush=True)
        return report(scene, time.monotonic() - begun)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--share", type=float, default=0.05)
    return parser.parse_args()


def report(scene: Scene, seconds: float) -> int:
    wrong = wrong_with(scene)
    stored = scene.ask("SELECT count(*) FROM watch_message")
    blocked = scene.ask("SELECT count(*) FROM watch_decision")
    lost = len(wrong.get("lost", ()))
    twice = len(wrong.get("decided twice", ())) + len(wrong.get("stored twice", ()))
    number = len(scene.posted.words)
    print(
        f"{number} messages, {stored} decided, {twice} twice, {lost} lost, "
        f"{blocked} of {len(scene.posted.adverts)} adverts deleted, "
        f"{number / seconds:.0f} messages/s with all faults"
    )
    for what, facts in wrong.items():
        print(f"wrong: {what}: {str(facts)[:300]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
