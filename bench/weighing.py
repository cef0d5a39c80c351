"""How to weigh the model's views with the rules' sums, learned from texts held out of the model.

The regressions see our own texts and as many ordinary ones; then bias and slope are fitted once
more where 1 text of 100 is illegal (3 of 100 for the desk), 6 are hard ones of ours that share
the frauds' words, and the others are ordinary ones, public and ours.
"""

from __future__ import annotations

import numpy as np
from learning import BANNED, Row
from sklearn.linear_model import LogisticRegression

from tereze.detection.assessment import Outcome
from tereze.detection.scoring import BRIEF, FILE, MOST, SUMS, lifted


ILLEGAL_SHARE, DESK_SHARE = 0.01, 0.03
# Of honest messages in public chats 0.3 % fire a rule for illegal texts, of our hard ones 12.5 %; the
# model's view of illegal is above nought for 0.2 and 2.5 %: as if 3 to 7 of 100 were like ours.
HARD_SHARE = 0.05
FALSE_ALARMS = 0.018  # of our hard honest texts, that may be flagged
CALLS_FOR_NOTHING = 0.003  # of ordinary texts: a desk that is called more often stops looking
ORDINARY_WEIGHT, BANNED_WEIGHT = 0.6, 0.2
FRAUD_WEIGHT = 20.0  # of a fraud among what the desk has to look at: it comes first in the queue
DESK = ("illegal", "suspicious", "incident_report")
HONEST = ("warning_or_quotation", "job_or_promo", "harmless")


def learn_weighing(
    rows: list[Row], names, views, slugs, schemes, rules_signs, rule_schemes
) -> None:
    """Fit and write ``calibration.toml``."""
    signs = np.hstack([views, rules_signs])
    outcomes = np.array([row.outcome for row in rows])
    ours = np.array([row.unread for row in rows])
    known = np.array([row.known_to_rules for row in rows])
    ordinary = np.array([row.ordinary for row in rows])
    lines = ["# Learned by bench/train.py; see scoring.py. Weights are log-odds for each log-odd."]
    for answer, wanted, share in (
        ("p_illegal", ("illegal",), ILLEGAL_SHARE),
        ("score", DESK, DESK_SHARE),
    ):
        bias, weights = fit_probability(signs, outcomes, wanted, ours, ordinary, known, share)
        usual = float(np.mean(views[ordinary] @ weights[: len(names)]))
        lines += ["", f"[{answer}]", f"ordinary = {usual:.4f}"]
        lines += written(bias + usual, weights, names)
        if answer == "p_illegal":
            logits = signs @ weights + bias
            flagged_from = fit_flag(logits, outcomes, ours, ordinary)
            count_lifted(logits, rules_signs, outcomes, ours, ordinary)
    use = ours | ordinary
    bias, weights = fit_outcomes(signs[use], outcomes[use], ours[use])
    for place, outcome in enumerate(map(str, Outcome)):
        lines += ["", f"[outcomes.{outcome}]", *written(bias[place], weights[place], names)]
    rules, sharpness = fit_schemes(rows, ours, slugs, schemes, rule_schemes)
    lines += ["", "[schemes]", f"rules = {rules}", f"sharpness = {sharpness}"]
    lines.insert(1, f"\nflagged_from = {flagged_from:.3f}")
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def written(bias: float, weights: np.ndarray, names) -> list[str]:
    views = ", ".join(f"{n} = {w:.4f}" for n, w in zip(names, weights, strict=False))
    rules = ", ".join(
        f"{n} = {w:.4f}" for n, w in zip(SUMS + BRIEF, weights[len(names) :], strict=True)
    )
    return [f"bias = {bias:.4f}", f"views = {{ {views} }}", f"rules = {{ {rules} }}"]


