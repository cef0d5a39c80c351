"""From a draft to a release and back: who may, when, and what the wall does then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tereze.accounts.models import Unit, User
from tereze.audit.models import AuditEvent
from tereze.core.clock import now
from tereze.watch.actions import deciding, incoming
from tereze.watch.models import Clearance, Message, RuleRelease
from tereze.watch.received import Author, Incoming
from tereze.watch.workshop import actions, rulebook
from tereze.watch.workshop.actions import RefusedError
from tests.unit.watch.conftest import Say
from tests.unit.watch.workshop.conftest import ENTRY, NAME, Released
from tests.watching import ADVERT


TEXT = "Ищем карты напрокат, пишите"


def test_a_released_rule_blocks_and_stepping_back_ends_it_with_the_next_message(
    say: Say, released: Released, chief: User, unit: Unit
) -> None:
    assert say(TEXT).standing != "blocked"
    release = released()
    blocked = say(TEXT)
    assert blocked.standing == "blocked"
    assert NAME in blocked.decisions.get().rules
    assert blocked.assessment is not None
    assert blocked.assessment["engine"].endswith(release.version)

    actions.take_back(release=release, why="ошибается", by=chief)
    assert say(TEXT).standing != "blocked"
    assert not rulebook.in_force(unit.pk)


def test_nothing_is_in_force_before_the_release(say: Say, tested: Callable[..., Any]) -> None:
    tested()
    assert say(TEXT).standing != "blocked"


def test_whoever_wrote_it_cannot_release_it(tested: Callable[..., Any], editor: User) -> None:
    draft, _ = tested()
    with pytest.raises(RefusedError, match="own_rule"):
        actions.release(draft=draft, edit=draft.edit, why="можно", by=editor)


def test_an_earlier_editor_cannot_release_it_either(
    tested: Callable[..., Any], editor: User, chief: User
) -> None:
    draft, _ = tested()
    actions.edit(
        draft=draft, seen=draft.edit, entry={**ENTRY, "weight": 5.5}, why="мягче", by=chief
    )
    assert "own_rule" in actions.lacks(draft, editor)
    assert "own_rule" in actions.lacks(draft, chief)


def test_an_edit_after_the_backtest_needs_another(
    tested: Callable[..., Any], editor: User, chief: User
) -> None:
    draft, backtest = tested()
    seen = draft.edit
    assert backtest.state == "green"
    actions.edit(
        draft=draft, seen=draft.edit, entry={**ENTRY, "weight": 5.5}, why="мягче", by=editor
    )
    assert actions.lacks(draft, chief) == ["not_green"]
    with pytest.raises(RefusedError, match="edited_meanwhile"):
        actions.release(draft=draft, edit=seen, why="можно", by=chief)


def test_a_backtest_of_another_engine_does_not_count(
    tested: Callable[..., Any], chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, _ = tested()
    monkeypatch.setattr(actions, "engine_mark", lambda: "2+newer")
    assert actions.lacks(draft, chief) == ["not_green"]


def test_a_backtest_against_other_rules_does_not_count(
    tested: Callable[..., Any], released: Released, chief: User
) -> None:
    draft, _ = tested(name="dropper_recruitment.another", entry={**ENTRY, "weight": 5.0})
    released()
    assert actions.lacks(draft, chief) == ["not_green"]


def test_the_database_takes_no_release_without_a_green_backtest(
    unit: Unit, editor: User, chief: User
) -> None:
    row = RuleRelease(unit=unit, number=1, changes={}, version="1", by=chief, why="x")
    row.edited_by = editor
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_the_database_takes_no_clearance_that_is_not_green(
    tested: Callable[..., Any],
) -> None:
    _draft, backtest = tested()
    given = backtest.clearance
    for red in (
        {"examples_failed": 1},
        {"forbidden": 1},
        {"harmless_blocked": 1},
        {"acquitted_blocked": 1},
        {"newly_blocked": given.most_blocked + 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Clearance.objects.filter(pk=given.pk).update(**red)


def test_the_database_takes_no_release_by_the_editor(released: Released) -> None:
    release = released()
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleRelease.objects.filter(pk=release.pk).update(by=release.edited_by)


def test_stepping_back_twice_and_releasing_again(
    released: Released, chief: User, unit: Unit
) -> None:
    first = released()
    second = released(name="dropper_recruitment.other", entry={**ENTRY, "weight": 5.0})
    back = actions.take_back(release=second, why="не то", by=chief)
    assert list(rulebook.in_force(unit.pk).rules) == [NAME]
    assert back.version == first.version
    again = actions.take_back(release=back, why="и это", by=chief)
    assert not rulebook.in_force(unit.pk)
    third = released(name="dropper_recruitment.third", entry={**ENTRY, "weight": 5.0})
    assert third.number == again.number + 1
    with pytest.raises(RefusedError, match="not_the_newest"):
        actions.take_back(release=first, why="старое", by=chief)
    actions.take_back(release=third, why="третье", by=chief)
    assert not rulebook.in_force(unit.pk)


def test_a_text_judged_by_a_rule_taken_back_since_goes_to_people(
    say: Say, released: Released, chief: User, source: Any
) -> None:
    release = released()
    item = Incoming(
        external_id="900", sent_at=now() - timedelta(seconds=1), text=TEXT, author=Author(id="5")
    )
    keys = incoming.take_in(batch=[(source, item)])
    actions.take_back(release=release, why="ошибается", by=chief)
    deciding.decide_all(keys)
    assert Message.objects.get(external_id="900").standing == "waiting"


def test_a_text_judged_by_a_shipped_rule_switched_off_since_goes_to_people(
    say: Say, tested: Callable[..., Any], chief: User, source: Any
) -> None:
    draft, _backtest = tested(name="rent_deposit.deposit_unseen", entry=None)
    item = Incoming(
        external_id="900", sent_at=now() - timedelta(seconds=1), text=ADVERT, author=Author(id="5")
    )
    keys = incoming.take_in(batch=[(source, item)])
    actions.release(draft=draft, edit=draft.edit, why="лишнее", by=chief)
    deciding.decide_all(keys)
    assert Message.objects.get(external_id="900").standing == "waiting"


def test_everything_is_in_the_journal_and_no_words_of_the_rule(
    released: Released, chief: User
) -> None:
    actions.take_back(release=released(), why="ошибается", by=chief)
    kinds = ["rule.edited", "rule.backtest_asked", "rule.released", "rules.taken_back"]
    events = AuditEvent.objects.filter(kind__startswith="rule").order_by("pk")
    assert [event.kind for event in events] == kinds
    assert "напрокат" not in str([event.detail for event in events])


def test_a_shipped_rule_is_switched_off(
    tested: Callable[..., Any], chief: User, unit: Unit
) -> None:
    draft, backtest = tested(name="rent_deposit.deposit_unseen", entry=None)
    assert backtest.state == "green", backtest.red
    actions.release(draft=draft, edit=draft.edit, why="лишнее", by=chief)
    rules = rulebook.rules_of([unit.pk])[unit.pk]
    assert all(rule.name != "rent_deposit.deposit_unseen" for rule in rules.rules)
