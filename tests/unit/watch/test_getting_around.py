"""Attempts to watch or to act unlawfully, by every way there is. None of them gets through."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.core import vault
from tereze.core.clock import now
from tereze.detection.typology import SCHEMES
from tereze.watch import lawful
from tereze.watch.actions import (
    acting,
    deliveries,
    incoming,
    raids,
    retention,
    sources,
    trial,
)
from tereze.watch.models import Act, Decision, Message, Source
from tereze.watch.received import Author, Incoming, author_key
from tests.unit.accounts.test_access import views
from tests.unit.watch.conftest import Say, in_the_database
from tests.watching import ADMINISTRATOR, ADVERT, Time
from tests.watching import lawful as complete


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
BACKEND = "django.contrib.auth.backends.ModelBackend"
HELLO = "Доброе утро, соседи! Кто знает, до скольки работает ЦОН?"


# Watching without a basis


@pytest.mark.parametrize("name", ["legal_basis", "consent_by", "consent_file", "notice_text"])
@pytest.mark.parametrize("value", ["", "   "])
def test_the_database_takes_no_blanks_for_a_basis(source: Source, name: str, value: str) -> None:
    with pytest.raises(IntegrityError):
        in_the_database("watch_source", source.pk, **{name: value})


@pytest.mark.parametrize(
    "values",
    [
        {"until": now() + timedelta(days=3650)},
        {"until": now() - timedelta(minutes=1)},
        {"consent_at": now() + timedelta(days=1)},
        {"notice_at": now() + timedelta(days=1)},
    ],
    ids=["a term without end", "a term that is over", "consent to come", "a notice to come"],
)
def test_dates_written_past_the_program_store_nothing_and_end_it(
    source: Source, values: dict[str, Any]
) -> None:
    Source.objects.filter(pk=source.pk).update(**values)
    later = now() + timedelta(days=2)
    item = Incoming(external_id="1", sent_at=later, text=ADVERT)
    assert incoming.take_in(batch=[(source, item)]) == []
    assert not Message.objects.exists()
    sources.switch_off_expired()
    assert Source.objects.get().mode == "off"


def test_a_consent_that_is_no_file_ends_it(source: Source) -> None:
    in_the_database("watch_source", source.pk, consent_file="f" * 64)
    assert sources.switch_off_expired() == 1
    assert Source.objects.get().mode == "off"


def test_a_consent_whose_file_is_gone_ends_it(source: Source) -> None:
    vault.remove(source.consent_file)
    sources.switch_off_expired()
    assert Source.objects.get().mode == "off"
    with pytest.raises(lawful.UnlawfulError, match="файла согласия"):
        sources.set_mode(source=source, mode="shadow", by=ADMINISTRATOR)


def test_a_consent_withdrawn_while_running_stops_what_was_under_way(
    source: Source, say: Say
) -> None:
    say(ADVERT)
    act = Act.objects.get(kind="delete")
    sources.change_source(source=source, by=ADMINISTRATOR, consent_at=None)
    assert acting.permits([act]) == []
    assert Act.objects.get(pk=act.pk).state == "cancelled"
    item = Incoming(external_id="9", sent_at=now(), text=ADVERT)
    assert incoming.take_in(batch=[(source, item)]) == []


def test_an_end_that_passes_while_running_stops_what_was_under_way(
    source: Source, say: Say, time: Time
) -> None:
    say(ADVERT)
    time.move(days=91)
    assert acting.permits([Act.objects.get(kind="delete")]) == []


def test_a_clock_set_back_revives_nothing(source: Source, time: Time) -> None:
    time.move(days=91)
    sources.switch_off_expired()
    time.move(days=-91)
    item = Incoming(external_id="1", sent_at=now(), text=ADVERT)
    assert incoming.take_in(batch=[(source, item)]) == []
    assert Source.objects.get().mode == "off"


# Every field that is lacking, through every door there is


LACKING: dict[str, dict[str, Any]] = {
    "no basis": {"legal_basis": " "},
    "nobody's consent": {"consent_by": ""},
    "no day of consent": {"consent_at": None},
    "consent to come": {"consent_at": now() + timedelta(days=3)},
    "no file": {"consent_file": ""},
    "a file that is none": {"consent_file": "0" * 64},
    "no notice": {"notice_text": ""},
    "a notice not posted": {"notice_at": None},
    "a notice to come": {"notice_at": now() + timedelta(days=3)},
    "no end": {"until": None},
    "an end that was": {"until": now() - timedelta(seconds=1)},
    "an end too far": {"until": now() + timedelta(days=800)},
}


def by_the_mode_form(chat: Source, it: Client, folder: Path) -> None:
    for mode in ("shadow", "review", "automatic"):
        it.post(f"/desk/chats/{chat.public_id}/mode/", {"mode": mode})


def by_the_sample(chat: Source, it: Client, folder: Path) -> None:
    it.post(f"/desk/chats/{chat.public_id}/sample/")


def by_the_chats_form(chat: Source, it: Client, folder: Path) -> None:
    smuggled = {"mode": "shadow", "is_organ": "on", "on_since": "2026-01-01", "health": "ok"}
    it.post(f"/desk/chats/{chat.public_id}/", {**FORM, "chat_id": chat.chat_id, **smuggled})


def by_the_table(chat: Source, it: Client, folder: Path) -> None:
    slug = next(iter(SCHEMES))
    it.post(
        f"/desk/chats/{chat.public_id}/schemes/", {f"{slug}-mode": "automatic", "mode": "shadow"}
    )


def by_a_new_form(chat: Source, it: Client, folder: Path) -> None:
    """The same bot, another chat, everything else as typed: it begins switched off."""
    it.post("/desk/chats/new/", {**FORM, "mode": "shadow"})


def by_a_fixture(chat: Source, it: Client, folder: Path) -> None:
    file = folder / "chats.json"
    call_command("dumpdata", "watch.source", output=str(file))
    file.write_text(file.read_text().replace('"mode": "off"', '"mode": "shadow"'))
    with suppress(IntegrityError), transaction.atomic():
        call_command("loaddata", str(file), verbosity=0)


def by_the_row(chat: Source, it: Client, folder: Path) -> None:
    with suppress(IntegrityError):
        in_the_database("watch_source", chat.pk, mode="shadow", on_since=now() - timedelta(days=1))


DOORS = (
    by_the_mode_form, by_the_sample, by_the_chats_form, by_the_table, by_a_new_form, by_a_fixture,
    by_the_row,
)  # fmt: skip


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("fields", LACKING.values(), ids=LACKING.keys())
def test_nothing_is_read_without_all_of_it(
    fields: dict[str, Any],
    door: Callable[[Source, Client, Path], None],
    unit: Unit,
    it: Client,
    tmp_path: Path,
) -> None:
    chat = sources.add_source(
        unit=unit, kind="telegram", chat_id="-7", title="Новый", by=ADMINISTRATOR,
        **complete(mode="off", token="1:a", language="ru", earlier=None, **fields),
    )  # fmt: skip
    door(chat, it, tmp_path)
    for one in Source.objects.all():
        item = Incoming(external_id="1", sent_at=now(), text=ADVERT)
        incoming.take_in(batch=[(one, item)])
    missing_file = fields.get("consent_file") == "0" * 64  # seen where the vault is asked
    assert missing_file or not Message.objects.exists()
    sources.switch_off_expired()
    assert set(Source.objects.values_list("mode", flat=True)) == {"off"}
    assert deliveries.chats_by_bot() == {}


def test_a_row_makes_no_forum_a_state_body(unit: Unit) -> None:
    """A page of a state body needs nobody's consent; whether it is one, its address says."""
    fields = {"legal_basis": "Приказ № 1", "until": now() + timedelta(days=30)}
    rows = [
        sources.add_source(
            unit=unit, kind="page", chat_id=address, title=address, by=ADMINISTRATOR, **fields
        )
        for address in (
            "https://forum.kz/t/1",
            "https://gov.kz.forum.kz/",
            "https://akimat.gov.kz/",
        )
    ]
    for row in rows:
        in_the_database("watch_source", row.pk, is_organ=True, mode="review", on_since=now())
    sources.switch_off_expired()
    assert [Source.objects.get(pk=row.pk).mode for row in rows] == ["off", "off", "review"]


