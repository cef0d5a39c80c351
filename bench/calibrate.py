"""Fit the two numbers that turn evidence into ``p_illegal``, and show how well they hold.

    python bench/calibrate.py TRAIN.jsonl[.gz] [--check DEV.jsonl[.gz]] [--write]

Only rows of sets whose licence lets learned numbers be shipped are used. Their label "bad" is a
moderator's ban, wider than illegal, so it is the best public stand-in and no more: the fit says
how much evidence separates banned from honest texts at a stated share of illegal ones (1 %).
"""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

from tereze.detection.engine import evidence_in
from tereze.detection.ruleset import default_rules
from tereze.detection.scoring import Sums, calibration, weigh
from tereze.indicators.documents import Entry, read_documents


# GPL-3.0, MIT, CC BY 4.0 and CC BY-SA sets; the others serve local evaluation only.
LICENSED = frozenset({
    "tizh_telegram_ru",
    "umputun_tgspam",
    "fsoc_spam",
    "aiantispam_confirmed",
    "monalenka_telegram",
    "nktkln_news",
    "kaznu_gov_kk",
})  # fmt: skip
PREVALENCE = 0.01
FILE = Path(__file__).parents[1] / "tereze" / "detection" / "calibration.toml"


def weighed(path: str) -> Iterator[tuple[Sums, bool]]:
    """The sums of evidence of every licensed row, and whether it was banned."""
    rules = default_rules()
    for entry in read_documents([path]):
        if isinstance(entry, Entry) and entry.fields.get("set") in LICENSED:
            yield weigh(evidence_in(entry.text[:2500], rules)), entry.fields["label"] == "bad"


def fit(rows: list[tuple[Sums, bool]]) -> tuple[float, float]:
    """Bias and slope of the likeliest logistic curve at :data:`PREVALENCE`, by Newton's method."""
    bad = sum(label for _, label in rows)
    share = {True: PREVALENCE / bad, False: (1 - PREVALENCE) / (len(rows) - bad)}
    bias, slope = -4.6, 1.0
    for _ in range(50):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for sums, label in rows:
            x, weight = sums.offer, share[label]
            p = sigmoid(bias + slope * x - sums.against)
            g0 += weight * (label - p)
            g1 += weight * (label - p) * x
            spread = weight * p * (1 - p)
            h00, h01, h11 = h00 + spread, h01 + spread * x, h11 + spread * x * x
        determinant = h00 * h11 - h01 * h01
        step0 = (h11 * g0 - h01 * g1) / determinant
        step1 = (h00 * g1 - h01 * g0) / determinant
        bias, slope = bias + step0, slope + step1
        if abs(step0) + abs(step1) < 1e-6:
            break
    return bias, slope


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, x))))


def report(rows: list[tuple[Sums, bool]], bias: float, slope: float) -> None:
    """Said and seen, in steps of log-odds; seen is brought to the same prevalence."""
    bad = sum(label for _, label in rows)
    ratio = PREVALENCE / (1 - PREVALENCE) * (len(rows) - bad) / bad
    print(f"{'p_illegal':>14} {'banned':>7} {'honest':>7} {'seen at 1 %':>12}")
    edges = [0.0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 1.01]
    for low, high in itertools.pairwise(edges):
        inside = [
            label for s, label in rows if low <= sigmoid(bias + slope * s.offer - s.against) < high
        ]
        banned, honest = sum(inside), len(inside) - sum(inside)
        seen = banned * ratio / (banned * ratio + honest) if inside else math.nan
        print(f"{low:6.2f} – {min(high, 1):4.2f} {banned:7} {honest:7} {seen:12.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train")
    parser.add_argument("--check", help="rows the fit has not seen")
    parser.add_argument("--write", action="store_true", help="write calibration.toml")
    options = parser.parse_args()
    rows = list(weighed(options.train))
    bias, slope = fit(rows)
    print(
        f"{len(rows)} rows, {sum(label for _, label in rows)} banned: bias {bias:.2f}, slope {slope:.2f}"
    )
    report(rows, bias, slope)
    if options.check:
        print("\nrows not seen by the fit")
        report(list(weighed(options.check)), bias, slope)
    if options.write:
        now = calibration()
        FILE.write_text(
            "# Numbers that turn evidence into probabilities. Written by bench/calibrate.py.\n"
            f"bias = {bias:.2f}  # log-odds before any evidence, at 1 % illegal texts\n"
            f"slope = {slope:.2f}  # what one unit of rule weight is worth\n"
            f"report_bias = {now.report_bias}  # the same for 'the desk has to look', set by hand\n"
            f"report_slope = {now.report_slope}\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
