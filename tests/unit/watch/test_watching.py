"""A chat we do not see reaches a named person, and the silence that is no ordinary silence."""

from collections.abc import Callable

import pytest

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.watch.actions import sources, watching
from tereze.watch.models import Call, Message, Source
from tereze.watch.rhythm import is_too_quiet
from tests.unit.watch.conftest import Say
from tests.watching import Time


@pytest.mark.parametrize(
    ("now", "before", "quiet"),
    [
        (0, [40, 55, 38, 61, 47], True),
        (1, [40, 55, 38, 61, 47], False),  # one message: we see
        (0, [40, 55], False),  # too few days
        (0, [3, 4, 2, 5], False),  # a quiet chat
        (0, [40, 0, 61, 2, 5], False),  # an unsteady one
        (0, [50, 50, 50, 0], True),  # one odd day does not spoil it
    ],
)
def test_a_silence_is_compared_with_the_usual_hour(
    now: int, before: list[int], quiet: bool
) -> None:
    assert is_too_quiet(now, before) is quiet


@pytest.mark.django_db
def test_blindness_calls_the_one_named_then_the_chief_and_ends_by_itself(
    source: Source, officer: Callable[[str], User], time: Time
) -> None:
    named, chief = officer(Role.OPERATIVE), officer(Role.CHIEF)
    source.on_call = named
    source.save()
    sources.note_health(source_ids=[source.pk], health="blind", reason="kicked")
    watching.call_for_the_blind()
    assert not Call.objects.exists()  # a hiccup calls nobody
    time.move(minutes=2)
    watching.call_for_the_blind()
    watching.call_for_the_blind()
    assert Call.objects.get().person == named
    time.move(minutes=16)
    due.run_until_idle()
    assert {call.person for call in Call.objects.open()} == {named, chief}
    sources.note_health(source_ids=[source.pk], health="ok")
    assert not Call.objects.open().exists()


@pytest.mark.django_db
def test_an_unusual_silence_is_blind_until_somebody_writes(
    source: Source, say: Say, time: Time
) -> None:
    # ends on a Thursday: a week's history has too few weekend days to compare with
    time.move(days=(4 - time.now().weekday()) % 7)
    sources.note_health(source_ids=[source.pk], health="ok")
    Source.objects.update(on_since=time.now())
    for _ in range(12):
        time.move(days=1)
        rows = [
            Message(
                source=source, external_id=f"{time.ahead}-{one}", sent_at=time.now(), state="decided",
                received_at=time.now(),
            )
            for one in range(20)
        ]  # fmt: skip
        Message.objects.bulk_create(rows)
    Source.objects.update(last_message_at=time.now())
    watching.compare_with_usual()
    assert Source.objects.get().health == "ok"
    time.move(days=1)
    watching.compare_with_usual()
    assert (Source.objects.get().health, Source.objects.get().health_reason) == (
        "blind", "too_quiet",
    )  # fmt: skip
    sources.note_health(source_ids=[source.pk], health="ok")  # the service answers: no news
    assert Source.objects.get().health == "blind"
    time.move(seconds=5)
    say("Всем привет, связь есть?")
    sources.note_health(source_ids=[source.pk], health="ok")
    assert Source.objects.get().health == "ok"
