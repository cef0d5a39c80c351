"""What the radar costs on 100,000 texts, beside folding the same texts, which it cannot do without.

    python bench/radar.py [COUNT]

The texts are those of ``corpus/voices.tsv`` with a third of their words drawn from one another,
so that nearly none is a copy; once over five weeks, once all in a few days, where every word is
counted as new. CPU seconds of one core; the ratio says more than either figure.
"""

import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tereze.detection.batches import judged
from tereze.detection.radar import Told, find_topics
from tereze.detection.skeleton import fold


VOICES = Path(__file__).parents[1] / "corpus" / "voices.tsv"
UNTIL = datetime(2026, 11, 27, tzinfo=UTC)


def texts(count: int, days: float) -> Iterator[Told]:
    """So many texts over so many days, half of them by authors who write five each."""
    chance = random.Random(20261127)
    lines = [
        line.split("\t")[2] for line in VOICES.read_text().splitlines() if line.count("\t") > 1
    ]
    known = [(line, replace(said, reasons=())) for line, said in judged(lines, str)]
    words = [word for line in lines for word in line.split()]
    for number in range(count):
        line, assessment = known[number % len(known)]
        said = line.split()
        for _ in range(1 + len(said) // 3):
            said[chance.randrange(len(said))] = chance.choice(words)
        at = UNTIL - timedelta(days=chance.uniform(0.01, days))
        author = f"a{number % max(1, count // 10)}" if number % 2 else ""
        yield Told(number, " ".join(said), at, assessment, author)


def measure(count: int, days: float) -> None:
    given = list(texts(count, days))
    begun = time.process_time()
    for told in given:
        fold(told.text)
    folding = time.process_time() - begun
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    topics = find_topics(given, until=UNTIL)
    took = time.process_time() - begun
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) // 1024
    print(
        f"{count:,} texts over {days:g} days: {took:.1f} s, {took / folding:.1f} times folding, "
        f"{more} MB more; {len(topics)} topics"
    )


if __name__ == "__main__":
    for span in (35, 8):
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, span)
