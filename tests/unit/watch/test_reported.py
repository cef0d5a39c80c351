"""Screenshots that residents attach: read off the request, masked like words, linked, put right."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core import due
from tereze.core.actor import Actor
from tereze.intake.actions import Incoming
from tereze.intake.actions.pictures import correct
from tereze.intake.media import sniff
from tereze.intake.models import AttachmentPicture
from tereze.linking.models import Indicator, Sighting
from tereze.prevention.checking import Verdict, check
from tereze.watch import picturing, reported
from tereze.watch.models import MessagePicture
from tereze.watch.pictures import Picture
from tereze.watch.submissions.taking import Handed, hand_over
from tests.drawn import code, screenshot


pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
HASH = "0f" * 32
SCAM = "Ваш счёт заблокирован. Срочно позвоните в службу безопасности банка: +7 702 555 44 33"
CARD = "4400 4302 1234 5679"
Submit = Callable[..., Any]


def png(name: str) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + name.encode() * 20


@pytest.fixture
def attach(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AttachmentPicture]:
    """`attach("words", …)`: a report with one screenshot in which these words are read."""
    count = iter(range(100))
    said: dict[bytes, Picture] = {}
    monkeypatch.setattr(reported, "read_bytes", lambda data: said[data])

    def do(words: str = SCAM, *, text: str = "Смотрите снимок", **more: Any) -> AttachmentPicture:
        typed = {name: more.pop(name) for name in ("contact", "name") if name in more}
        content = png(str(next(count)))
        said[content] = Picture(text=words, **more)
        sent = submit(text, files=(Incoming("снимок.png", content),), **typed)
        assert AttachmentPicture.objects.get(attachment__report=sent).state == "waiting"
        due.run_until_idle()
        found: AttachmentPicture = AttachmentPicture.objects.get(attachment__report=sent)
        return found

    return do


Attach = Callable[..., AttachmentPicture]


def seen(picture: AttachmentPicture) -> dict[str, str]:
    report = picture.attachment.report
    rows = Sighting.objects.filter(subject_key=report.public_id).select_related("indicator")
    return {row.indicator.shown: row.role for row in rows}


def test_its_numbers_are_the_reports_but_not_confirmed(attach: Attach, submit: Submit) -> None:
    other = submit("Мне писали с +7 702 555 44 33")
    picture = attach()
    assert (picture.state, picture.text) == ("read", SCAM)
    assert list(seen(picture).values()) == ["picture"]
    indicator = Indicator.objects.get(sightings__subject_key=other.public_id)
    assert indicator.reports == 2
    assert picture.attachment.report.scheme


def test_three_screenshots_alone_make_no_number_known(attach: Attach, chief: User) -> None:
    pictures = [attach(contact=f"+7 701 000 00 0{n}") for n in range(3)]
    assert check("+7 702 555 44 33").findings[0].verdict == Verdict.NOTHING
    for picture in pictures:
        correct(picture=picture, text=picture.text, by=chief)
    assert check("+7 702 555 44 33").findings[0].verdict != Verdict.NOTHING


def test_personal_data_is_treated_as_in_the_words(attach: Attach) -> None:
    words = f"Перевод с карты {CARD} выполнен. Сауле, ваш номер +7 701 999 88 77"
    picture = attach(words, contact="+7 701 999 88 77", name="Сауле Нурланова")
    assert CARD not in picture.masked
    assert "999 88" not in picture.masked
    assert "Сауле" not in picture.masked
    assert not any("999" in shown for shown in seen(picture))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM intake_attachmentpicture")
        row = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for v in cursor.fetchone())
    assert "440043021234" not in row.replace(" ", "")
    for event in AuditEvent.objects.all():
        assert "999 88" not in str(event.detail)


def test_an_officer_puts_it_right_and_the_misread_number_goes(attach: Attach, chief: User) -> None:
    picture = attach()
    correct(picture=picture, text=SCAM.replace("44 33", "44 38"), by=chief)
    assert list(seen(picture).values()) == ["shown"] or list(seen(picture).values()) == ["used"]
    assert all(shown.endswith("38") for shown in seen(picture))
    wrong = Indicator.objects.get(shown__endswith="33")
    assert (wrong.reports, wrong.series) == (0, None)
    picture.refresh_from_db()
    assert picture.checked_by == chief


def test_masked_lines_come_back_as_they_were_read(
    attach: Attach, chief: User, client: Client
) -> None:
    picture = attach(f"Переведите на карту {CARD}\nстрока два")
    client.force_login(chief, backend=BACKEND)
    report = picture.attachment.report
    address = reverse("intake:picture_words", args=[report.public_id, picture.public_id])
    client.post(address, {"words": picture.masked_text.replace("\n", "\r\n") + "\r\nтри"})
    picture.refresh_from_db()
    assert picture.text == f"Переведите на карту {CARD}\nстрока два\nтри"


def test_who_may_not_work_on_reports_cannot(attach: Attach, officer: Callable[[str], User]) -> None:
    with pytest.raises(PermissionDenied):
        correct(picture=attach(), text="x", by=officer(Role.OBSERVER))


def test_the_same_picture_is_linked(
    attach: Attach, unit: Unit, client: Client, chief: User
) -> None:
    wall = b"\xff\xd8\xff" + b"w" * 20
    first = attach(photo_hash=HASH)
    before = picturing.read_bytes
    picturing.read_bytes = lambda data: Picture(
        text=SCAM, photo_hash=HASH
    )  # the fixture restores it
    hand_over(
        unit=unit,
        handed=Handed(title="Дом 5", files=(Incoming("a.jpg", wall),)),
        channel="page",
        scope="test",
        key="1",
        by=Actor.resident(),
    )
    due.run_until_idle()
    picturing.read_bytes = before
    message = MessagePicture.objects.get().message
    assert message.is_flagged
    second = attach(photo_hash=HASH)
    assert second.alike == [
        ["report", first.attachment.report.public_id],
        ["message", message.public_id],
    ]
    client.force_login(chief, backend=BACKEND)
    address = reverse("intake:report_page", args=[second.attachment.report.public_id])
    page = client.get(address).content.decode()
    assert first.attachment.report.number in page
    assert message.get_absolute_url() in page


@pytest.mark.parametrize(
    ("why", "says"), [("no_tool", "нет программы"), ("not_picture", "прочесть не удалось")]
)
def test_what_cannot_be_read_is_typed(
    attach: Attach, client: Client, chief: User, why: str, says: str
) -> None:
    picture = attach("", why_not=why)
    client.force_login(chief, backend=BACKEND)
    report = picture.attachment.report
    address = reverse("intake:report_page", args=[report.public_id])
    assert says in client.get(address, headers={"Accept-Language": "ru"}).content.decode()
    correct(picture=picture, text=SCAM, by=chief)
    assert len(seen(picture)) == 1


def test_only_pictures_are_read(submit: Submit) -> None:
    submit("Файлы", files=(Incoming("a.pdf", b"%PDF-1.4"), Incoming("b.txt", b"text")))
    assert not AttachmentPicture.objects.exists()


@pytest.mark.parametrize(
    ("content", "word"),
    [(screenshot(SCAM), "заблокирован"), (code("https://kaspi-bonus.top/win"), "kaspi-bonus")],
)
def test_the_real_reader(unit: Unit, submit: Submit, content: bytes, word: str) -> None:
    submit("Смотрите", files=(Incoming("a", content),))
    due.run_until_idle()
    picture = AttachmentPicture.objects.get()
    assert word in picture.whole
    assert seen(picture)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (Path(__file__).with_name("advert.heic").read_bytes(), 200),
        (b"\0\0\0\x18ftypheic" + b"none" * 10, 404),
    ],
    ids=["a picture", "none"],
)
def test_what_no_browser_shows_is_drawn_beside_the_report(
    content: bytes, status: int, submit: Submit, client: Client, chief: User
) -> None:
    report = submit("Смотрите", files=(Incoming("IMG_0001.HEIC", content),))
    client.force_login(chief, BACKEND)
    page = client.get(reverse("intake:report_page", args=[report.public_id])).content.decode()
    address = reverse("intake:drawn", args=[report.attachments.get().public_id])
    assert address in page
    answer = client.get(address)
    assert answer.status_code == status
    if status == 200:
        assert answer["Content-Type"] == "image/jpeg"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert sniff(answer.content) == "image/jpeg"
