"""What `extract` finds in annotated texts: precision and recall by type, and every error.

    python bench/indicators.py [--errors] [FILE.jsonl …]

Without files the sets of `corpus/indicators` are read (`corpus/README.md` says how blind each is). A find is right if type and value are; where it stands is counted
beside it. The `url` and `domain` that come with another find of the same stretch (the address of
an advert) need no annotation of their own.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tereze.indicators import Indicator, extract


SETS = Path(__file__).parent.parent / "corpus" / "indicators"
IMPLIED = {"url", "domain"}


class Score:
    """Counts of one set, by type: right, wrong, missed, right with exactly the annotated span."""

    def __init__(self) -> None:
        self.right, self.wrong, self.missed, self.exact = (Counter[str]() for _ in range(4))
        self.errors: list[str] = []

    def add(self, row: dict[str, Any]) -> None:
        found = extract(row["text"])
        for wanted in row["indicators"]:
            spans = [
                i.span for i in found if (i.type, i.value) == (wanted["type"], wanted["value"])
            ]
            (self.right if spans else self.missed)[wanted["type"]] += 1
            self.exact[wanted["type"]] += tuple(wanted["span"]) in spans
            if not spans:
                self.errors.append(f"missed {wanted['type']} {wanted['value']}  {row['text']!r}")
        for extra in _unannotated(row, found):
            self.wrong[extra.type] += 1
            self.errors.append(f"wrong  {extra.type} {extra.value}  {row['text']!r}")

    def lines(self) -> Iterator[str]:
        yield f"  {'':16}{'n':>5} {'precision':>10} {'recall':>8} {'exact span':>11}"
        types = sorted(self.right | self.wrong | self.missed)
        for name, chosen in [("all", types), *((kind, [kind]) for kind in types)]:
            right, wrong, missed, exact = (
                sum(counts[kind] for kind in chosen)
                for counts in (self.right, self.wrong, self.missed, self.exact)
            )
            yield (
                f"  {name:16}{right + missed:5} {_share(right, wrong):>10} "
                f"{_share(right, missed):>8} {_share(exact, right - exact):>11}"
            )


def _unannotated(row: dict[str, Any], found: list[Indicator]) -> Iterator[Indicator]:
    wanted = {(w["type"], w["value"]) for w in row["indicators"]}
    spans = [w["span"] for w in row["indicators"]]
    for item in found:
        start, end = item.span
        along = item.type in IMPLIED and any(a < end and start < b for a, b in spans)
        if (item.type, item.value) not in wanted and not along:
            yield item


def _share(part: int, rest: int) -> str:
    return f"{part / (part + rest):.2%}" if part + rest else "–"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--errors", action="store_true", help="show every error")
    options = parser.parse_args()
    for path in options.files or sorted(SETS.glob("*.jsonl"), reverse=True):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        score = Score()
        for row in rows:
            score.add(row)
        harmless = sum(not row["indicators"] for row in rows)
        print(f"{path.stem}: {len(rows)} texts, {harmless} of them without an indicator")
        print(*score.lines(), *(score.errors if options.errors else []), sep="\n")


if __name__ == "__main__":
    main()
