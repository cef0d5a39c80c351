"""A chat that was handed over: read, judged, each message decided once, forgotten in time."""

from datetime import timedelta

import pytest
from django.db import connection

from tereze.accounts.models import User
from tereze.casework.models import Evidence
from tereze.core import vault
from tereze.core.clock import now
from tereze.linking.models import Sighting
from tereze.watch.actions import officers, retention
from tereze.watch.actions import sources as source_actions
from tereze.watch.models import (
    Decision,
    Message,
    Print,
    Raid,
    Seal,
    Source,
    Submission,
    SubmissionFile,
)
from tereze.watch.submissions import keeping, reading
from tests.unit.watch.submissions.conftest import ADVERT, CHAT, Send, zipped
from tests.watching import Time


pytestmark = pytest.mark.django_db
FILE = "Чат WhatsApp с контактом Дом 5.txt"
JPEG = b"\xff\xd8\xff" + b"picture" * 10
# the same chat from another phone: seconds, other names, media inside, the end a little later
IPHONE = (
    "[20.11.2026, 18:00:41] Соседка Айгуль 2 этаж: Всем добрый вечер! Кто знает, когда дадут воду?\n"
    f"[21.11.2026, 09:15:02] Скупщик карт: {ADVERT}\n"
    "[21.11.2026, 09:20:59] Ербол: Не пишите ему, это мошенник\n"
    "[21.11.2026, 10:00:00] Ербол: Воду дали\n"
)


def test_an_export_is_read_and_its_advert_waits_for_people(send: Send) -> None:
    sent = send(**{FILE: CHAT.encode()})
    assert (sent.state, sent.messages_read, sent.messages_new, sent.people) == ("read", 3, 3, 3)
    assert sent.source is not None
    assert (sent.source.kind, sent.source.title, sent.source.mode) == (
        "whatsapp",
        "Дом 5",
        "review",
    )
    message = sent.findings.get().message
    assert (message.standing, message.outcome) == ("waiting", "illegal")
    assert message.author["id"] == "+77011234567"
    assert not Decision.objects.exists()  # the machine never decides there


@pytest.mark.parametrize(
    ("words", "outcome"), [(f"> {ADVERT}", "illegal"), (f"Добрый день\n> {ADVERT}", "suspicious")]
)
def test_a_typed_sign_of_quotation_hides_no_advert(send: Send, words: str, outcome: str) -> None:
    sent = send(**{FILE: f"21.11.2026, 09:15 - Иван: {words}".encode()})
    message = Message.objects.get(source=sent.source)
    assert (message.standing, message.outcome) == ("waiting", outcome)


def test_harmless_authors_have_no_name_and_nothing_rests_in_the_clear(send: Send) -> None:
    sent = send(**{FILE: CHAT.encode()}, contact={"name": "Сауле", "phone": "+77770001122"})
    calm = Message.objects.filter(source=sent.source, standing="quiet")
    assert [message.author for message in calm] == [None, None]
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, contact FROM watch_submission")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert "Сауле".encode() not in stored
    lying = (vault.vault_folder() / sent.files.get().sha256[:2]).glob("*")
    assert all("Айгуль".encode() not in path.read_bytes() for path in lying)


def test_the_same_and_an_overlapping_export_decide_each_message_once(
    send: Send, chief: User
) -> None:
    first = send(**{FILE: CHAT.encode()})
    officers.ask_to_delete(message=first.findings.get().message, by=chief)
    again = send(**{FILE: CHAT.encode()})
    other = send(**{"WhatsApp Chat - Дом 5.zip": zipped(**{"_chat.txt": IPHONE.encode()})})
    assert (again.messages_new, other.messages_new) == (0, 1)
    assert Source.objects.count() == 1
    assert Decision.objects.count() == Seal.objects.count() == 1
    assert {sent.findings.get().message_id for sent in (first, again, other)} == {
        first.findings.get().message_id
    }


