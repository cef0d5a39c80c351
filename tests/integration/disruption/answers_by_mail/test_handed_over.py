"""A resident exports a chat by e-mail, as WhatsApp offers it: read, answered with a receipt."""

from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import User
from tereze.disruption.models import Incoming
from tereze.watch.models import Submission
from tests.unit.watch.submissions.conftest import CHAT, zipped

from .conftest import Line, work


pytestmark = pytest.mark.django_db


def letter(subject: str, text: str = "", **files: bytes) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Айгуль <aigul@mail.example>"
    made["To"] = "kiberpol@police.example"
    made["Subject"] = subject
    made["Message-ID"] = f"<{abs(hash((subject, text)))}@mail.example>"
    made.set_content(text)
    for name, content in files.items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made


def test_an_exported_chat_becomes_a_submission_and_gets_a_receipt(line: Line) -> None:
    archive = zipped(**{"_chat.txt": CHAT.encode()})
    line.post.put(letter("Чат WhatsApp с контактом Дом 5", **{"WhatsApp Chat.zip": archive}))
    line.read()
    work(Submission)
    sent = Submission.objects.get()
    assert (sent.channel, sent.state, sent.messages_read) == ("email", "read", 3)
    assert sent.source is not None
    assert sent.source.title == "Дом 5"
    (receipt,) = line.outbox.letters
    assert receipt["To"] == "aigul@mail.example"
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert sent.number in receipt["Subject"]
    assert "/whatsapp/" in str(receipt.get_content())


def test_the_letter_itself_is_not_open_to_everybody_who_reads_letters(
    line: Line, client: Client, chief: User
) -> None:
    line.post.put(letter("WhatsApp Chat with Дом 5", **{"chat.txt": CHAT.encode()}))
    line.read()
    row = Incoming.objects.get()
    assert (row.state, row.why, row.content["sender"]) == ("noted", "handed_over", "")
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("disruption:letters"), {"view": "all", "letter": row.public_id})
    assert page.status_code == 200
    assert client.get(reverse("disruption:letter_source", args=[row.public_id])).status_code == 404


@pytest.mark.parametrize(
    ("subject", "files"),
    [
        ("Вопрос", {}),
        ("Справка", {"справка.txt": "Просто текст, не чат".encode()}),
        ("Фото", {"фото.jpg": b"\xff\xd8\xff picture"}),
    ],
)
def test_other_letters_stay_letters(line: Line, subject: str, files: dict[str, bytes]) -> None:
    line.post.put(letter(subject, "Здравствуйте", **files))
    line.read()
    assert Incoming.objects.get().state == "unknown"
    assert not Submission.objects.exists()


@pytest.mark.parametrize("name", ["WhatsApp", "ватсапа", "вацапа", "уатсаптан", "вотсапа"])
def test_a_picture_under_the_name_of_whatsapp_is_one(line: Line, name: str) -> None:
    line.post.put(letter(f"Скрин {name}", "Вот", **{"s.jpg": b"\xff\xd8\xff picture"}))
    line.read()
    work(Submission)
    sent = Submission.objects.get()
    assert sent.files.filter(role="picture").count() == 1
    assert sent.state == "read"
