"""The public page, its receipt, the officers' pages, the register."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core import due
from tereze.core.clock import now
from tereze.intake import uploads
from tereze.intake.channels.web import door
from tereze.watch.actions import administrators, officers
from tereze.watch.models import ChatAdministrator, ChatRequest, Memo, Submission
from tests.unit.watch.submissions.conftest import ADVERT, CHAT, Send


pytestmark = pytest.mark.django_db
FILE = "Чат WhatsApp с контактом Дом 5.txt"
JPEG = b"\xff\xd8\xff" + b"picture" * 10
BACKEND = "django.contrib.auth.backends.ModelBackend"


def hand_over(client: Client, **typed: object) -> str:
    page = client.get(reverse("watch:whatsapp"))
    token = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert token
    answer = client.post(reverse("watch:whatsapp"), {"token": token[1], **typed})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def upload(name: str = FILE, content: bytes = CHAT.encode()) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    client.force_login(chief, backend=BACKEND)
    return client


def test_a_file_is_enough_and_the_receipt_follows_it(client: Client, unit: Unit) -> None:
    address = hand_over(client, files=upload())
    assert "Оқып жатырмыз" in client.get(address).content.decode()  # pages open in Kazakh
    due.run_until_idle()
    page = client.get(address, headers={"Accept-Language": "ru"}).content.decode()
    assert "Прочитано 3 сообщения" in page
    assert ADVERT[:12] not in page
    code = "".join(re.findall(r"<span>(\d{4}) </span>", page))
    found = client.post(reverse("watch:whatsapp_code"), {"code": code})
    assert found["Location"] == address


def test_one_form_is_one_submission(client: Client, unit: Unit) -> None:
    for _ in range(2):
        client.post(reverse("watch:whatsapp"), {"token": "one", "text": ADVERT})
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Приложите файл"), ("kk", "тіркеңіз"), ("en", "Attach")]
)
def test_nothing_sent_is_said_in_the_readers_language(
    client: Client, unit: Unit, language: str, words: str
) -> None:
    headers = {"Accept-Language": language}
    answer = client.post(reverse("watch:whatsapp"), {"text": " "}, headers=headers)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_too_large_a_file_is_told(
    client: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_FILE", 100)
    large = upload("chat.zip", b"PK" + b"\0" * 1000)
    answer = client.post(
        reverse("watch:whatsapp"), {"files": large}, headers={"Accept-Language": "ru"}
    )
    assert answer.status_code == 422
    assert "больше 25 МБ" in answer.content.decode()


def test_the_page_is_guarded_as_the_reports_is(
    client: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reverse("watch:whatsapp")
    cross = client.post(page, {"text": ADVERT}, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    monkeypatch.setattr(door.ASK_AFTER, "limit", 0)
    asked = client.post(page, {"text": ADVERT})
    assert asked.status_code == 429
    assert ADVERT in asked.content.decode()  # what was typed is kept
    monkeypatch.setattr(door.STOP_AFTER, "limit", 0)
    assert client.post(page, {"text": ADVERT}).status_code == 429
    assert not Submission.objects.exists()


def test_guessing_a_code_is_slowed(client: Client, unit: Unit) -> None:
    page = reverse("watch:whatsapp_code")
    codes = [client.post(page, {"code": "0" * 28}).status_code for _ in range(12)]
    assert codes[-1] == 429


def test_an_officer_asks_about_everything_in_one_press(send: Send, desk: Client) -> None:
    sent = send(**{FILE: CHAT.encode()})
    page = desk.get(sent.get_absolute_url()).content.decode()
    assert sent.findings.get().message.get_absolute_url() in page
    answer = desk.post(reverse("watch:ask_all", args=[sent.public_id]))
    request = ChatRequest.objects.get()
    assert answer["Location"] == request.get_absolute_url()
    again = desk.post(reverse("watch:ask_all", args=[sent.public_id]), follow=True)
    assert again.status_code == 200
    assert ChatRequest.objects.count() == 1
    for what in ("sent", "reminded", "sent"):
        done = desk.post(reverse("watch:chat_request_act", args=[request.public_id, what]))
        assert done.status_code == 302
    request.refresh_from_db()
    assert request.sent_at is not None
    assert request.reminded_at is not None
    listed = desk.get(reverse("watch:submissions")).content.decode()
    assert sent.number in listed
    assert request.get_absolute_url() in listed
    assert request.get_absolute_url() in desk.get(sent.get_absolute_url()).content.decode()


def test_the_wall_shows_the_chat_and_says_what_it_is(send: Send, desk: Client) -> None:
    send(**{FILE: CHAT.encode()})
    page = desk.get(reverse("watch:wall")).content.decode()
    assert "присланный чат WhatsApp" in page
    assert "прислан участником" in page
    assert "/do/ask/" in page
    assert "/do/delete/" not in page


def test_a_handed_over_chat_has_no_machine_to_switch_on(send: Send, desk: Client) -> None:
    source = send(**{FILE: CHAT.encode()}).source
    assert source is not None
    assert source.title not in desk.get(reverse("watch:sources")).content.decode()
    for name in ("source", "schemes", "mode", "sample"):
        answer = desk.post(reverse(f"watch:{name}", args=[source.public_id]), {"mode": "automatic"})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "original", "picture", "contact"),
    [
        (Role.DISPATCHER, 404, 200, False),
        (Role.DUTY_OFFICER, 200, 200, True),
        (Role.CHIEF, 200, 200, True),
    ],
)
def test_who_sees_what_of_it(
    send: Send,
    client: Client,
    officer: Callable[[str], User],
    role: str,
    original: int,
    picture: int,
    contact: bool,
) -> None:
    sent = send(
        **{FILE: CHAT.encode(), "s.jpg": JPEG},
        sender="administrator",
        contact={"name": "Сауле", "phone": "+77770001122"},
    )
    client.force_login(officer(role), backend=BACKEND)
    page = client.get(sent.get_absolute_url()).content.decode()
    assert ("Сауле" in page) is contact
    for name, status in (("original", original), ("picture", picture)):
        file = sent.files.get(role=name)
        answer = client.get(reverse("watch:submitted_file", args=[file.public_id]))
        assert answer.status_code == status
    assert AuditEvent.objects.filter(kind="submission.file_read").exists()


def test_words_of_a_picture_are_typed_by_an_officer(send: Send, desk: Client) -> None:
    sent = send(**{"s.jpg": JPEG}, title="Дом 5")
    address = reverse("watch:submitted_words", args=[sent.files.get().public_id])
    desk.post(address, {"words": ""})
    assert not sent.findings.exists()
    desk.post(address, {"words": ADVERT})
    assert sent.findings.get().message.standing == "waiting"


def test_keeping_needs_a_number(send: Send, desk: Client) -> None:
    sent = send(**{FILE: CHAT.encode()})
    address = reverse("watch:keep_submission", args=[sent.public_id])
    desk.post(address, {"number": ""})
    assert Submission.objects.get().kept_for == ""
    desk.post(address, {"number": "245500031000777"})
    assert Submission.objects.get().kept_for == "245500031000777"


def test_another_unit_sees_nothing(send: Send, client: Client, unit: Unit) -> None:
    sent = send(**{FILE: CHAT.encode()})
    other = Unit.objects.create(slug="other", name="Другой")
    stranger = User.objects.create_user(
        username="s", password=None, name="S", role=Role.CHIEF, unit=other
    )
    officers.ask_to_delete(
        message=sent.findings.get().message,
        by=User.objects.create_user(
            username="c", password=None, name="C", role=Role.CHIEF, unit=unit
        ),
    )
    client.force_login(stranger, backend=BACKEND)
    for address in (sent.get_absolute_url(), ChatRequest.objects.get().get_absolute_url()):
        assert client.get(address).status_code == 404


# ---- the register ----


TYPED = {
    "name": "Сауле Н.",
    "phone": "8 777 000 11 22",
    "chats": "Дом 5\nДвор\nДом 5",
    "language": "kk",
    "consent_at": "2026-01-10T12:00",
    "consent": "на встрече с жильцами",
    "notes": "председатель",
}


def test_the_register_is_kept_by_hand(desk: Client, unit: Unit) -> None:
    made = desk.post(reverse("watch:new_administrator"), TYPED)
    assert made.status_code == 302, made.content.decode()
    person = ChatAdministrator.objects.get()
    assert (person.phone, person.chats) == ("+77770001122", ["Дом 5", "Двор"])
    twice = desk.post(reverse("watch:new_administrator"), TYPED)
    assert "уже в реестре" in twice.content.decode()
    desk.post(person.get_absolute_url(), TYPED | {"language": "ru"})
    person.refresh_from_db()
    assert person.language == "ru"
    assert "Сауле" in desk.get(reverse("watch:administrators")).content.decode()
    assert AuditEvent.objects.filter(kind="administrator.list_read").exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [("phone", "нет"), ("consent_at", "2099-01-01T00:00"), ("consent", ""), ("chats", " ")],
)
def test_without_consent_or_number_nobody_is_listed(
    desk: Client, unit: Unit, field: str, typed: str
) -> None:
    assert desk.post(reverse("watch:new_administrator"), TYPED | {field: typed}).status_code == 200
    assert not ChatAdministrator.objects.exists()


def person_of(chief: User, **fields: object) -> ChatAdministrator:
    given = {
        "name": "Сауле Н.",
        "phone": "+77770001122",
        "chats": ["Дом 5"],
        "language": "kk",
        "consent_at": now(),
        "consent": "письмом",
        "notes": "",
    }
    return administrators.add(by=chief, **(given | fields))


@pytest.mark.parametrize(("language", "words"), [("kk", "жаднама"), ("ru", "Памятка")])
def test_the_memo_is_in_their_language_and_who_gave_it_is_kept(
    desk: Client, chief: User, language: str, words: str
) -> None:
    person = person_of(chief, language=language)
    paper = desk.get(reverse("watch:memo", args=[person.public_id])).content.decode()
    assert words in paper
    assert "/whatsapp/" in paper
    page = desk.get(person.get_absolute_url()).content.decode()
    assert "https://wa.me/77770001122?text=" in page
    desk.post(reverse("watch:memo_given", args=[person.public_id]), {"way": "paper"})
    memo = Memo.objects.get()
    assert (memo.by, memo.language, memo.way) == (chief, language, "paper")
    assert desk.post(reverse("watch:memo_given", args=[person.public_id])).status_code == 404


def test_whoever_leaves_the_register_is_gone_from_it(desk: Client, chief: User) -> None:
    person = person_of(chief)
    desk.post(reverse("watch:remove_administrator", args=[person.public_id]))
    person.refresh_from_db()
    assert (person.name, person.phone, person.phone_key, person.chats) == ("", "", "", [])
    assert desk.get(person.get_absolute_url()).status_code == 404
    person_of(chief)  # and may come back


def test_who_says_that_they_administer_the_chat_is_proposed(
    send: Send, desk: Client, chief: User
) -> None:
    sent = send(
        **{FILE: CHAT.encode()},
        sender="administrator",
        contact={"name": "Сауле", "phone": "+7 777 000 11 22"},
    )
    page = desk.get(f"{reverse('watch:new_administrator')}?from={sent.public_id}")
    assert 'value="Сауле"' in page.content.decode()
    assert "Дом 5" in page.content.decode()


def test_a_dispatcher_sends_requests_without_reading_the_register(
    send: Send, client: Client, chief: User, officer: Callable[[str], User]
) -> None:
    person_of(chief)
    client.force_login(officer(Role.DISPATCHER), backend=BACKEND)
    officers.ask_to_delete(
        message=send(**{FILE: CHAT.encode()}).findings.get().message,
        by=officer(Role.DISPATCHER),
    )
    page = client.get(ChatRequest.objects.get().get_absolute_url()).content.decode()
    assert "https://wa.me/77770001122?text=" in page
    assert client.get(reverse("watch:administrators")).status_code == 403
