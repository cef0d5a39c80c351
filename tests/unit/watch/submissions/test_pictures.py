"""Screenshots and the pictures of an exported chat are read by the worker, and people put it right."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import User
from tereze.core import due
from tereze.linking.models import Sighting
from tereze.watch import picture_words, picturing
from tereze.watch.actions import officers, retention
from tereze.watch.models import Decision, Finding, Message, MessagePicture, Seal, SubmissionFile
from tereze.watch.pictures import Picture
from tereze.watch.submissions import reading
from tests.drawn import screenshot
from tests.unit.watch.submissions.conftest import ADVERT, CHAT, Send, zipped
from tests.watching import WARNING, Time


pytestmark = pytest.mark.django_db
FILE = "Чат WhatsApp с контактом Дом 5.txt"
HASH = "0f" * 32
HARMLESS = "Отдам котят в добрые руки"
Says = Callable[..., None]


def jpeg(name: str) -> bytes:
    return b"\xff\xd8\xff" + name.encode() * 10


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """`says(b"…", "words")`: what the reader reads in a file that holds these bytes."""
    known: dict[bytes, Picture] = {}
    monkeypatch.setattr(picturing, "read_bytes", lambda data: known[data])

    def learn(data: bytes, words: str = "", **more: object) -> None:
        known[data] = Picture(text=words, shown=b"JPEG", **more)  # type: ignore[arg-type]

    return learn


def picture() -> MessagePicture:
    found: MessagePicture = MessagePicture.objects.select_related("message").get()
    return found


def test_what_no_browser_shows_is_read_and_shown_as_the_copy_drawn_anew(
    send: Send, says: Says, client: Client, chief: User
) -> None:
    heic = b"\0\0\0\x18ftypheic" + b"picture" * 10
    says(heic, ADVERT)
    sent = send(**{"IMG_0001.HEIC": heic})
    assert sent.findings.get().message.outcome == "illegal"
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(sent.get_absolute_url()).content.decode()
    assert f'src="{reverse("watch:picture", args=[picture().public_id])}"' in page
    file = client.get(reverse("watch:submitted_file", args=[sent.files.get().public_id]))
    assert file["Content-Disposition"].startswith("attachment")


def test_a_screenshot_is_read_judged_and_found(send: Send, says: Says) -> None:
    says(jpeg("a"), ADVERT)
    sent = send(**{"снимок.jpg": jpeg("a")}, title="Дом 5")
    message = sent.findings.get().message
    assert (message.outcome, message.standing, message.author) == ("illegal", "waiting", None)
    assert picture().text == ADVERT
    assert (sent.state, sent.messages_read) == ("read", 0)
    assert Sighting.objects.filter(subject_key=message.public_id).exists()
    assert not Decision.objects.exists()


def test_a_harmless_screenshot_waits_for_nobody(send: Send, says: Says) -> None:
    says(jpeg("a"), HARMLESS)
    sent = send(**{"снимок.jpg": jpeg("a")})
    assert sent.findings.count() == 0
    assert picture().message.standing == "quiet"


def test_a_picture_of_an_export_is_judged_with_its_line_and_author(send: Send, says: Says) -> None:
    says(jpeg("a"), ADVERT)
    chat = CHAT.split("\n")[0] + (
        "\n21.11.2026, 09:15 - +7 701 123 45 67: IMG-20261121-WA0001.jpg (файл добавлен)\n"
    )
    archive = zipped(**{FILE: chat.encode(), "IMG-20261121-WA0001.jpg": jpeg("a")})
    message = send(**{"c.zip": archive}).findings.get().message
    assert message.author["id"] == "+77011234567"
    assert message.sent_at.isoformat() == "2026-11-21T04:15:00+00:00"
    again = send(**{"d.zip": archive})
    assert (again.findings.get().message_id, again.messages_new) == (message.pk, 0)
    assert MessagePicture.objects.count() == 1


def test_words_beside_a_picture_are_weighed_with_it(send: Send, says: Says) -> None:
    says(jpeg("a"), ADVERT)
    line = f"21.11.2026, 09:15 - Айгуль: IMG-1.jpg (файл добавлен)\n{WARNING}\n"
    sent = send(**{"c.zip": zipped(**{FILE: line.encode(), "IMG-1.jpg": jpeg("a")})})
    assert not sent.findings.filter(message__outcome="illegal").exists()


def test_a_chat_sent_again_with_its_pictures_gets_them(send: Send, says: Says) -> None:
    says(jpeg("a"), ADVERT)
    line = "21.11.2026, 09:15 - Айгуль: IMG-1.jpg (файл добавлен)\nСмотрите\n"
    without = send(**{FILE: line.encode()})
    assert without.findings.count() == 0
    sent = send(**{"c.zip": zipped(**{FILE: line.encode(), "IMG-1.jpg": jpeg("a")})})
    assert sent.findings.get().message.text["caption"].endswith("Смотрите")
    assert Message.objects.count() == 1


def test_the_same_picture_elsewhere_is_named(send: Send, says: Says) -> None:
    says(jpeg("a"), ADVERT, photo_hash=HASH)
    says(jpeg("b"), "", photo_hash=HASH)
    first = send(**{"a.jpg": jpeg("a")}, title="Дом 5").findings.get().message
    second = send(**{"b.jpg": jpeg("b")}, title="Дом 7").findings.get().message
    assert (second.outcome, second.hint) == ("suspicious", "picture")
    assert MessagePicture.objects.get(message=second).first.message == first


def test_asked_about_it_is_sealed_with_the_picture(send: Send, says: Says, chief: User) -> None:
    says(jpeg("a"), ADVERT)
    sent = send(**{"a.jpg": jpeg("a")}, title="Дом 5")
    officers.ask_to_delete(message=sent.findings.get().message, by=chief)
    copy = Seal.objects.get(picture__isnull=False).content["picture"]
    assert copy["sha256"] == SubmissionFile.objects.get().sha256


@pytest.mark.parametrize(
    ("read", "typed", "outcome", "standing"),
    [
        (HARMLESS, ADVERT, "illegal", "waiting"),  # the machine misread an advert
        (ADVERT, HARMLESS, "harmless", "quiet"),  # it saw an advert where there is none
        (ADVERT, ADVERT + "!", "illegal", "waiting"),
        ("", ADVERT, "illegal", "waiting"),
    ],
)
def test_an_officer_puts_right_what_was_read(
    send: Send, says: Says, chief: User, read: str, typed: str, outcome: str, standing: str
) -> None:
    says(jpeg("a"), read)
    sent = send(**{"a.jpg": jpeg("a")}, title="Дом 5")
    reading.read_picture(file=sent.files.get(), words=typed, by=chief.actor)
    message = picture().message
    assert (message.outcome, message.standing) == (outcome, standing)
    assert picture().text == typed
    assert Finding.objects.count() == (outcome == "illegal")
    assert SubmissionFile.objects.get().words == typed


def test_what_was_decided_stays_when_its_words_are_put_right(
    send: Send, says: Says, chief: User
) -> None:
    says(jpeg("a"), ADVERT)
    sent = send(**{"a.jpg": jpeg("a")}, title="Дом 5")
    officers.ask_to_delete(message=sent.findings.get().message, by=chief)
    reading.read_picture(file=sent.files.get(), words=HARMLESS, by=chief.actor)
    assert picture().message.standing == "requested"
    assert sent.findings.count() == 1


def test_where_nothing_reads_words_people_do_and_the_page_says_so(
    send: Send, says: Says, client: Client, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(jpeg("a"), why_not="no_tool")
    monkeypatch.setattr(picture_words, "lacking", lambda: ("tesseract-ocr",))
    sent = send(**{"a.jpg": jpeg("a")}, title="Дом 5")
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(sent.get_absolute_url(), headers={"Accept-Language": "ru"}).content.decode()
    assert "tesseract-ocr" in page
    client.post(
        reverse("watch:submitted_words", args=[sent.files.get().public_id]), {"words": ADVERT}
    )
    assert sent.findings.get().message.outcome == "illegal"
    page = client.get(sent.get_absolute_url(), headers={"Accept-Language": "ru"}).content.decode()
    assert "противоправное" in page


def test_pictures_of_a_large_archive_let_those_of_watched_chats_pass(
    send: Send, says: Says, time: Time
) -> None:
    files = {f"IMG-{n}.jpg": jpeg(str(n)) for n in range(4)}
    for content in files.values():
        says(content, HARMLESS)
    send(**{"c.zip": zipped(**{FILE: CHAT.encode(), **files})})
    assert MessagePicture.objects.filter(state="read").count() == 1
    time.move(seconds=30)
    due.run_until_idle()
    assert MessagePicture.objects.filter(state="read").count() == 4


def test_after_the_term_nothing_of_a_harmless_picture_is_left(
    send: Send, says: Says, time: Time
) -> None:
    says(jpeg("a"), HARMLESS)
    send(**{"a.jpg": jpeg("a")})
    time.move(days=8)
    retention.forget_submissions()
    retention.forget_all()
    assert not MessagePicture.objects.exists()
    assert SubmissionFile.objects.get().is_gone


def test_the_real_reader_reads_a_screenshot(send: Send) -> None:
    sent = send(**{"a.jpg": screenshot(ADVERT)}, title="Дом 5")
    assert sent.findings.get().message.outcome == "illegal"
