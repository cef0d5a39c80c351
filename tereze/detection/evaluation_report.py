"""The figures of an evaluation as tables for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def report(figures: Mapping[str, Any], errors: Sequence[tuple[float, str, str]] = ()) -> str:
    """``figures`` as :meth:`Evaluation.figures` gives them, then the worst ``errors``."""
    parts = (_summary, _ranking, _automatic, _groups, _schemes, _confusion, _calibration)
    blocks = ["\n".join(part(figures)) for part in parts]
    blocks += [f"{kind} ({size:.2f}): {text}" for size, kind, text in errors]
    return "\n\n".join(block for block in blocks if block)


def percent(share: float | None) -> str:
    """A share as a person reads it."""
    return "–" if share is None else f"{100 * share:.2f}%"


def interval(bounds: Sequence[float]) -> str:
    """Both bounds of an interval of shares."""
    return f"{percent(bounds[0])} to {percent(bounds[1])}"


def _summary(figures: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"flagged (illegal or suspicious): recall {percent(figures['recall'])}, false alarms "
        f"{percent(figures['false_alarms'])}, precision here {percent(figures['precision'])}"
    )
    if figures["scheme_first"] is not None:
        yield (
            f"scheme right first {percent(figures['scheme_first'])}, among three "
            f"{percent(figures['scheme_among_three'])}"
        )
    if figures["unlabelled"]:
        yield f"without a label we know, not counted: {figures['unlabelled']}"


def _ranking(figures: Mapping[str, Any]) -> Iterator[str]:
    if figures["ranking"]:
        yield f"illegal texts found by score above {figures['ranking'][0]['score_above']:.4f}"
        yield from _ranked(figures["ranking"])
    if figures["left_out"]:
        yield "\neach set at the score that the other sets give"
        yield from _ranked(figures["left_out"])


def _ranked(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{'':36}{'illegal':>8}{'recall':>9}{'95 % interval':>20}{'calm':>8}{'false':>8}"
    for row in rows:
        yield (
            f"  {row['by'] + ' ' + row['name']:34}{row['n']:8}{percent(row['recall']):>9}"
            f"{interval(row['interval']):>20}{row['calm']:8}{percent(row['false_alarms']):>8}"
        )


def _automatic(figures: Mapping[str, Any]) -> Iterator[str]:
    found = figures["automatic"]
    illegal, harmless = found["illegal"], found["harmless"]
    yield f"automatic act (outcome illegal, p_illegal from {figures['threshold']:g})"
    if illegal["n"]:
        yield (
            f"  illegal texts: {illegal['above']} of {illegal['n']}, recall "
            f"{percent(illegal['share'])} ({interval(illegal['interval'])})"
        )
    if harmless["n"]:
        low, high = (10_000 * bound for bound in harmless["interval"])
        yield (
            f"  harmless texts: {harmless['above']} of {harmless['n']:,}, "
            f"{found['harmless_per_10000']:g} per 10,000 ({low:.1f} to {high:.1f})"
        )
    for name in ("incident_reports", "warnings"):
        if found[name]["n"]:
            words = name.replace("_", " ")
            yield f"  {words}: {found[name]['above']} of {found[name]['n']}"
    if found["precision"] is not None:
        yield (
            f"  precision where {percent(found['base_rate'])} are illegal: "
            f"{percent(found['precision'])} ({interval(found['precision_interval'])})"
        )


def _groups(figures: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'':40}{'n':>7}{'flagged':>9}{'acted':>9}{'desk':>9}"
    for group in figures["groups"]:
        shares = "".join(f"{percent(group[key]):>9}" for key in ("flagged", "acted", "desk"))
        yield f"{group['by'] + ' ' + group['name']:40}{group['n']:>7}{shares}"


def _schemes(figures: Mapping[str, Any]) -> Iterator[str]:
    if not figures["schemes"]:
        return
    yield f"{'scheme':40}{'n':>7}{'flagged':>9}{'first':>9}{'of three':>9}"
    for row in figures["schemes"]:
        shares = "".join(f"{percent(row[key]):>9}" for key in ("flagged", "first", "among_three"))
        yield f"{row['scheme']:40}{row['n']:>7}{shares}"


def _confusion(figures: Mapping[str, Any]) -> Iterator[str]:
    said = ("illegal", "suspicious", "incident_report", "job_or_promo", "warning_or_quotation")
    yield f"{'label / said':24}" + "".join(f"{name[:10]:>12}" for name in (*said, "harmless"))
    for label, counts in figures["confusion"].items():
        yield f"{label:24}" + "".join(f"{counts[name]:12}" for name in (*said, "harmless"))


def _calibration(figures: Mapping[str, Any]) -> Iterator[str]:
    for name, key in (("p_illegal", "calibration"), ("score", "calibration_score")):
        if not figures[key]:
            continue
        yield (
            f"{name}: calibration error {figures['ece'][name]:.4f} at "
            f"{percent(figures['automatic']['base_rate'])} positive; said, seen, texts"
        )
        for part in figures[key]:
            seen = f"{percent(part['bad']):>8} ({interval(part['interval'])})"
            yield f"  {part['p']:.4f}  {seen}  {part['n']}"