def test_a_chat_under_another_name_is_known_by_its_messages(send: Send) -> None:
    first = send(**{FILE: CHAT.encode()})
    renamed = send(**{"WhatsApp Chat with Ленина 5.txt": IPHONE.encode()})
    assert renamed.source == first.source
    strangers = "20.11.2026, 18:00 - A: Кто-нибудь продаёт детскую коляску недорого?\n" * 2
    elsewhere = send(**{"WhatsApp Chat with Садик.txt": strangers.encode()})
    assert elsewhere.source != first.source


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (f"Иван изменил(-а) тему с «Дом 5» на «{ADVERT}»", ""),
        (ADVERT, ""),
        ("Куплю карту, оплата сразу: Доброе утро, соседи", "profile"),
        (f"Иван: Осторожно, мошенники пишут «куплю карту»! А я к{ADVERT[1:]}", "behind"),
        (f"Иван: {'я ' * 30_000}\n{ADVERT}", ""),
    ],
    ids=[
        "the name of the group",
        "like the program",
        "an author's name",
        "a warning",
        "60,000 letters",
    ],
)
def test_an_advert_hides_nowhere_in_an_export(line: str, hint: str, send: Send) -> None:
    chat = (
        "20.11.2026, 17:59 - Сообщения и звонки защищены сквозным шифрованием. Третьи лица, "
        "включая WhatsApp, не могут прочитать ваши сообщения или прослушать звонки.\n"
        f"20.11.2026, 18:00 - Иван: Доброе утро, соседи!\n20.11.2026, 18:01 - {line}\n"
    )
    found = send(**{FILE: chat.encode()}).findings.get().message
    assert (found.standing, found.hint) == ("waiting", hint)


def test_an_advert_copied_out_of_whatsapp_web_is_one_among_other_messages(send: Send) -> None:
    sent = send(text=f"[18:00, 20.11.2026] Иван: {ADVERT}\n[18:01, 20.11.2026] Пётр: Привет всем")
    assert (sent.messages_read, sent.people) == (2, 2)
    assert sent.findings.get().message.outcome == "illegal"


def test_said_twice_in_a_minute_it_is_two_messages(send: Send) -> None:
    chat = "20.11.2026, 18:00 - A: да\n20.11.2026, 18:00 - B: да\n20.11.2026, 18:01 - A: да\n"
    assert send(**{FILE: chat.encode()}).messages_new == 3
    assert send(**{FILE: chat.encode()}).messages_new == 0


def test_what_was_released_is_not_asked_about_again_after_its_term(
    send: Send, chief: User, time: Time
) -> None:
    first = send(**{FILE: CHAT.encode()})
    officers.release(message=first.findings.get().message, by=chief)
    time.move(days=8)
    retention.forget_all()
    again = send(**{FILE: CHAT.encode()})
    assert again.findings.get().message.standing == "released"
    assert Decision.objects.count() == 1


def test_an_advert_cut_in_pieces_is_found_by_the_chats_own_time(send: Send) -> None:
    def chat(minute: str) -> bytes:
        return (
            "21.11.2026, 09:00 - Азамат: Карты Каспи беру, сразу плачу\n"
            f"{minute} - Азамат: +7 702 555 44 33\n"
        ).encode()

    together = send(**{FILE: chat("21.11.2026, 09:02")})
    found = {m.message.standing for m in together.findings.all()}
    assert found == {"waiting"}


def test_a_year_of_one_text_is_no_raid(send: Send) -> None:
    names = ("Азамат", "Бекзат", "Саят", "Дархан", "Ерлан", "Асхат")
    chat = "".join(
        f"21.{month:02}.2026, 09:00 - {n}: {ADVERT}\n" for month, n in enumerate(names, 1)
    )
    sent = send(**{FILE: chat.encode()})
    assert sent.findings.count() == len(names)
    assert not Raid.objects.exists()
    assert not Print.objects.exists()


def test_a_name_out_of_an_address_book_finds_nobody_in_another_chat(send: Send) -> None:
    chat = f"21.11.2026, 09:15 - Мама: {ADVERT}\n"
    one = send(**{"WhatsApp Chat with A.txt": chat.encode()}).findings.get().message
    changed = chat.replace("09:15", "10:15")
    two = send(**{"WhatsApp Chat with B.txt": changed.encode()}).findings.get().message
    assert one.author_trail != two.author_trail
    phone = f"21.11.2026, 09:15 - +7 701 123 45 67: {ADVERT} {{}}\n"
    trails = {
        send(**{f"WhatsApp Chat with {n}.txt": phone.format(n).encode()})
        .findings.get()
        .message.author_trail
        for n in "CD"
    }
    assert len(trails) == 1


def test_its_numbers_are_linked_to_the_reports_that_name_them(send: Send, submit: object) -> None:
    submit("Перевёл 50 000 тенге, писал с номера +7 702 555 44 33, обманул")  # type: ignore[operator]
    sent = send(**{FILE: CHAT.encode()})
    assert sent.joined == 1
    message = sent.findings.get().message
    assert Sighting.objects.filter(subject_kind="message", subject_key=message.public_id).exists()


