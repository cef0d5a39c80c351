import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.watch.models import Backtest, RuleDraft, RuleRelease
from tereze.watch.workshop import actions
from tests.unit.watch.submissions.conftest import send


__all__ = ["send"]
ENTRY: dict[str, Any] = {
    "scheme": "dropper_recruitment",
    "language": "ru",
    "outcome": "illegal",
    "weight": 6.0,
    "scheme_weight": 6.0,
    "any": ["(сдай|сдайте) {карта} .. (напрокат|покататься)", "карт* напрокат"],
    "with": [],
    "unless": ["не (сдавай|сдавайте)"],
    "within": 60,
    "text": {"ru": "карту просят напрокат", "kk": "картаны жалға сұрайды"},
    "examples": ["Нужна карта напрокат на вечер, заплачу", "Карты напрокат, дорого"],
    "counter_examples": ["Прокат велосипедов у набережной", "Не сдавайте карту напрокат никому"],
}
NAME = "dropper_recruitment.card_for_hire"
HONEST = [
    "Коляски напрокат недорого",
    "Картофель с доставкой",
    "Продам карту города",
    "Доброе утро",
]


@pytest.fixture
def corpus(settings: Any, tmp_path: Path) -> Path:
    """A small one of the same form: the whole takes a minute on a busy machine."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    rows = [{"text": text, "outcome": "harmless"} for text in HONEST]
    rows += [{"text": "Куплю карту, оплата сразу", "outcome": "illegal"}]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "one.jsonl").write_text(lines, encoding="utf-8")
    settings.CORPUS, settings.WORKSHOP_PROCESSES = folder, 1
    return folder


@pytest.fixture
def editor(officer: Callable[[str], User]) -> User:
    return officer(Role.IT_SPECIALIST)


Released = Callable[..., RuleRelease]


@pytest.fixture
def tested(unit: Unit, editor: User, corpus: Path) -> Callable[..., tuple[RuleDraft, Backtest]]:
    """`tested(name=…, entry=…)`: a draft of the editor's with its backtest run."""

    def make(**changed: Any) -> tuple[RuleDraft, Backtest]:
        given: dict[str, Any] = {"name": NAME, "entry": ENTRY, "why": "новая уловка", **changed}
        draft = actions.begin(unit=unit, by=editor, **given)
        backtest = actions.ask_backtest(draft=draft, by=editor)
        due.run_until_idle()
        backtest.refresh_from_db()
        return draft, backtest

    return make


@pytest.fixture
def released(tested: Callable[..., Any], chief: User) -> Released:
    def make(**changed: Any) -> RuleRelease:
        draft, backtest = tested(**changed)
        assert backtest.state == "green", backtest.red
        return actions.release(draft=draft, edit=draft.edit, why="проверено", by=chief)

    return make