def fit_probability(
    signs, outcomes, wanted, ours, ordinary, known, share: float
) -> tuple[float, np.ndarray]:
    """Weights from frauds against honest texts; bias and slope at the base rate, stories and all."""
    positive = ours & np.isin(outcomes, wanted)
    honest = ours & np.isin(outcomes, HONEST)
    others = known & (np.isin(outcomes, wanted) | np.isin(outcomes, HONEST))
    # what moderators banned teaches the desk's score a little; the rules' examples teach what
    # their authors meant
    banned = (outcomes == BANNED) & (len(wanted) > 1)
    learn = positive | honest | ordinary | others | banned
    fraud = positive & (outcomes == str(Outcome.ILLEGAL))
    weights = np.select([ordinary, banned], [ORDINARY_WEIGHT, BANNED_WEIGHT], 1.0)
    if len(wanted) > 1:
        weights[fraud] = FRAUD_WEIGHT
    fitted = LogisticRegression(C=1.0, max_iter=3000).fit(
        signs[learn],
        (np.isin(outcomes, wanted) | banned)[learn],
        sample_weight=weights[learn],
    )
    value = signs @ fitted.coef_[0]
    hard = ours & ~positive & (outcomes != "suspicious")
    sample = np.zeros(len(signs))
    for group, part in (
        (positive, share),
        (hard, HARD_SHARE),
        (ordinary, 1 - share - HARD_SHARE),
    ):
        sample[group] = part / group.sum()
    use = positive | hard | ordinary
    slope = LogisticRegression(C=1e6).fit(
        value[use, None], positive[use], sample_weight=sample[use] * use.sum()
    )
    return float(slope.intercept_[0]), fitted.coef_[0] * slope.coef_[0][0]


def fit_flag(logits, outcomes, ours, ordinary) -> float:
    """From where a text is flagged: :data:`FALSE_ALARMS` of our hard honest texts are, and
    :data:`CALLS_FOR_NOTHING` of ordinary ones, whichever comes first."""
    honest = ours & np.isin(outcomes, HONEST)
    chosen = max(
        float(np.quantile(logits[honest], 1 - FALSE_ALARMS)),
        float(np.quantile(logits[ordinary], 1 - CALLS_FOR_NOTHING)),
    )
    for name, line in (("flagged", chosen), ("p >= 0.5", 0.0), ("p >= 0.9", np.log(9.0))):
        shares = {o: np.mean(logits[ours & (outcomes == o)] >= line) for o in map(str, Outcome)}
        shares["ordinary"] = np.mean(logits[ordinary] >= line)
        print(f"  {name}:", ", ".join(f"{o} {share:.2%}" for o, share in shares.items()))
    return chosen


def count_lifted(logits, rules_signs, outcomes, ours, ordinary) -> None:
    """How sure brief texts are that say the very words of rules: see ``scoring.lifted``."""
    gained = np.array([lifted(*each) for each in zip(logits, rules_signs.tolist(), strict=True)])
    illegal = ours & (outcomes == str(Outcome.ILLEGAL))
    hard = ours & np.isin(outcomes, (*HONEST, "incident_report"))
    counts = [int((gained[group] > 0).sum()) for group in (illegal, hard, ordinary)]
    print(f"  lifted: {counts[0]} illegal, {counts[1]} hard honest, {counts[2]} ordinary")


def fit_outcomes(signs, outcomes, ours) -> tuple[np.ndarray, np.ndarray]:
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(
        signs, outcomes, sample_weight=np.where(ours, 1.0, 0.1)
    )
    order = [list(fitted.classes_).index(name) for name in map(str, Outcome)]
    return fitted.intercept_[order], fitted.coef_[order]


def fit_schemes(rows, ours, slugs, schemes, rule_schemes) -> tuple[float, float]:
    """What the rules' word counts, and how sure the shares are; by likelihood on a grid."""
    use = np.flatnonzero(
        ours & np.array([row.scheme in slugs and row.outcome in DESK for row in rows])
    )
    wanted = np.array([slugs.index(rows[place].scheme) for place in use])
    named = np.array(
        [[min(rule_schemes[place].get(slug, 0.0), MOST) for slug in slugs] for place in use]
    )
    best = (-np.inf, 0.0, 0.0)
    for rules in (0.0, 0.3, 0.45, 0.6, 0.8, 1.0):
        for sharpness in (0.5, 0.65, 0.8, 1.0, 1.2):
            logits = sharpness * (schemes[use] + rules * named)
            likelihood = logits[np.arange(len(use)), wanted] - np.logaddexp.reduce(logits, axis=1)
            best = max(best, (float(likelihood.mean()), rules, sharpness))
    order = np.argsort(-(schemes[use] + best[1] * named), axis=1)
    first = np.mean(order[:, 0] == wanted)
    three = np.mean((order[:, :3] == wanted[:, None]).any(axis=1))
    print(f"  schemes: first {first:.3f}, among three {three:.3f}, of {len(use)}")
    return best[1], best[2]
