"""How far the blind second readers agree with the writers, by language.

    python -m corpus.agreement [FOLDER] [--disagreements]

Cohen's κ = (p - c) / (1 - c), where p is the share of texts on which writer and reader agree and
c the share on which they would by chance, from how often each uses a label (J. Cohen, "A
coefficient of agreement for nominal scales", Educational and Psychological Measurement 20, 1960).
Disagreements stay in ``readings.jsonl``: nobody is made to agree; ``--disagreements`` lists them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from corpus.check import HERE, rows


class Reading(NamedTuple):
    """A label of the writer beside the reader's."""

    id: str
    kind: str
    lang: str
    of: str  # "outcome" or "scheme"
    written: str
    read: str


def readings(folder: Path = HERE) -> Iterator[Reading]:
    """Both labels of every text that was read a second time.

    A scheme is compared where both say that there is one to name: an illegal text or a story.
    """
    written = {row["id"]: row for row in rows(folder)}
    file = folder / "readings.jsonl"
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        read = json.loads(line)
        row = written.get(read["id"])
        if row is None:
            raise SystemExit(f"readings.jsonl: there is no text {read['id']}")
        yield Reading(
            read["id"], read["kind"], row["lang"], "outcome", row["outcome"], read["outcome"]
        )
        if row["scheme"] and read["scheme"]:
            yield Reading(
                read["id"], read["kind"], row["lang"], "scheme", row["scheme"], read["scheme"]
            )


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen's κ of pairs of labels; 1.0 where both only ever use the same single label."""
    seen = sum(one == other for one, other in pairs) / len(pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(ones[label] * others[label] for label in ones) / len(pairs) ** 2
    return 1.0 if chance == 1 else (seen - chance) / (1 - chance)


def table(found: list[Reading]) -> str:
    """κ and plain agreement by kind of reading, label and language."""
    groups: defaultdict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for item in found:
        for lang in (item.lang, "all"):
            groups[item.kind, item.of, lang].append((item.written, item.read))
    lines = [f"{'kind':20}{'label':10}{'language':10}{'n':>6}{'agree':>8}{'κ':>7}"]
    for (kind, of, lang), pairs in sorted(groups.items()):
        same = 100 * sum(one == other for one, other in pairs) / len(pairs)
        lines.append(f"{kind:20}{of:10}{lang:10}{len(pairs):6}{same:7.1f}%{kappa(pairs):7.3f}")
    return "\n".join(lines)


def main() -> None:
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    found = list(readings(Path(folders[0]) if folders else HERE))
    print(table(found))
    if "--disagreements" in sys.argv:
        for item in found:
            if item.written != item.read:
                print(f"{item.id}\t{item.of}\t{item.written}\t{item.read}")


if __name__ == "__main__":
    main()
