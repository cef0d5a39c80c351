"""A source without basis, consent, notice and end date can only be off. Ways around it, tried."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.core.clock import now
from tereze.watch import lawful
from tereze.watch.actions import incoming, sources
from tereze.watch.models import Message, Source
from tereze.watch.received import Incoming
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, Time
from tests.watching import lawful as complete


pytestmark = pytest.mark.django_db
NOTHING: dict[str, Any] = {
    "legal_basis": "",
    "consent_by": "",
    "consent_at": None,
    "consent_file": "",
    "notice_text": "",
    "notice_at": None,
    "until": None,
}


@pytest.mark.parametrize("mode", ["shadow", "review", "automatic"])
@pytest.mark.parametrize("name", list(NOTHING))
def test_none_of_it_may_be_missing_when_a_chat_is_added(unit: Unit, name: str, mode: str) -> None:
    fields = complete(mode=mode, **{name: NOTHING[name]})
    with pytest.raises(lawful.UnlawfulError):
        sources.add_source(
            unit=unit, kind="telegram", chat_id="-1", title="x", by=ADMINISTRATOR, **fields
        )
    assert not Source.objects.exists()


@pytest.mark.parametrize("name", list(NOTHING))
def test_taking_it_away_later_switches_the_chat_off(source: Source, name: str) -> None:
    changed = sources.change_source(source=source, by=ADMINISTRATOR, **{name: NOTHING[name]})
    assert changed.mode == "off"


@pytest.mark.parametrize("name", list(NOTHING))
def test_the_database_itself_refuses(source: Source, name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.filter(pk=source.pk).update(**{name: NOTHING[name]})


def test_the_database_refuses_to_switch_on_what_is_incomplete(unit: Unit) -> None:
    source = sources.add_source(
        unit=unit, kind="telegram", chat_id="-1", title="x", by=ADMINISTRATOR
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.filter(pk=source.pk).update(mode="shadow")


@pytest.mark.parametrize(
    "fields",
    [
        {"until": now() - timedelta(minutes=1)},
        {"consent_at": now() + timedelta(days=1)},
        {"notice_at": now() + timedelta(days=1)},
        {"until": now() + timedelta(days=365 * 100)},
        {"legal_basis": "  \n "},
        {"consent_by": " "},
        {"notice_text": "\u00a0"},
    ],
    ids=[
        "term over",
        "consent in the future",
        "notice in the future",
        "a term without end",
        "an empty basis",
        "nobody's consent",
        "an empty notice",
    ],
)
def test_what_cannot_be_keeps_it_off(source: Source, fields: dict[str, Any]) -> None:
    sources.set_mode(source=source, mode="off", by=ADMINISTRATOR)
    sources.change_source(source=source, by=ADMINISTRATOR, **fields)
    with pytest.raises(lawful.UnlawfulError):
        sources.set_mode(source=source, mode="shadow", by=ADMINISTRATOR)


def test_at_the_end_of_its_term_nothing_more_is_stored_and_it_goes_off(
    source: Source, time: Time
) -> None:
    time.move(days=91)
    item = Incoming(external_id="1", sent_at=time.now(), text=ADVERT)
    assert incoming.take_in(batch=[(source, item)]) == []
    assert not Message.objects.exists()
    sources.switch_off_expired()
    assert Source.objects.get().mode == "off"


def test_a_chat_that_was_switched_off_a_moment_ago_stores_nothing(source: Source) -> None:
    still_in_memory = Source.objects.get(pk=source.pk)
    sources.set_mode(source=source, mode="off", by=ADMINISTRATOR)
    item = Incoming(external_id="1", sent_at=now(), text=ADVERT)
    incoming.take_in(batch=[(still_in_memory, item)])
    assert not Message.objects.exists()


def test_a_field_that_is_none_cannot_be_smuggled_in(source: Source) -> None:
    with pytest.raises(TypeError):
        sources.change_source(source=source, by=ADMINISTRATOR, health="ok", pk=5)


def test_the_page_refuses_and_says_what_is_missing(unit: Unit, chief: User, client: Client) -> None:
    source = sources.add_source(
        unit=unit, kind="telegram", chat_id="-1", title="x", by=ADMINISTRATOR
    )
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/desk/chats/{source.public_id}/mode/"
    answer = client.post(
        address, {"mode": "automatic"}, follow=True, headers={"Accept-Language": "ru"}
    )
    assert "правовое основание" in answer.content.decode()
    assert Source.objects.get().mode == "off"


def test_a_political_word_moves_nothing(say: Say) -> None:
    for words in ("Все на митинг в субботу!", "Голосуйте против всех", "Долой акима"):
        assert say(words).standing == "quiet"
