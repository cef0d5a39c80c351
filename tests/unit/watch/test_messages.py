"""Taking in, deciding once, forgetting."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.core import due
from tereze.core.clock import now
from tereze.detection.typology import SCHEMES
from tereze.watch import sealing
from tereze.watch.actions import (
    acting,
    deciding,
    incoming,
    judging,
    officers,
    retention,
    sources,
    telling,
)
from tereze.watch.models import Act, Decision, Message, Notice, Seal, SealHead, Source
from tereze.watch.reasons import told
from tereze.watch.received import Author, Incoming
from tereze.watch.registrations import notice_silence
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, STORY, Time
from tests.watching import lawful as complete


pytestmark = pytest.mark.django_db
HARMLESS = "Всем доброе утро! До скольки сегодня работает ЦОН?"


def test_a_harmless_message_keeps_no_author_and_goes_after_the_term(say: Say, time: Time) -> None:
    message = say(HARMLESS)
    assert (message.author, message.author_trail) == (None, "")
    assert len(message.author_key) == 64  # a keyed hash, good inside this chat only
    time.move(days=6, hours=23)
    retention.forget_all()
    assert Message.objects.exists()
    time.move(hours=2)
    retention.forget_all()
    assert not Message.objects.exists()


def test_the_same_harmless_author_is_not_recognised_in_another_chat(say: Say, unit: Unit) -> None:
    other = sources.add_source(
        unit=unit,
        kind="telegram",
        chat_id="-2",
        title="Второй",
        by=ADMINISTRATOR,
        **complete(mode="automatic", token="1:a"),
    )
    assert say(HARMLESS).author_key != say(HARMLESS, source=other).author_key
    assert say(ADVERT).author_trail == say(ADVERT, source=other).author_trail != ""


def test_what_was_blocked_stays_and_what_was_released_keeps_only_its_figures(
    say: Say, time: Time, chief: User
) -> None:
    say(ADVERT)
    story = say(STORY)
    officers.release(message=story, by=chief)
    time.move(days=8)
    retention.forget_all()
    kept = Message.objects.get(pk=story.pk)
    assert (kept.text, kept.author, kept.masked, kept.outcome) == (None, None, "", story.outcome)
    assert Message.objects.get(standing="blocked").text["text"] == ADVERT


def test_delivered_twice_it_is_one_message_decided_once(say: Say, source: Source) -> None:
    first = say(ADVERT, id="5")
    again = say(ADVERT, id="5")
    assert first.pk == again.pk
    assert deciding.decide_all([first.pk]) == []
    assert Decision.objects.count() == 1
    assert Act.objects.filter(kind="delete").count() == 1


def test_an_edit_without_new_words_is_no_new_version(say: Say) -> None:
    say(HARMLESS, id="5")
    say(HARMLESS, id="5", edited_at=now())
    assert Message.objects.count() == 1


def test_two_versions_in_one_batch_are_judged_apart(source: Source) -> None:
    items = [
        Incoming(external_id="5", sent_at=now(), text=HARMLESS),
        Incoming(external_id="5", sent_at=now(), text=ADVERT, edited_at=now()),
    ]
    keys = incoming.take_in(batch=[(source, item) for item in items])
    deciding.decide_all(keys)
    found = Message.objects.order_by("version").values_list("standing", "is_latest")
    assert list(found) == [("quiet", False), ("blocked", True)]


def test_texts_rest_encrypted_and_screens_see_masked_cards(say: Say, source: Source) -> None:
    card = "4400 4301 2345 6784"
    message = say(f"{ADVERT}. Номер {card}, ИИН 900101300126")
    assert card not in message.masked
    assert "4400 43" in message.masked
    assert "900101300126" not in message.masked
    assert len(message.masked) == len(message.own_text)
    raw = Message.objects.filter(pk=message.pk).values_list("text", flat=True)
    assert card in str(raw.get())  # only the running application reads it
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, author, assessment FROM watch_message")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    for secret in (card, "4400430123456784", "drop_kz", "карту"):
        assert secret.encode() not in stored


def test_a_message_that_cannot_be_judged_is_kept_for_a_person(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(document: object) -> None:
        raise ValueError

    monkeypatch.setattr(judging, "assess", broken)
    monkeypatch.setattr(judging, "assess_many", broken)
    message = say(ADVERT)
    assert (message.standing, message.trouble, message.state) == (
        "stuck",
        "not_assessed",
        "received",
    )


def test_an_act_without_a_sealed_copy_is_refused(say: Say) -> None:
    say(ADVERT)
    Seal.objects.all().delete()
    with pytest.raises(acting.NotSealedError):
        acting.permits(Act.objects.filter(kind="delete"))


@pytest.mark.parametrize("how", ["content", "digest", "delete", "cut"])
def test_an_altered_chain_of_copies_is_noticed(say: Say, how: str) -> None:
    for number in range(3):
        say(f"{ADVERT} {number}")
    assert sealing.verify().seals == 3
    second = Seal.objects.get(position=2)
    if how == "content":
        Seal.objects.filter(pk=second.pk).update(content={**second.content, "message": "9"})
    elif how == "digest":
        Seal.objects.filter(pk=second.pk).update(digest="0" * 64)
    elif how == "delete":
        second.delete()
    else:
        Seal.objects.get(position=3).delete()
    assert sealing.verify().broken_at == (3 if how == "cut" else 2)
    assert SealHead.objects.get().position == 3


def test_a_source_that_went_off_cancels_what_the_machine_had_not_done(
    say: Say, source: Source
) -> None:
    say(ADVERT)
    sources.set_mode(source=source, mode="off", by=ADMINISTRATOR)
    act = Act.objects.filter(kind="delete").get()
    assert acting.permits([act]) == []
    assert Act.objects.get(pk=act.pk).state == "cancelled"


def test_without_an_author_only_the_deletion_is_due(say: Say) -> None:
    say(ADVERT, author=None)
    assert list(Act.objects.values_list("kind", flat=True)) == ["delete"]


def test_an_anonymous_administrator_is_exempt(say: Say) -> None:
    speaker = Author(id="-100500", name="Чат", kind="chat")
    assert say(ADVERT, author=speaker).standing == "waiting"


def test_blocked_history_is_copied_before_a_ban(say: Say, source: Source) -> None:
    sources.change_source(source=source, by=ADMINISTRATOR, author_act="ban")
    earlier = say(HARMLESS)
    say(ADVERT)
    assert Seal.objects.filter(message=earlier).exists()
    assert Message.objects.get(pk=earlier.pk).kept_until is None


def test_what_a_killed_worker_had_taken_up_waits_no_minutes(say: Say, time: Time) -> None:
    say(ADVERT)
    acts = next(task for task in due.HANDLERS if task.model is Act)
    time.move(seconds=20)
    assert {act.kind for act in (due.claim(acts), due.claim(acts)) if act} == {"delete", "restrict"}
    assert due.claim(acts) is None  # and then it was killed
    time.move(seconds=31)
    assert due.claim(acts)


def test_silence_of_the_process_is_blindness(source: Source, time: Time) -> None:
    sources.note_health(source_ids=[source.pk], health="ok")
    sources.note_contact(source_ids=[source.pk], at=now())
    notice_silence()
    assert Source.objects.get().health == "ok"
    time.move(minutes=2)
    notice_silence()
    found = Source.objects.get()
    assert (found.health, found.health_reason, found.is_blind) == ("blind", "silence", True)


def test_a_chat_that_was_never_heard_is_blind_and_not_quiet(source: Source, time: Time) -> None:
    notice_silence()
    assert Source.objects.get().health == "new"
    time.move(minutes=2)
    notice_silence()
    assert Source.objects.get().is_blind


def test_a_flood_of_mistakes_has_a_limit(say: Say, source: Source, time: Time) -> None:
    sources.change_source(source=source, by=ADMINISTRATOR, hourly_limit=2)
    assert [say(f"{ADVERT} {number}").standing for number in range(3)] == [
        "blocked",
        "blocked",
        "waiting",
    ]
    time.move(minutes=61)
    assert say(f"{ADVERT} 4").standing == "blocked"


def test_what_was_written_before_the_notice_is_not_read(source: Source) -> None:
    earlier = source.notice_at - timedelta(minutes=1)  # type: ignore[operator] # a lawful source
    item = Incoming(external_id="1", sent_at=earlier, text=ADVERT)
    assert incoming.take_in(batch=[(source, item)]) == []
    assert not Message.objects.exists()
    edited = Incoming(external_id="1", sent_at=earlier, edited_at=now(), text=ADVERT)
    assert len(incoming.take_in(batch=[(source, edited)])) == 1


def test_a_notice_is_short_and_leads_to_every_decision(
    say: Say, source: Source, client: Client
) -> None:
    said = [say(f"{ADVERT} {number}") for number in range(8)]
    for message in said:
        telling.tell(decision=message.decisions.get())
    text = telling.close_gathering(notice=Notice.objects.get())
    assert len(text.splitlines()) == 1 + telling.LINES + 2
    assert len(text) < 1500
    assert "требует проверки" not in text
    address = text.splitlines()[-2].rpartition("http")[2].partition("/appeal/")[2]
    page = client.get(f"/appeal/{address}", headers={"Accept-Language": "ru"}).content.decode()
    assert page.count("обжаловать</a>") == 8
    assert ADVERT not in page
    assert client.get("/appeal/nonsense/together/").status_code == 404


@pytest.mark.parametrize(
    ("deletion", "opening"),
    [("gone", "Удалена публикация"), ("failed", "Ограничен автор публикации")],
)
def test_a_notice_does_not_call_deleted_what_still_stands(
    deletion: str, opening: str, say: Say
) -> None:
    say(ADVERT)
    ends = {"delete": deletion, "restrict": "done"}
    acting.note(
        results=[
            acting.Result(act=act, state=ends[act.kind], look="verified")
            for act in Act.objects.all()
        ]
    )
    assert telling.close_gathering(notice=Notice.objects.get()).startswith(opening)


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_no_reason_told_to_residents_holds_the_lawyers_remarks(language: str, say: Say) -> None:
    message = say(ADVERT)
    for slug in SCHEMES:
        message.scheme = slug
        reason = told(message)[language]
        assert re.search(r"\d", reason), slug
        assert not re.search("провер|тексеру", reason), slug
