"""What a backtest reads, finds and refuses; how it stops and goes on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tereze.accounts.models import Unit, User
from tereze.core import due
from tereze.watch.actions import officers, retention
from tereze.watch.models import Backtest, BacktestFind, Message
from tereze.watch.workshop import actions, backtest, history, workers
from tests.unit.watch.conftest import Say
from tests.unit.watch.workshop.conftest import ENTRY, NAME
from tests.watching import Time


Tested = Callable[..., Any]
TEXT = "Ищем карты напрокат, пишите"


def add(corpus: Path, *rows: tuple[str, str]) -> None:
    lines = [json.dumps({"text": t, "outcome": o}, ensure_ascii=False) for t, o in rows]
    (corpus / "two.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_it_says_what_it_read_and_what_would_be_blocked(say: Say, tested: Tested) -> None:
    message = say(TEXT)
    say("Доброе утро, соседи, вода будет?")
    _, done = tested()
    assert done.state == "green"
    assert done.read == {"messages": 2, "left_out": 0, "corpus": 5, "files": {}}
    assert (done.done, done.total, done.judged) == (7, 7, 1)
    assert done.counts["places"] == {"Балхаш объявления": {"blocked": 1}}
    assert done.counts["schemes"] == {"dropper_recruitment": {"blocked": 1}}
    find = done.finds.get()
    assert (find.kind, find.message, find.text) == ("blocked", message, "")


def test_what_would_no_longer_be_blocked(say: Say, tested: Tested) -> None:
    say("Куплю карту, оплата сразу")
    _, done = tested(name="dropper_recruitment.buys_cards", entry=None)
    assert {find.kind for find in done.finds.all()} <= {"unblocked", "unflagged"}


REDS: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("examples", {"examples": ["Ничего", "Совсем ничего"]}, []),
    ("examples", {"counter_examples": ["Карты напрокат", "Добрый день"]}, []),
    ("forbidden", {"any": ["карт* напрокат", "митинг*"]}, []),
    ("harmless_blocked", {}, [("Нужны карты напрокат для игры", "harmless")]),
    ("harmless_blocked", {}, [("Срочно карты напрокат, заплачу", "warning_or_quotation")]),
    ("lost", {"outcome": "harmless", "any": ["куплю карту", "карт* напрокат"]}, []),
]


@pytest.mark.parametrize(("code", "changed", "rows"), REDS)
def test_red(
    code: str,
    changed: dict[str, Any],
    rows: list[tuple[str, str]],
    tested: Tested,
    corpus: Path,
    chief: User,
) -> None:
    add(corpus, *rows)
    draft, done = tested(entry={**ENTRY, "weight": 7.0, "scheme_weight": 7.0, **changed})
    assert done.state == "red"
    assert code in done.red
    assert not draft.edit.clearances.exists()
    assert "not_green" in actions.lacks(draft, chief)


def test_what_officers_found_harmless_must_not_be_blocked(
    say: Say, tested: Tested, chief: User
) -> None:
    message = say(TEXT)
    Message.objects.filter(pk=message.pk).update(standing="waiting")
    officers.release(message=message, by=chief)
    assert tested()[1].red == ["acquitted_blocked"]


def test_too_many_different_texts(say: Say, tested: Tested, settings: Any) -> None:
    settings.WORKSHOP_MOST_BLOCKED = 1
    say(TEXT)
    say(f"{TEXT}!!")  # the same words
    assert tested()[1].state == "green"
    say("Срочно карты напрокат, заплатим")
    assert tested(name="dropper_recruitment.b")[1].red == ["too_many_blocked"]


def test_without_a_corpus_nothing_is_green(tested: Tested, corpus: Path) -> None:
    for file in corpus.iterdir():
        file.unlink()
    assert tested()[1].red == ["no_corpus"]


def test_files_of_the_house_are_read_and_a_broken_line_is_passed_over(
    tested: Tested, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "own.jsonl").write_text('{"text": "Карты напрокат"}\nnot json\n[1]\n')
    done = tested()[1]
    assert done.read["files"] == {"own.jsonl": 3}
    assert done.finds.get().place == "own.jsonl"


def test_after_a_crash_it_goes_on_from_the_last_piece(
    say: Say, unit: Unit, editor: User, corpus: Path, monkeypatch: pytest.MonkeyPatch, time: Time
) -> None:
    monkeypatch.setattr(history, "PIECE", 2)
    for number in range(5):
        say(TEXT + "!" * number)
    draft = actions.begin(unit=unit, name=NAME, entry=ENTRY, why="x", by=editor)
    row = actions.ask_backtest(draft=draft, by=editor)
    note, pieces = backtest.note_piece, []

    def crash_at_the_fourth(*given: Any) -> Any:
        pieces.append(given[1])
        if len(pieces) == 4:
            raise KeyboardInterrupt
        return note(*given)

    monkeypatch.setattr(backtest, "note_piece", crash_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        due.run_until_idle()
    row.refresh_from_db()
    assert (row.state, row.done) == ("running", 6)
    monkeypatch.setattr(backtest, "note_piece", note)
    due.run_until_idle()
    row.refresh_from_db()
    assert row.state == "running"  # still leased to the process that is gone
    time.move(seconds=100)
    due.run_until_idle()
    row.refresh_from_db()
    assert (row.state, row.done, row.finds.count()) == ("green", 10, 5)


def test_it_is_stopped(
    unit: Unit, editor: User, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = actions.begin(unit=unit, name=NAME, entry=ENTRY, why="x", by=editor)
    row = actions.ask_backtest(draft=draft, by=editor)
    note = backtest.note_piece

    def stopped_meanwhile(*given: Any) -> Any:
        actions.cancel_backtest(backtest=row, by=editor)
        return note(*given)

    monkeypatch.setattr(backtest, "note_piece", stopped_meanwhile)
    due.run_until_idle()
    row.refresh_from_db()
    assert (row.state, row.done, row.next_action_at) == ("cancelled", 0, None)
    assert not draft.edit.clearances.exists()


def test_a_rule_that_takes_too_long_is_red(tested: Tested, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 0.0)
    assert tested()[1].red == ["too_slow"]


def test_a_find_goes_with_its_message(say: Say, tested: Tested, time: Time) -> None:
    say(TEXT)
    tested()
    time.move(days=400)
    retention.forget_all()
    assert not BacktestFind.objects.exists()


def test_an_edit_stops_the_backtest_of_the_one_before(
    unit: Unit, editor: User, corpus: Path
) -> None:
    draft = actions.begin(unit=unit, name=NAME, entry=ENTRY, why="x", by=editor)
    row = actions.ask_backtest(draft=draft, by=editor)
    actions.edit(draft=draft, seen=draft.edit, entry={**ENTRY, "weight": 3.0}, why="y", by=editor)
    assert Backtest.objects.get(pk=row.pk).state == "cancelled"