def test_words_alone_are_judged_once(send: Send) -> None:
    one, two = send(ADVERT, title="Дом 5"), send(f" {ADVERT}\n", title="Дом 5")
    assert one.findings.get().message_id == two.findings.get().message_id
    assert one.findings.get().message.author is None


def test_a_picture_waits_for_eyes_and_its_words_are_judged(send: Send, chief: User) -> None:
    sent = send(**{"снимок.jpg": JPEG}, title="Дом 5")
    assert (sent.state, sent.findings.count()) == ("read", 0)
    picture = sent.files.get()
    reading.read_picture(file=picture, words=ADVERT, by=chief.actor)
    reading.read_picture(file=picture, words=ADVERT, by=chief.actor)
    message = sent.findings.get().message
    assert (message.outcome, message.text["media"]) == ("illegal", "снимок.jpg")
    assert SubmissionFile.objects.get().words == ADVERT


def test_pictures_of_an_archive_are_files_of_their_own(send: Send) -> None:
    sent = send(**{"c.zip": zipped(**{"_chat.txt": CHAT.encode(), "IMG-1.jpg": JPEG})})
    assert sent.files.filter(role="picture").values_list("name", flat=True).get() == "IMG-1.jpg"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"a.zip": b"PK\x03\x04"}, "broken"),
        ({"a.mp4": b"\0\0\0\x18ftypmp42"}, "kind"),
        ({"a.txt": b""}, "empty"),
    ],
)
def test_what_cannot_be_read_is_kept_and_said(
    send: Send, files: dict[str, bytes], why: str
) -> None:
    sent = send(**files, title="Дом 5")
    assert sent.state == "unreadable"
    assert [problem for _name, problem in sent.problems] == [why]


def test_times_in_the_future_are_no_later_than_now(send: Send) -> None:
    sent = send(**{FILE: f"21.11.2099, 09:15 - Азамат: {ADVERT}\n".encode()})
    assert sent.findings.get().message.sent_at == sent.at


# ---- the term ----


def test_after_the_term_files_words_and_sender_are_gone(send: Send, time: Time) -> None:
    sent = send(**{FILE: CHAT.encode()}, contact={"name": "Сауле"})
    sha256 = sent.files.get().sha256
    time.move(days=6, hours=23)
    retention.forget_submissions()
    assert vault.read(sha256) == CHAT.encode()
    time.move(hours=2)
    retention.forget_submissions()
    retention.forget_all()
    with pytest.raises(vault.DamagedFileError):
        vault.read(sha256)
    sent.refresh_from_db()
    assert (sent.state, sent.text, sent.contact, sent.messages_read) == ("forgotten", "", {}, 3)
    assert [message.outcome for message in Message.objects.all()] == ["illegal"]


def test_a_file_that_came_twice_stays_for_the_second(send: Send, time: Time) -> None:
    first = send(**{FILE: CHAT.encode()})
    time.move(days=5)
    send(**{FILE: CHAT.encode()})
    time.move(days=3)
    retention.forget_submissions()
    assert Submission.objects.get(pk=first.pk).state == "forgotten"
    assert vault.read(first.files.get().sha256) == CHAT.encode()


def test_kept_for_a_case_it_is_evidence_and_no_term_ends_it(
    send: Send, chief: User, time: Time
) -> None:
    sent = send(**{FILE: CHAT.encode()})
    evidence = keeping.keep(submission=sent, number="245500031000777", by=chief)
    time.move(days=30)
    retention.forget_submissions()
    assert Evidence.objects.get().manifest["files"][0]["sha256"] == sent.files.get().sha256
    assert evidence.files.get().content() == CHAT.encode()
    with pytest.raises(keeping.NothingToKeepError):
        keeping.keep(submission=sent, number="1", by=chief)


def test_a_chat_leaves_the_columns_a_week_after_the_last_submission(send: Send, time: Time) -> None:
    sent = send(**{FILE: CHAT.encode()})
    time.move(days=7, hours=1)
    source_actions.switch_off_expired()
    assert Source.objects.get(pk=sent.source_id).mode == "off"
    send(**{FILE: CHAT.encode()})
    found = Source.objects.get(pk=sent.source_id)
    assert found.mode == "review"
    assert found.until is not None
    assert found.until > now() + timedelta(days=6)
