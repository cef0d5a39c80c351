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
        {"id": 4, "text": "послушайте", "transcript": offer, "earlier": [offer, 7], "ocr": None},
        {"id": 5, "text": offer, "context": "police"},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    assert cli.main_scan([str(file)]) == 0
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [line["outcome"] == "illegal" for line in lines] == [False, True, False, True, False]


def test_scan_finds_what_stands_beside_the_text(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(json.dumps({"text": "вот", "ocr": "8 701 123 45 67"}), "utf-8")
    assert cli.main_scan([str(file)]) == 0
    line = json.loads(capsysbinary.readouterr().out)
    assert [found["value"] for found in line["parts"]["ocr"]] == ["+77011234567"]


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
    stdin = io.BytesIO("Скупаем карты, платим сразу".encode("kz1048"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(stdin)))
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


def test_evaluate_reads_tables_and_standard_input_and_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (
        "id;msg;label;scheme\n1;Куплю карту, оплата сразу;bad;dropper_recruitment\n2;Тепло;ok;\n"
    )
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(table.encode("kz1048"))))
    monkeypatch.setattr(sys, "stdin", stdin)
    drawing = tmp_path / "plot.svg"
    argv = ["-", "--column", "msg", "--json", "--plot", str(drawing), "--lang", "kk"]
    assert cli.main_evaluate(argv) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["recall"], figures["scheme_first"]) == (1.0, 1.0)
    assert 'lang="kk"' in drawing.read_text("utf-8")


def test_evaluate_takes_a_corpus_row_by_its_outcome_and_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "city1.jsonl"
    row = {"id": 1, "text": "Куплю карту, оплата сразу", "outcome": "illegal", "form": "plain"}
    file.write_text(json.dumps(row), "utf-8")
    assert cli.main_evaluate([str(file), "--json", "--disguise", "spaced"]) == 0
    groups = {(g["by"], g["name"]) for g in json.loads(capsys.readouterr().out)["groups"]}
    assert {("set", "city1 bad"), ("form", "plain bad"), ("outcome", "illegal")} <= groups


@pytest.mark.parametrize(
    "argv",
    [
        ["no_such_file.jsonl"],
        ["."],
        ["--threshold", "2", "-"],
        ["--errors", "-1", "-"],
        ["--disguise", "beard", "-"],
        ["--rules", "no_such_folder", "-"],
        [],
    ],
)
def test_evaluate_refuses_what_it_cannot_do(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main_evaluate(argv) == 2
    assert "evaluate" in capsys.readouterr().err


def test_evaluate_needs_a_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "а"}\nбеда\n', "utf-8")
    assert cli.main_evaluate([str(file)]) == 2
    told = capsys.readouterr().err
    assert "line 2" in told
    assert '"label"' in told


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
    assert "scheme dropper_recruitment" in report
    assert "set set" in report  # the file's name, where the row names none
    assert "(1 bad)" in report
    assert "Куплю карту" in report
    assert cli.main_backtest([str(RULES), str(RULES), dataset]) == 0
    assert "0 judged differently" in capsys.readouterr().out
    assert cli.main_backtest([str(RULES), str(tmp_path / "no"), dataset]) == 2


def test_nothing_in_a_text_moves_the_cursor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "set.jsonl"
    row = {"text": "\x1b]0;привет\x07 соседям", "label": "bad", "set": "\x1b[2J"}
    file.write_text(json.dumps(row), "utf-8")
    assert cli.main_evaluate([str(file), "--errors", "1"]) == 0
    shown = capsys.readouterr().out
    assert "соседям" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("given", ["", " \n"])
def test_explain_asks_for_a_text(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main_explain([given]) == 2
    assert "no text" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["explain", "evaluate", "backtest", "scan"])
def test_a_reader_that_leaves_early_is_no_error(command: str, dataset: str) -> None:
    more = {"explain": ["Куплю карту"], "backtest": [str(RULES), str(RULES), dataset]}
    argv = [sys.executable, "-m", "tereze", command, *more.get(command, [dataset])]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


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
