"""Learn the model and how it is weighed with the rules. One command, reproducible.

    python bench/train.py PUBLIC_FOLDER [--without SET …]

Reads the train split of ``corpus/texts``, the rules' own examples and, of
the public sets in ``PUBLIC_FOLDER/train.jsonl.gz``, those whose licence lets weights be shipped.
Writes ``tereze/detection/model.npz`` and ``calibration.toml``.

1. One logistic regression for each outcome, for the desk and for the schemes, over features.
2. The same on four fifths at a time: views of texts that were not learned from.
3. From those views and the rules' sums, how to weigh them (``weighing.py``).
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
from learning import (
    BANNED,
    PARTS,
    Row,
    matrix,
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
from tereze.detection.model import FILE, MOST, SCHEME_SHIFT


DESK = "desk"
VIEWS = (*map(str, Outcome), DESK)
FOR_DESK = frozenset({"illegal", "suspicious", "incident_report", BANNED})
BANNED_WEIGHT = 0.3  # "a moderator banned it" is a weak sign that the desk should look
STRENGTH = 100.0  # inverse of the regularisation; chosen on held-out batches


Head = tuple[np.ndarray, float]


def head(rows: list[Row], features: sparse.csr_matrix, name: str) -> Head:
    """Weights and bias of one view. Banned texts only teach what the desk should look at."""
    outcomes = np.array([row.outcome for row in rows])
    use = np.flatnonzero((outcomes != BANNED) | (name == DESK))
    positive = np.isin(outcomes, list(FOR_DESK)) if name == DESK else outcomes == name
    weights = np.where(outcomes == BANNED, BANNED_WEIGHT, 1.0)
    fitted = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3).fit(
        features[use], positive[use], sample_weight=weights[use]
    )
    return fitted.coef_[0], float(fitted.intercept_[0])


def heads(rows: list[Row], features: sparse.csr_matrix) -> list[Head]:
    return [head(rows, features, name) for name in VIEWS]


def scheme_heads(rows: list[Row], features: sparse.csr_matrix) -> tuple[list[str], list[Head]]:
    """One regression over all schemes, learned from every text that is about one."""
    use = np.flatnonzero([bool(row.scheme) for row in rows])
    fitted = LogisticRegression(C=30.0, max_iter=60, tol=1e-2).fit(
        features[use], [rows[place].scheme for place in use]
    )
    pairs = [(w, float(b)) for w, b in zip(fitted.coef_, fitted.intercept_, strict=True)]
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
    return np.clip(views, -MOST, MOST), slugs, schemes


def quantised(found: list[Head]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole numbers from -127 to 127, the scale of each view, and the biases."""
    weights = np.stack([each for each, _ in found], axis=1)
    scales = np.abs(weights).max(axis=0) / 127
    whole = np.round(weights / scales).astype(np.int8)
    return whole, scales.astype(np.float32), np.array([b for _, b in found], dtype=np.float32)


def write_model(found: list[Head], names: list[str], schemes: list[Head]) -> None:
    outcome, outcome_scales, outcome_biases = quantised(found)
    scheme, scheme_scales, scheme_biases = quantised(schemes)
    version = hashlib.sha256(outcome.tobytes() + scheme.tobytes()).hexdigest()[:8]
    np.savez_compressed(
        FILE,
        outcomes=np.array(VIEWS),
        outcome_weights=outcome,
        outcome_scales=outcome_scales,
        outcome_biases=outcome_biases,
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
    rows = read_own() + read_voices() + read_examples()
    rows += read_public(arguments.public, arguments.without)
    print(f"{len(rows)} texts, {sum(row.unread for row in rows)} to weigh by", flush=True)
    features, coarse = matrix(rows), matrix(rows, shift=SCHEME_SHIFT)
    views, slugs, schemes = held_out(rows, features, coarse)
    found = heads(rows, features)
    write_model(found, *scheme_heads(rows, coarse))
    learn_weighing(rows, VIEWS, views, slugs, schemes, *rules_signs(rows))


if __name__ == "__main__":
    main()
