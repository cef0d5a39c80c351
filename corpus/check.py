"""Whether the corpus is what its card says: a step of `scripts/check`.

    python -m corpus.check [FOLDER]

Every row is complete and its spans lie in its text, no id comes twice, no text repeats another,
every twin exists, and each batch belongs to exactly one of train, dev and test. What is wrong is
listed and the exit code is 1; the shares of outcomes, languages, genres and forms are printed.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from tereze.detection.assessment import Outcome
from tereze.detection.skeleton import fold
from tereze.detection.typology import SCHEMES


HERE = Path(__file__).parent
ALIKE = 0.5  # Jaccard similarity of 5-character shingles from which a text repeats another
SHINGLE = 5
TOGETHER = 500  # texts compared with all others at once
CHOICES = {
    "outcome": {str(outcome) for outcome in Outcome},
    "lang": {"ru", "kk", "mixed", "en"},
    "genre": {"chat", "chat_ad", "classified", "sms", "call", "comment", "report", "official"},
    "form": {
        "plain", "latin", "no_special_letters", "lookalike", "spaced", "dotted", "leet", "emoji",
        "stretched", "invisible", "line_broken", "typos", "translit",
    },
}  # fmt: skip
SCHEME_NEEDED = {"illegal", "suspicious", "incident_report"}
SPANS_NEEDED = {"illegal", "suspicious"}
SPLITS = ("train", "dev", "test")
# batches of train again: those that the rules' authors have not read, and those without any fraud
AGAIN = ("unread", "ordinary")

Row = Mapping[str, Any]


def rows(folder: Path = HERE, split: str = "") -> Iterator[Row]:
    """Rows of all batches, or of the batches of one split, in the order of their files."""
    wanted = splits(folder)[split] if split else None
    for file in sorted((folder / "texts").glob("*.jsonl")):
        if wanted is None or file.stem in wanted:
            for line in file.read_text("utf-8").splitlines():
                yield {**json.loads(line), "batch": file.stem}


def splits(folder: Path = HERE) -> dict[str, list[str]]:
    """The batches of every split; all are empty while there is no corpus."""
    file = folder / "splits.toml"
    said = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    return {name: list(said.get(name, [])) for name in (*SPLITS, *said)}


def problems(folder: Path = HERE) -> list[str]:
    """All that is wrong with the corpus in ``folder``, in words; nothing when it is right."""
    found = list(rows(folder))
    times = Counter(str(row.get("id")) for row in found)
    return [
        *(f"{row.get('id')}: {problem}" for row in found for problem in _wrong(row)),
        *(f"{name}: {count} rows have this id" for name, count in times.items() if count > 1),
        *(
            f"{row.get('id')}: its twin {row['twin']} does not exist"
            for row in found
            if "twin" in row and (row["twin"] not in times or row["twin"] == row["id"])
        ),
        *_split_problems(folder, {row["batch"] for row in found}),
        *_repeated(folder, found),
    ]


def _wrong(row: Row) -> Iterator[str]:
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "has no text"
        text = ""
    for name, choices in CHOICES.items():
        if row.get(name) not in choices:
            yield f"{name} is {row.get(name)!r}, not one of {', '.join(sorted(choices))}"
    outcome, scheme = row.get("outcome"), row.get("scheme")
    if scheme is not None and scheme not in SCHEMES:
        yield f"there is no scheme {scheme!r}"
    if scheme is None and outcome in SCHEME_NEEDED:
        yield f"{outcome} needs a scheme"
    spans = row.get("spans", [])
    if not spans and outcome in SPANS_NEEDED:
        yield f"{outcome} needs the spans that give it away"
    if not all(0 <= start < end <= len(text) for start, end in spans):
        yield f"spans {spans} leave its {len(text)} characters"


def _split_problems(folder: Path, batches: set[str]) -> Iterator[str]:
    said = splits(folder)
    times = Counter(batch for name in said if name not in AGAIN for batch in said[name])
    yield from (
        f"splits.toml: there is no split {name!r}" for name in said.keys() - {*SPLITS, *AGAIN}
    )
    yield from (f"splits.toml: {name} is in no split" for name in sorted(batches - times.keys()))
    yield from (f"splits.toml: {name} has no texts" for name in sorted(times.keys() - batches))
    yield from (f"splits.toml: {name} is named {n} times" for name, n in times.items() if n > 1)


def _repeated(folder: Path, found: list[Row]) -> Iterator[str]:
    """Texts that repeat another, or one of those that the word model has learned for long."""
    voices = folder / "voices.tsv"
    lines = voices.read_text("utf-8").splitlines() if voices.exists() else []
    names = [f"line {number} of voices.tsv" for number in range(1, len(lines) + 1)]
    names += [str(row.get("id")) for row in found]
    texts = [line.split("\t")[2] for line in lines] + [str(row.get("text")) for row in found]
    for one, other, share in near_duplicates(texts):
        if other >= len(lines):
            yield f"{names[one]} and {names[other]} are too alike ({share:.2f})"


def near_duplicates(texts: list[str]) -> Iterator[tuple[int, int, float]]:
    """Pairs of texts whose folded shingles overlap by ``ALIKE`` or more, each once.

    What all share is counted at once, as a product of a matrix of texts and shingles with itself.
    """
    sets = [_shingles(text) for text in texts]
    numbers = {shingle: n for n, shingle in enumerate(set().union(*sets))}
    sizes = np.array([len(own) for own in sets])
    columns = np.fromiter((numbers[each] for own in sets for each in own), np.int32, sizes.sum())
    starts = np.concatenate([[0], np.cumsum(sizes)])
    ones = np.ones(len(columns), np.int32)
    matrix = sparse.csr_matrix((ones, columns, starts), shape=(len(sets), len(numbers)))
    for start in range(0, len(sets), TOGETHER):
        shared = (matrix[start : start + TOGETHER] @ matrix.T).tocoo()
        rows_, others = shared.row + start, shared.col
        share = shared.data / (sizes[rows_] + sizes[others] - shared.data)
        for n in np.flatnonzero((share >= ALIKE) & (others < rows_)):
            yield int(others[n]), int(rows_[n]), float(share[n])


def _shingles(text: str) -> set[str]:
    letters = "".join(c if c.isalpha() else " " for c in fold(text).text)
    words = " ".join(letters.split())
    return {words[i : i + SHINGLE] for i in range(max(1, len(words) - SHINGLE + 1))}


def shares(found: Iterable[Row]) -> str:
    """How the rows are made up, as a table for a person."""
    found = list(found)
    lines = [f"{len(found)} texts in {len({row['batch'] for row in found})} batches"]
    for name in CHOICES:
        counts = Counter(str(row.get(name)) for row in found).most_common()
        lines.append(f"{name:8}" + ", ".join(f"{k} {100 * n / len(found):.1f}%" for k, n in counts))
    illegal = Counter(row["scheme"] for row in found if row.get("outcome") == "illegal")
    lines.append(f"schemes without an illegal text: {sorted(SCHEMES.keys() - illegal.keys())}")
    lines.append(f"twins: {sum('twin' in row for row in found)}")
    return "\n".join(lines)


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    wrong = problems(folder)
    print(shares(rows(folder)))
    print(*wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
