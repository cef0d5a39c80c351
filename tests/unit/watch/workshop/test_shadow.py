"""The shadow: live messages judged by the candidate too, and nothing done."""

from collections.abc import Callable
from typing import Any

import pytest

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.watch.models import Act, Message, ShadowFind
from tereze.watch.workshop import actions, reads
from tereze.watch.workshop.actions import RefusedError
from tests.unit.watch.conftest import Say
from tests.unit.watch.workshop.conftest import ENTRY
from tests.watching import Time


TEXT = "Ищем карты напрокат, пишите"


@pytest.fixture
def shadowed(tested: Callable[..., Any], editor: User) -> Any:
    draft, _ = tested()
    actions.begin_shadow(draft=draft, by=editor)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def seen(shadowed: Any, say: Say, time: Time) -> ShadowFind:
    say("Доброе утро, соседи")
    say(TEXT)
    time.move(seconds=10)
    due.run_until_idle()
    return ShadowFind.objects.get()


def test_it_is_written_down_and_nothing_is_done(seen: ShadowFind) -> None:
    assert (seen.kind, seen.message.own_text) == ("blocked", TEXT)
    assert not Act.objects.exists()
    assert Message.objects.get(pk=seen.message_id).standing != "blocked"
    shown = reads.shadow_of(seen.draft, most=10)
    assert (shown["seen"], shown["number"]) == (2, 1)


def test_it_looks_at_each_message_once_and_goes_on(seen: ShadowFind, say: Say, time: Time) -> None:
    due.run_until_idle()
    say(f"{TEXT} ещё")
    time.move(seconds=10)
    due.run_until_idle()
    assert ShadowFind.objects.count() == 2
    seen.draft.refresh_from_db()
    assert seen.draft.shadow_seen == 3


def test_officers_say_what_they_think_and_the_editor_does_not(
    seen: ShadowFind, editor: User, chief: User
) -> None:
    with pytest.raises(RefusedError, match="own_rule"):
        actions.say(find=seen, said="right", by=editor)
    actions.say(find=seen, said="right", by=chief)
    assert reads.shadow_of(seen.draft, most=10)["precision"].right == 1
    assert actions.lacks(seen.draft, chief) == []


def test_an_error_in_shadow_keeps_it_from_release(
    seen: ShadowFind, officer: Callable[[str], User], chief: User, editor: User
) -> None:
    actions.say(find=seen, said="wrong", by=officer(Role.DUTY_OFFICER))
    assert actions.lacks(seen.draft, chief) == ["shadow_wrong"]


def test_an_error_that_one_officer_found_is_not_called_right_by_another(
    seen: ShadowFind, officer: Callable[[str], User], chief: User
) -> None:
    first = officer(Role.DUTY_OFFICER)
    actions.say(find=seen, said="right", by=chief)
    actions.say(find=seen, said="wrong", by=first)  # whoever sees more is heard
    actions.say(find=seen, said="wrong", by=chief)  # it stays the first one's to take back
    with pytest.raises(RefusedError, match="said_wrong"):
        actions.say(find=seen, said="right", by=chief)
    assert actions.lacks(seen.draft, chief) == ["shadow_wrong"]
    actions.say(find=seen, said="right", by=first)
    assert actions.lacks(seen.draft, chief) == []


def test_an_edit_leaves_the_shadow_and_its_finds_behind(seen: ShadowFind, editor: User) -> None:
    actions.edit(
        draft=seen.draft,
        seen=seen.draft.edit,
        entry={**ENTRY, "weight": 5.0},
        why="мягче",
        by=editor,
    )
    seen.draft.refresh_from_db()
    assert seen.draft.stage == "draft"
    assert reads.shadow_of(seen.draft, most=10)["number"] == 0


def test_only_what_holds_on_its_examples_goes_into_shadow(
    tested: Callable[..., Any], editor: User
) -> None:
    draft, _ = tested(entry={**ENTRY, "examples": ["Ничего", "Совсем ничего"]})
    with pytest.raises(RefusedError, match="examples"):
        actions.begin_shadow(draft=draft, by=editor)