# The same chat twice


@pytest.mark.parametrize("name", ["-100500", " -100500", "-0100500", "-100500\n"])
def test_a_chat_is_in_the_list_once_however_its_number_is_written(
    source: Source, unit: Unit, it: Client, name: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sources.add_source(
            unit=unit, kind="telegram", chat_id=name, title="Другое имя", by=ADMINISTRATOR
        )
    it.post("/desk/chats/new/", {**FORM, "chat_id": name, "title": "Другое имя"})
    assert Source.objects.get() == source


@pytest.mark.parametrize("name", ["@balqash", "https://t.me/balqash", "77", "-1 or 1=1", ""])
def test_what_is_no_number_of_a_chat_is_refused(it: Client, name: str) -> None:
    answer = it.post("/desk/chats/new/", {**FORM, "chat_id": name})
    assert answer.status_code == 200
    assert not Source.objects.exists()


FORM = {
    "title": "Чат", "chat_id": "-8", "language": "ru", "token": "1:a", "threshold": "0.9",
    "author_act": "none", "restrict_hours": "24", "hold_hours": "4", "ban_days": "30",
    "notice_minutes": "10", "retention_days": "7", "hourly_limit": "300", "quiet_act": "leave",
    "pictures": "read",
}  # fmt: skip


# Acting before it is earned


@pytest.mark.parametrize("more", [{"mode": "automatic"}, {"proof": "a" * 64, "mode": "automatic"}])
def test_no_form_carries_a_mode_or_a_proof_along(it: Client, more: dict[str, str]) -> None:
    it.post("/desk/chats/new/", {**FORM, **more, "carried": '{"verdicts": 60, "right": 60}'})
    found = Source.objects.get()
    assert (found.mode, found.proof, found.carried) == ("off", "", {})


def test_the_page_of_the_chat_refuses_the_automatic_sent_again_and_again(
    shadowed: Source, it: Client
) -> None:
    for _ in range(3):
        answer = it.post(
            f"/desk/chats/{shadowed.public_id}/mode/", {"mode": "automatic"}, follow=True
        )
        assert "Автомат пока закрыт" in answer.content.decode()
    assert Source.objects.get().mode == "shadow"


def test_a_table_of_schemes_makes_no_chat_stricter(shadowed: Source, it: Client, say: Say) -> None:
    loose = {slug: {"mode": "automatic", "threshold": 0.5} for slug in SCHEMES}
    sources.change_source(source=shadowed, by=ADMINISTRATOR, schemes=loose)
    shadowed.refresh_from_db()
    assert say(ADVERT, source=shadowed).standing == "shadow"
    assert not Act.objects.exists()


def test_the_database_refuses_the_automatic_without_proof(shadowed: Source) -> None:
    with pytest.raises(IntegrityError):
        in_the_database("watch_source", shadowed.pk, mode="automatic")


def test_a_made_up_proof_opens_nothing(shadowed: Source, source: Source, say: Say) -> None:
    """Neither an invented one nor that of another chat: to people, as in review."""
    for proof in ("1", source.proof):
        in_the_database("watch_source", shadowed.pk, mode="automatic", proof=proof)
        shadowed.refresh_from_db()
        assert say(ADVERT, source=shadowed).standing == "waiting"
    assert not Decision.objects.exists()
    with pytest.raises(trial.NotProvenError):  # and no change of anything else makes it real
        sources.change_source(source=shadowed, by=ADMINISTRATOR, title="Другое имя")


@pytest.mark.parametrize("values", [{"threshold": 0.5}, {"chat_id": "-999"}])
def test_what_was_earned_is_not_carried_elsewhere(
    source: Source, say: Say, values: dict[str, Any]
) -> None:
    in_the_database("watch_source", source.pk, **values)
    source.refresh_from_db()
    assert say(ADVERT).standing == "waiting"


def test_a_fixture_brings_no_automatic(shadowed: Source, tmp_path: Path) -> None:
    file = tmp_path / "chats.json"
    call_command("dumpdata", "watch.source", output=str(file))
    file.write_text(file.read_text().replace('"mode": "shadow"', '"mode": "automatic"'))
    with pytest.raises(IntegrityError), transaction.atomic():
        call_command("loaddata", str(file))
    assert Source.objects.get().mode == "shadow"


def test_there_is_no_other_door() -> None:
    """No admin site, and no address of the API that knows of chats."""
    assert "django.contrib.admin" not in configured.INSTALLED_APPS
    addresses = {path for path, _view in views()}
    assert not [path for path in addresses if path.startswith("/admin")]
    told = [path for path in addresses if path.startswith("/api/")]
    assert told
    assert not [path for path in told if any(word in path for word in ("chat", "source", "wall"))]


def test_a_scheme_without_an_article_is_never_acted_on(
    source: Source, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = say(ADVERT, id="first").scheme
    sources.change_source(
        source=source, by=ADMINISTRATOR, schemes={scheme: {"mode": "automatic", "threshold": 0.5}}
    )
    monkeypatch.setattr("tereze.watch.actions.deciding.SCHEMES", {})
    assert say(f"{ADVERT}!", id="second").standing == "waiting"


# Who did nothing stays unknown, and not for long


@pytest.mark.parametrize("days", [0, 8, 30])
def test_nothing_harmless_is_kept_longer_than_a_week(source: Source, it: Client, days: int) -> None:
    with pytest.raises(IntegrityError):
        in_the_database("watch_source", source.pk, retention_days=days)
    it.post("/desk/chats/new/", {**FORM, "retention_days": str(days)})
    assert Source.objects.get() == source


def test_after_a_week_no_table_knows_a_harmless_author(
    source: Source, say: Say, time: Time
) -> None:
    author = Author(id="424242", name="Айгүл Серікқызы", username="aigul_s")
    key = author_key(source, author)
    raids.arrived(source=source, author_keys=[key])
    say(HELLO, author=author)
    assert where(key) == {"watch_message", "watch_arrival"}
    assert where("424242", "Айгүл", "aigul_s") == set()  # never in clear, nowhere
    time.move(days=7, minutes=1)
    retention.forget_all()
    raids.forget()
    assert where(key) == set()


def where(*words: str) -> set[str]:
    """The tables in which one of these words stands in clear, in whatever column."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            if any(
                word in str(value) for row in cursor.fetchall() for value in row for word in words
            ):
                found.add(table)
    return found
