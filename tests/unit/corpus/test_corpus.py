"""The corpus is what its card says, and the check that says so sees what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.agreement import Reading, kappa, readings, table
from corpus.check import near_duplicates, problems, rows, shares


OFFER = {
    "id": "a-001", "text": "Куплю карту, оплата сразу", "outcome": "illegal",
    "scheme": "dropper_recruitment", "lang": "ru", "genre": "chat_ad", "form": "plain",
    "spans": [[0, 11]],
}  # fmt: skip
TWIN = {
    "id": "a-002", "text": "Продам коляску в хорошем состоянии, самовывоз", "outcome": "harmless",
    "scheme": None, "lang": "ru", "genre": "classified", "form": "plain", "spans": [],
    "twin": "a-001",
}  # fmt: skip
SPLITS = 'train = ["a"]\ndev = []\ntest = []\n'


def written(folder: Path, found: list[dict[str, Any]], splits: str = SPLITS) -> Path:
    (folder / "texts").mkdir()
    lines = [json.dumps(row, ensure_ascii=False) for row in found]
    (folder / "texts" / "a.jsonl").write_text("\n".join(lines), "utf-8")
    (folder / "splits.toml").write_text(splits, "utf-8")
    return folder


def test_a_right_corpus_has_no_problems(tmp_path: Path) -> None:
    folder = written(tmp_path, [OFFER, TWIN])
    assert problems(folder) == []
    assert "illegal 50.0%" in shares(rows(folder))
    assert [row["id"] for row in rows(folder, "train")] == ["a-001", "a-002"]
    assert list(rows(folder, "test")) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"outcome": "fraud"}, "outcome is 'fraud'"),
        ({"lang": None}, "lang is None"),
        ({"genre": "letter"}, "genre is 'letter'"),
        ({"form": "upside_down"}, "form is 'upside_down'"),
        ({"scheme": "no_such"}, "there is no scheme 'no_such'"),
        ({"scheme": None}, "illegal needs a scheme"),
        ({"spans": []}, "illegal needs the spans"),
        ({"spans": [[0, 99]]}, "leave its 25 characters"),
        ({"spans": [[5, 5]]}, "leave its 25 characters"),
        ({"text": "  "}, "has no text"),
        ({"id": "a-002"}, "2 rows have this id"),
        ({"id": "a-003"}, "its twin a-001 does not exist"),
        ({"text": "Продам коляску в хорошем состоянии. Самовывоз!"}, "too alike"),
        ({"text": "Пpoдам к о л я с к у в хорошем состоянии, самовывоз"}, "too alike"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    assert any(
        complaint in said for said in problems(written(tmp_path, [{**OFFER, **change}, TWIN]))
    )


def test_a_text_that_was_learned_from_before_measures_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path, [OFFER, TWIN])
    learned = f"illegal\tdropper_recruitment\t{OFFER['text']}!\n"
    (folder / "voices.tsv").write_text(learned, "utf-8")
    assert problems(folder) == ["line 1 of voices.tsv and a-001 are too alike (1.00)"]


@pytest.mark.parametrize(
    ("splits", "complaint"),
    [
        ("train = []", "a is in no split"),
        ('train = ["a"]\ntest = ["a"]', "a is named 2 times"),
        ('train = ["a", "b"]', "b has no texts"),
        ('train = ["a"]\nsecret = ["b"]', "there is no split 'secret'"),
    ],
)
def test_every_batch_belongs_to_one_split(tmp_path: Path, splits: str, complaint: str) -> None:
    said = problems(written(tmp_path, [OFFER, TWIN], splits))
    assert any(complaint in problem for problem in said)


def test_no_near_duplicate_escapes_the_short_cut() -> None:
    words = [
        "утром",
        "мама",
        "пошла",
        "на",
        "базар",
        "купила",
        "хлеб",
        "молоко",
        "сыр",
        "яблоки",
        "потом",
        "домой",
    ]
    texts = [" ".join([*words[i:], *words[:i]][: 3 + i % 8]) for i in range(40)]
    pairs = {(one, other) for one, other, _ in near_duplicates(texts)}
    assert pairs == {
        (one, other)
        for other in range(40)
        for one in range(other)
        if any(near_duplicates([texts[one], texts[other]]))
    }
    assert pairs


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a", "a"), ("b", "b")], 1.0),
        ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0.0),
        ([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15, 0.4),
        ([("a", "a")], 1.0),
    ],
)
def test_kappa(pairs: list[tuple[str, str]], expected: float) -> None:
    assert kappa(pairs) == pytest.approx(expected)


def test_agreement_is_told_by_language_and_disagreements_are_kept(tmp_path: Path) -> None:
    folder = written(tmp_path, [OFFER, TWIN])
    by = {"reader": "r1", "kind": "machine, blind"}
    said = [
        {**by, "id": "a-001", "outcome": "suspicious", "scheme": "dropper_recruitment"},
        {**by, "id": "a-002", "outcome": "harmless", "scheme": None},
    ]
    (folder / "readings.jsonl").write_text("\n".join(map(json.dumps, said)), "utf-8")
    found = list(readings(folder))
    assert found[0] == Reading("a-001", "machine, blind", "ru", "outcome", "illegal", "suspicious")
    assert [(item.of, item.written == item.read) for item in found] == [
        ("outcome", False), ("scheme", True), ("outcome", True),
    ]  # fmt: skip
    assert "50.0%" in table(found)
