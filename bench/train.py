"""Learn the model and how it is weighed with the rules. One command, reproducible.

    python bench/train.py PUBLIC_FOLDER [--without SET …]

Reads the train split of ``corpus/texts``, the rules' own examples and, of
the public sets in ``PUBLIC_FOLDER/train.jsonl.gz``, those whose licence lets weights be shipped.
Writes ``tereze/detection/model.npz`` and ``calibration.toml``.

1. One logistic regression for each outcome, for the desk and for the schemes, over features and runs of letters.
2. The same on four fifths at a time: views of texts that were not learned from.
3. From those views and the rules' sums, how to weigh them (``weighing.py``).
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from learning import (
    BANNED,
    PARTS,
    Row,
    letter_matrix,
    matrix,
    read_disguised,
    read_examples,
    read_own,
    read_public,
    read_voices,
    rules_signs,
)
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from weighing import learn_weighing

from tereze.detection.assessment import Outcome
from tereze.detection.features import BITS
from tereze.detection.letters import SILENCE
from tereze.detection.model import FILE, SCHEME_SHIFT, bounded


DESK = "desk"
VIEWS = (*map(str, Outcome), DESK)
FOR_DESK = frozenset({"illegal", "suspicious", "incident_report", BANNED})
BANNED_WEIGHT = 0.3  # "a moderator banned it" is a weak sign that the desk should look
PUBLIC_WEIGHT = 0.3  # texts from elsewhere: honest ones, and banned ones whose words tell a fraud
# chosen on held-out batches, as are how much more a rare feature may say than a frequent one, and
# in how many texts it has to stand to be learned at all
STRENGTH, SCHEME_STRENGTH, RARITY, FEWEST_TEXTS = 300.0, 1_000.0, 0.4, 3
LETTERS = 0.7  # what runs of letters may say beside words
CORES = 2


Head = tuple[np.ndarray, float]


def head(rows: list[Row], features: sparse.csr_matrix, name: str) -> Head:
    """Weights and bias of one view. Banned texts only teach what the desk should look at."""
    outcomes = np.array([row.outcome for row in rows])
    use = np.flatnonzero((outcomes != BANNED) | (name == DESK))
    positive = np.isin(outcomes, list(FOR_DESK)) if name == DESK else outcomes == name
    public = np.array([row.public for row in rows])
    weights = np.select([outcomes == BANNED, public], [BANNED_WEIGHT, PUBLIC_WEIGHT], 1.0)
    fitted = LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-4, max_iter=1000).fit(
        features[use], positive[use], sample_weight=weights[use]
    )
    return fitted.coef_[0], float(fitted.intercept_[0])


def heads(rows: list[Row], features: sparse.csr_matrix) -> list[Head]:
    scale = scales(features)
    some = np.flatnonzero(scale)
    scaled = features[:, some] @ sparse.diags(scale[some])
    found = Parallel(CORES)(delayed(head)(rows, scaled, name) for name in VIEWS)
    return [(unscaled(weights, scale, some), bias) for weights, bias in found]


def scales(features: sparse.csr_matrix) -> np.ndarray:
    """How much each feature is scaled before learning, 0 where it is not learned. Without it the
    optimiser, which has to run to its end, takes twenty times longer and gets less far."""
    texts = np.bincount(features.indices, minlength=features.shape[1])
    scale = np.where(texts >= FEWEST_TEXTS, (np.maximum(texts, 1) / 10.0) ** -RARITY, 0.0)
    scale[1 << BITS :] *= LETTERS
    if len(scale) > 1 << BITS:
        scale[(1 << BITS) + np.array(SILENCE)] = 0.0
    return scale


def unscaled(weights: np.ndarray, scale: np.ndarray, some: np.ndarray) -> np.ndarray:
    whole = np.zeros(len(scale))
    whole[some] = weights * scale[some]
    return whole


def scheme_heads(rows: list[Row], features: sparse.csr_matrix) -> tuple[list[str], list[Head]]:
    """One regression over all schemes, learned from every text that is about one."""
    use = np.flatnonzero([bool(row.scheme) for row in rows])
    scale = scales(features[use])
    some = np.flatnonzero(scale)
    fitted = LogisticRegression(C=SCHEME_STRENGTH, max_iter=300, tol=1e-4).fit(
        features[use][:, some] @ sparse.diags(scale[some]), [rows[place].scheme for place in use]
    )
    pairs = [
        (unscaled(weights, scale, some), float(bias))
        for weights, bias in zip(fitted.coef_, fitted.intercept_, strict=True)
    ]
    return list(fitted.classes_), pairs


def held_out(rows: list[Row], features: sparse.csr_matrix, coarse: sparse.csr_matrix):
    """Views of every text, of outcomes and of schemes, by models that have not seen its batch."""
    slugs = sorted({row.scheme for row in rows if row.scheme})
    views = np.zeros((len(rows), len(VIEWS)))
    schemes = np.full((len(rows), len(slugs)), -9.0)
    parts = np.array([row.part for row in rows])
    for part in range(PARTS):
        learn, new = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        some = [rows[place] for place in learn]
        for column, (weights, bias) in enumerate(heads(some, features[learn])):
            views[new, column] = features[new] @ weights + bias
        names, found = scheme_heads(some, coarse[learn])
        for name, (weights, bias) in zip(names, found, strict=True):
            schemes[new, slugs.index(name)] = coarse[new] @ weights + bias
        print(f"held out part {part + 1} of {PARTS}", flush=True)
    return bounded(views), slugs, schemes


def quantised(found: list[Head]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole numbers from -127 to 127, the scale of each view, and the biases."""
    weights = np.stack([each for each, _ in found], axis=1)
    scales = np.abs(weights).max(axis=0) / 127
    whole = np.round(weights / scales).astype(np.int8)
    return whole, scales.astype(np.float32), np.array([b for _, b in found], dtype=np.float32)


