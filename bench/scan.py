"""How fast `assess` judges: ordinary messages against a plain loop of searches, and hostile ones.

    python bench/scan.py [FILE.jsonl[.gz]]

The baseline is what one would write first: every phrase of the rules searched in every folded
text. Both run in this process on the same texts, so their ratio says more than either figure.
Without a file the texts of ``corpus/voices.tsv`` are read.
"""

import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tereze.detection import assess
from tereze.detection.ruleset import default_rules
from tereze.detection.skeleton import fold
from tereze.indicators.documents import Entry, read_documents


VOICES = Path(__file__).parents[1] / "corpus" / "voices.tsv"
LENGTH = 4000


def hostile() -> dict[str, str]:
    """Texts made to be slow, each of :data:`LENGTH` characters."""
    chance = random.Random(20261122)
    words = sorted({start.rstrip("$") for p in default_rules().phrases for start in p.starts})
    letters = "абвгдежзиклмнопрст"
    made = {
        "rule words": " ".join(chance.choice(words) for _ in range(900)),
        "one phrase": "куплю карту " * 400,
        "one word": "а" * LENGTH,
        "spaces": " " * LENGTH,
        "digits": "8" * LENGTH,
        "8 8 8": "8 " * LENGTH,
        "10 000": "10 000 " * 700,
        "spaced": "к у п л ю " * 400,
        "dotted": "к." * LENGTH,
        "mixed": "кaрту " * 700,
        "zero width": "к\u200b" * LENGTH,
        "leet": "к4" * LENGTH,
        "quotes": "«" * LENGTH,
        "broken": "а-\n" * LENGTH,
        "hosts": "kaspi-a.top " * 400,
        "codes": "назовите код из смс " * 300,
        "random": " ".join("".join(chance.choices(letters, k=6)) for _ in range(700)),
    }
    return {name: text[:LENGTH] for name, text in made.items()}


def baseline(text: str) -> int:
    """Search every phrase everywhere."""
    folded = fold(text).text
    return sum(pattern.search(folded) is not None for pattern in PATTERNS)


PATTERNS: list[re.Pattern[str]] = []


def best_seconds(work: Callable[[str], object], texts: Iterable[str], times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        begun = time.process_time()
        for text in texts:
            work(text)
        seconds.append(time.process_time() - begun)
    return min(seconds)


def read(path: str) -> list[str]:
    return [entry.text for entry in read_documents([path]) if isinstance(entry, Entry)]


def main() -> None:
    if len(sys.argv) > 1:
        texts = read(sys.argv[1])
    else:
        texts = [line.split("\t")[2] for line in VOICES.read_text("utf-8").splitlines()]
    PATTERNS.extend(re.compile(r"\b" + phrase.expression) for phrase in default_rules().phrases)
    for text in texts[:200]:  # phrases compile when first tried
        assess(text)
    sample = texts[:100]
    ours = best_seconds(assess, texts) / len(texts)
    theirs = best_seconds(baseline, sample, times=1) / len(sample)
    one_by_one = sorted(best_seconds(assess, [text]) for text in texts[:3000])
    print(f"{len(texts)} texts, {sum(map(len, texts)) / len(texts):.0f} characters on average")
    print(f"  assess     {ours * 1e6:8.0f} µs a text {1 / ours:8,.0f} texts/s")
    print(f"  p99        {one_by_one[int(0.99 * len(one_by_one))] * 1e6:8.0f} µs")
    print(f"  plain loop {theirs * 1e6:8.0f} µs a text {1 / theirs:8,.0f} texts/s")
    print(f"  ratio      {theirs / ours:.0f} times the plain loop's throughput")
    print(f"hostile texts of {LENGTH} characters, and repeated to 1 MB (of which 100,000 are read)")
    for name, text in hostile().items():
        small = best_seconds(assess, [text])
        large = best_seconds(assess, [text * (1_000_000 // LENGTH)], times=1)
        print(f"  {name:12} {small * 1e3:7.1f} ms {large:8.2f} s")


if __name__ == "__main__":
    main()
