"""Many documents judged by two sets of rules; most need no second look.

Only where a rule fires in which the sets differ can the judgement differ: all other documents are
passed over, which is several times faster than judging them twice.

    python -m tereze.detection.comparing

reads from standard input a line with both changes, then lines with documents, and answers each line
with the differences: for whoever compares in a process of its own. It ends with its input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from tereze.detection.assessment import Assessment, Document
from tereze.detection.engine import assess_many, touched
from tereze.detection.house import Changes, differing, joined


PARTS = frozenset(part.name for part in fields(Document) if part.name not in {"context", "earlier"})


@dataclass(frozen=True, slots=True)
class View:
    """What of an assessment is compared."""

    outcome: str
    p_illegal: float
    scheme: str

    @classmethod
    def of(cls, found: Assessment) -> View:
        scheme = found.schemes[0].slug if found.schemes else ""
        return cls(str(found.outcome), found.p_illegal, scheme)


@dataclass(frozen=True, slots=True)
class Difference:
    """The place of a document in what was given, and both judgements."""

    place: int
    old: View
    new: View

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Difference:
        return cls(data["place"], View(**data["old"]), View(**data["new"]))


@dataclass(frozen=True, slots=True)
class Compared:
    """``touched``: how many had to be judged at all."""

    touched: int
    differences: Sequence[Difference]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Compared:
        return cls(data["touched"], [Difference.from_json(one) for one in data["differences"]])


class Comparer:
    """Two sets of rules, ready to judge documents side by side."""

    def __init__(self, old: Changes, new: Changes) -> None:
        self.old, self.new = joined(old), joined(new)
        self.differing = differing(self.old, self.new)

    def compare(self, documents: Iterable[Document]) -> Compared:
        found = [(n, each) for n, each in enumerate(documents) if touched(each, self.differing)]
        both = [document for _, document in found]
        before = assess_many(both, rules=self.old)
        after = assess_many(both, rules=self.new)
        views = [
            Difference(n, View.of(one), View.of(other))
            for (n, _), one, other in zip(found, before, after, strict=True)
        ]
        return Compared(len(found), [each for each in views if each.old != each.new])


def document_of(parts: Mapping[str, Any]) -> Document:
    """Of stored parts those that are judged; whatever else stands beside them is left out."""
    known: dict[str, Any] = {name: str(parts[name]) for name in PARTS & parts.keys() if parts[name]}
    return Document(**{"text": "", **known})


def main() -> None:
    changes = json.loads(sys.stdin.readline())
    comparer = Comparer(*(Changes.from_json(one) for one in changes))
    for line in sys.stdin:
        answer = comparer.compare(document_of(parts) for parts in json.loads(line))
        sys.stdout.write(json.dumps(asdict(answer), ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
