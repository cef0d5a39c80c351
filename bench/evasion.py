"""What each disguise costs: frauds of the corpus, undisguised and disguised.

    python bench/evasion.py [FILE.jsonl[.gz]…]

Without files the texts of the corpus's test batches are read. Only texts that stand undisguised
in the corpus are taken, and for each disguise only those that it changes. Three shares are told
before and after, with the points lost: texts *found*, whose ``score`` lies above what 2 % of the
undisguised calm texts exceed; texts *flagged* at all, for which the disguise alone may be enough;
and texts on which a policy would *act* by itself. The same disguises are put on calm texts:
hiding alone proves no fraud. Then the texts are cut to the length of a notification: at their
beginning, and from the first words that give them away.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the corpus's reader

from corpus.check import rows
from tereze.detection import Assessment, Outcome, assess_many
from tereze.detection.batches import judged
from tereze.detection.disguises import CUT, DISGUISES, Disguise, cut
from tereze.detection.evaluation import FALSE_ALARMS, FLAGGED
from tereze.detection.measures import Share, threshold_for
from tereze.indicators.documents import Entry, read_documents


ACTS = 0.9  # p_illegal
CALM = {"harmless", "job_or_promo", "warning_or_quotation"}
FITS = {"kazakh_latin": {"kk"}, "no_special_letters": {"kk", "mixed"}}  # others fit all languages

Row = Mapping[str, Any]


class Pair(NamedTuple):
    """A share before and after the disguise."""

    before: Share
    after: Share

    @property
    def lost(self) -> float:
        """In points."""
        return 100 * ((self.before.value or 0) - (self.after.value or 0))

    def __str__(self) -> str:
        if self.before.value is None or self.after.value is None:
            return "–"
        return f"{100 * self.before.value:.1f} → {100 * self.after.value:.1f}"


class Cost(NamedTuple):
    """What a disguise does to the frauds and the calm texts that it changes."""

    name: str
    found: Pair
    flagged: Pair
    acted: Pair
    calm: Pair

    @property
    def lost(self) -> float:
        """Points of recall, by whichever of finding and flagging loses more."""
        return max(self.found.lost, self.flagged.lost)


def costs(given: Iterable[Row]) -> list[Cost]:
    """What every disguise costs on the undisguised rows."""
    frauds, calm, limit = _undisguised(given)
    return [
        _cost(name, _hiding(hide), _fitting(name, frauds), _fitting(name, calm), limit)
        for name, hide in DISGUISES.items()
    ]


def cut_costs(given: Iterable[Row]) -> list[Cost]:
    """What is lost where only part of a text is seen."""
    frauds, calm, limit = _undisguised(given)
    marked = [row for row in frauds if row.get("spans")]
    return [
        _cost(f"first {CUT} characters", lambda row: cut(row["text"]), marked, calm, limit),
        _cost(
            f"{CUT} characters from the first sign",
            lambda row: cut(row["text"], row["spans"][0][0]),
            marked,
            [],
            limit,
        ),
    ]


def worst_of(found: Iterable[Cost]) -> Cost:
    """The disguise that hides most."""
    return max(found, key=lambda cost: cost.lost)


def _undisguised(given: Iterable[Row]) -> tuple[list[Row], list[Row], float]:
    plain = [row for row in given if row.get("form", "plain") == "plain"]
    frauds = [row for row in plain if row["outcome"] == "illegal"]
    calm = [row for row in plain if row["outcome"] in CALM]
    limit = threshold_for(
        [said.score for _, said in judged(calm, itemgetter("text"))], FALSE_ALARMS
    )
    return frauds, calm, limit


def _hiding(hide: Disguise) -> Callable[[Row], str]:
    return lambda row: hide(row["text"])


def _fitting(name: str, given: Sequence[Row]) -> list[Row]:
    return [row for row in given if row.get("lang") in FITS.get(name, {row.get("lang")})]


def _cost(
    name: str,
    way: Callable[[Row], str],
    frauds: Sequence[Row],
    calm: Sequence[Row],
    limit: float,
) -> Cost:
    bad, ok = _judged(way, frauds), _judged(way, calm)
    return Cost(
        name,
        found=_pair(bad, lambda said: said.score > limit),
        flagged=_pair(bad, _flagged),
        acted=_pair(bad, lambda said: said.outcome is Outcome.ILLEGAL and said.p_illegal >= ACTS),
        calm=_pair(ok, _flagged),
    )


def _judged(way: Callable[[Row], str], given: Sequence[Row]) -> list[tuple[Assessment, Assessment]]:
    changed = [(row["text"], way(row)) for row in given if way(row) != row["text"]]
    before = assess_many(text for text, _ in changed)
    return list(zip(before, assess_many(hidden for _, hidden in changed), strict=True))


def _flagged(said: Assessment) -> bool:
    return said.outcome in FLAGGED


def _pair(
    judged: Sequence[tuple[Assessment, Assessment]], what: Callable[[Assessment], bool]
) -> Pair:
    before, after = (sum(what(both[side]) for both in judged) for side in (0, 1))
    return Pair(Share(before, len(judged)), Share(after, len(judged)))


def table(found: Sequence[Cost]) -> str:
    """All shares in per cent, and points lost."""
    names = ("found", "flagged", "acted on")
    lines = [
        f"{'':36}{'n':>6}" + "".join(f"{n:>15}{'lost':>7}" for n in names) + f"{'calm flagged':>15}"
    ]
    for cost in found:
        pairs = (cost.found, cost.flagged, cost.acted)
        shares = "".join(f"{pair!s:>15}{pair.lost:7.1f}" for pair in pairs)
        lines.append(f"{cost.name:36}{cost.found.before.whole:6}{shares}{cost.calm!s:>15}")
    return "\n".join(lines)


def main() -> None:
    if len(sys.argv) > 1:
        entries = (entry for entry in read_documents(sys.argv[1:]) if isinstance(entry, Entry))
        found: list[Row] = [{**entry.fields, "text": entry.text} for entry in entries]
    else:
        found = list(rows(split="test"))
    measured = costs(found)
    print(table(measured))
    print(table(cut_costs(found)))
    worst = worst_of(measured)
    print(f"worst: {worst.name}, {worst.lost:.1f} points")


if __name__ == "__main__":
    main()
