"""Learn the word model from our own texts and the licensed public ones.

    python bench/train_words.py TRAIN.jsonl[.gz]

Frauds are taught by our own texts (``corpus/voices.tsv``, the examples of the rules) only;
honest texts are ours and those of the public sets whose licence lets weights be shipped.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from calibrate import LICENSED
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from tereze.detection.assessment import Outcome
from tereze.detection.ruleset import default_rules
from tereze.detection.skeleton import fold
from tereze.detection.wordmodel import FILE, features
from tereze.indicators.documents import Entry, read_documents


VOICES = Path(__file__).parents[1] / "corpus" / "voices.tsv"
KEPT = 0.2  # smaller weights are dropped: they would double the file and change nothing
KEPT_SCHEME = 0.25


def names(text: str) -> list[str]:
    return [feature for feature, _, _ in features(fold(text[:1500]).text)]


def own_texts() -> list[tuple[str, str, Outcome]]:
    """Text, scheme and outcome of all that we wrote ourselves."""
    rows = []
    for line in VOICES.read_text("utf-8").splitlines():
        outcome, scheme, text = line.split("\t")
        rows.append((text, scheme, Outcome(outcome)))
    for rule in default_rules().rules:
        if rule.name.endswith(".signal"):
            continue
        rows += [(text, rule.scheme, rule.outcome) for text in rule.examples]
        rows += [(text, "", Outcome.HARMLESS) for text in rule.counter_examples]
    return rows


def honest_texts(path: str) -> list[str]:
    return [
        entry.text
        for entry in read_documents([path])
        if isinstance(entry, Entry)
        and entry.fields.get("set") in LICENSED
        and entry.fields.get("label") == "ok"
    ]


def learn(own: list[tuple[str, str, Outcome]], honest: list[str]) -> dict[str, object]:
    """The model's data: intercept, weights and scheme weights."""
    own = [row for row in own if row[2] is not Outcome.SUSPICIOUS]
    texts = [text for text, _, _ in own] + honest
    labels = np.array([outcome is Outcome.ILLEGAL for _, _, outcome in own] + [False] * len(honest))
    weights = np.array(
        [4.0 if label else 6.0 for label in labels[: len(own)]] + [1.0] * len(honest)
    )
    vectorizer = CountVectorizer(analyzer=names, binary=True)
    counts = normalize(vectorizer.fit_transform(texts))
    model = LogisticRegression(C=20, max_iter=500, solver="liblinear", random_state=1)
    model.fit(counts, labels, sample_weight=weights)
    vocabulary = vectorizer.get_feature_names_out()
    kept = {
        str(name): round(float(weight), 2)
        for name, weight in zip(vocabulary, model.coef_[0], strict=True)
        if abs(weight) >= KEPT
    }
    return {
        "intercept": round(float(model.intercept_[0]), 3),
        "weights": kept,
        "schemes": learn_schemes(own),
    }


def learn_schemes(own: list[tuple[str, str, Outcome]]) -> dict[str, dict[str, float]]:
    """Feature → scheme → weight, from our frauds and victims' stories."""
    rows = [(text, scheme) for text, scheme, _ in own if scheme]
    vectorizer = CountVectorizer(analyzer=names, binary=True, min_df=2)
    counts = normalize(vectorizer.fit_transform([text for text, _ in rows]))
    model = LogisticRegression(C=10, max_iter=500)
    model.fit(counts, [scheme for _, scheme in rows])
    schemes: defaultdict[str, dict[str, float]] = defaultdict(dict)
    vocabulary = vectorizer.get_feature_names_out()
    for slug, row in zip(model.classes_, model.coef_, strict=True):
        for index in np.flatnonzero(row >= KEPT_SCHEME):
            schemes[str(vocabulary[index])][str(slug)] = round(float(row[index]), 2)
    return dict(schemes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train")
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    own, honest = own_texts(), honest_texts(options.train)
    data = learn(own, honest)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(f"{len(own)} own and {len(honest)} public honest texts; {len(text) // 1024} kB written")


if __name__ == "__main__":
    main()
