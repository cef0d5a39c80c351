"""The commands: what goes in, what comes out, and the exit codes."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tereze.detection import cli
from tereze.detection.ruleset import RULES


LABELLED = [
    {"id": 1, "text": "Куплю карту, оплата сразу", "label": "bad", "scheme": "dropper_recruitment"},
    {"id": 2, "text": "Сегодня тепло и солнечно", "label": "ok", "lang": "ru", "set": "weather"},
    {"id": 3, "text": "Не ведитесь, мошенники скупают карты", "label": "warning_or_quotation"},
]


@pytest.fixture
def dataset(tmp_path: Path) -> str:
    file = tmp_path / "set.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in LABELLED)
    return str(file)


def test_scan_answers_every_line_in_order(
    dataset: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert cli.main_scan([dataset]) == 0
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == [1, 2, 3]
    assert [line["outcome"] for line in lines] == ["illegal", "harmless", "warning_or_quotation"]
    assert set(lines[0]) == {
        "id", "outcome", "p_illegal", "score", "schemes", "reasons", "indicators", "lang", "engine",
    }  # fmt: skip


def test_scan_reports_lines_it_cannot_read_and_goes_on(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"id": 1, "text": "привет"}\nбеда\n{"id": 2, "text": "пока"}\n', "utf-8")
    assert cli.main_scan([str(file)]) == 3
    output = capsysbinary.readouterr()
    assert len(output.out.splitlines()) == 2
    assert b"line 2" in output.err


def test_scan_of_a_file_that_is_not_there_is_bad_usage(tmp_path: Path) -> None:
    assert cli.main_scan([str(tmp_path / "no.txt")]) == 2


def test_scan_hears_the_surroundings(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    offer = "Куплю карту, оплата сразу"
    file = tmp_path / "set.jsonl"
    rows = [
        {"id": 1, "text": "что это?", "quoted": offer},
        {"id": 2, "text": "", "caption": offer},
        {"id": 3, "text": offer, "context": {"source": "police"}},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    assert cli.main_scan([str(file)]) == 0
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [line["outcome"] == "illegal" for line in lines] == [False, True, False]


def test_explain_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main_explain(["Куплю карту,", "оплата сразу"]) == 0
    russian = capsys.readouterr().out
    assert cli.main_explain(["--lang", "kk", "Куплю карту, оплата сразу"]) == 0
    kazakh = capsys.readouterr().out
    assert "Вербовка дропперов" in russian
    assert "«Куплю карту»" in russian
    assert "Дропперлерді жалдау" in kazakh


def test_explain_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Скупаем карты, платим сразу"))
    assert cli.main_explain(["--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "illegal"


def test_evaluate_counts(dataset: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main_evaluate([dataset, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["recall"] == 1.0
    assert figures["false_alarms"] == 0.0
    assert figures["scheme_first"] == 1.0
    names = {(group["by"], group["name"]): group["n"] for group in figures["groups"]}
    assert names["all", "ok"] == 2
    assert names["set", "weather ok"] == 1
    assert cli.main_evaluate([dataset, "--errors", "2"]) == 0
    assert "recall 100.00%" in capsys.readouterr().out


def test_backtest_shows_what_a_rule_change_does(
    tmp_path: Path, dataset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "rules"
    shutil.copytree(RULES, changed)
    rule = changed / "dropper_recruitment.toml"
    rule.write_text(rule.read_text("utf-8").replace("weight = 7.0", "weight = 0.1"), "utf-8")
    for word in ("5.2", "2.5", "5.0"):
        rule.write_text(
            rule.read_text("utf-8").replace(f"weight = {word}", "weight = 0.1"), "utf-8"
        )
    assert cli.main_backtest([str(RULES), str(changed), dataset]) == 0
    report = capsys.readouterr().out
    assert "3 texts" in report
    assert "Куплю карту" in report
    assert cli.main_backtest([str(RULES), str(RULES), dataset]) == 0
    assert "0 judged differently" in capsys.readouterr().out
    assert cli.main_backtest([str(RULES), str(tmp_path / "no"), dataset]) == 2


@pytest.mark.parametrize("command", ["scan", "explain", "evaluate", "backtest"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert getattr(cli, f"main_{command}")(["--help"]) == 0
    assert f"tereze {command}" in capsys.readouterr().out


def test_the_library_needs_no_django() -> None:
    code = (
        "import sys; from tereze.detection import assess; assess('куплю карту');"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