def write_model(found: list[Head], names: list[str], schemes: list[Head]) -> None:
    outcome, outcome_scales, outcome_biases = quantised(
        [(weights[: 1 << BITS], bias) for weights, bias in found]
    )
    letter, letter_scales, _ = quantised([(weights[1 << BITS :], 0.0) for weights, _ in found])
    scheme, scheme_scales, scheme_biases = quantised(schemes)
    learned = outcome.tobytes() + letter.tobytes() + scheme.tobytes()
    version = hashlib.sha256(learned).hexdigest()[:8]
    np.savez_compressed(
        FILE,
        outcomes=np.array(VIEWS),
        outcome_weights=outcome,
        outcome_scales=outcome_scales,
        outcome_biases=outcome_biases,
        letter_weights=letter,
        letter_scales=letter_scales,
        schemes=np.array(names),
        scheme_weights=scheme,
        scheme_scales=scheme_scales,
        scheme_biases=scheme_biases,
        version=np.array(version),
    )
    print(f"wrote {FILE.name}, version {version}, {FILE.stat().st_size:,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("public", type=Path)
    parser.add_argument("--without", nargs="*", default=[], metavar="SET")
    arguments = parser.parse_args()
    rows = read_own() + read_disguised() + read_voices() + read_examples()
    rows += read_public(arguments.public, arguments.without)
    print(f"{len(rows)} texts, {sum(row.unread for row in rows)} to weigh by", flush=True)
    features, coarse = (
        sparse.hstack([matrix(rows), letter_matrix(rows)], "csr"),
        matrix(rows, shift=SCHEME_SHIFT),
    )
    views, slugs, schemes = held_out(rows, features, coarse)
    found = heads(rows, features)
    write_model(found, *scheme_heads(rows, coarse))
    learn_weighing(rows, VIEWS, views, slugs, schemes, *rules_signs(rows))


if __name__ == "__main__":
    main()
