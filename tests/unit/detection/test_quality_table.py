"""The one command that prints what detection has to reach, on a corpus of a few texts."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
OFFER = "Куплю карту Kaspi, оплата сразу, пишите в личку"
ROWS = [
    {"id": "a-1", "text": OFFER, "outcome": "illegal", "scheme": "dropper_recruitment",
     "lang": "ru", "form": "plain", "spans": [[0, 11]]},
    {"id": "a-2", "text": "Сегодня тепло и солнечно", "outcome": "harmless", "scheme": None,
     "lang": "ru", "form": "plain", "spans": []},
]  # fmt: skip
PUBLIC = [
    {"id": 1, "text": "Сдам комнату у метро", "label": "ok", "set": "krisha_rental_ads"},
    {"id": 2, "text": OFFER, "label": "bad", "kind": "auto:dropper_cards", "set": "spam"},
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "texts").mkdir()
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    (tmp_path / "texts" / "a.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "splits.toml").write_text('train = []\ndev = []\ntest = ["a"]\n', "utf-8")
    with gzip.open(tmp_path / "dev.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in PUBLIC)
    return tmp_path


def printed(*argv: str) -> str:
    command = [sys.executable, *argv]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_each_figure_comes_from_the_data_that_can_tell_it(corpus: Path) -> None:
    table = printed("bench/quality.py", str(corpus), "--corpus", str(corpus))
    lines = {line[:58].strip(): line[58:].split() for line in table.splitlines()[2:]}
    recall = lines["Kazakhstani texts, recall at ≤ 2 % false alarms"]
    assert recall == ["85", "95", "100", "20.7", "to", "100", "1", "aim"]
    assert lines["… Kazakh only"] == ["80", "93", "no", "data", "0"]
    assert lines["automatic: harmless real messages per 10,000"][2] == "0"
    assert lines["honest city-chat and rental adverts flagged"][2] == "0"
    assert lines["public clear frauds at 1 % false alarms of other sources"][2] == "100"


def test_what_a_disguise_costs(corpus: Path) -> None:
    table = printed("bench/evasion.py", str(corpus / "texts" / "a.jsonl"))
    rows = {line[:36].strip(): line[36:].split() for line in table.splitlines()}
    assert rows["spaced"][:5] == ["1", "100.0", "→", "100.0", "0.0"]
    assert "kazakh_latin" in rows
    assert "first 40 characters" in rows
    assert "worst: " in table
