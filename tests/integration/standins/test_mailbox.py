"""The stand-in mail server, driven by Python's own SMTP client."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import httpx
import pytest

from tereze.demo.standins import mailbox
from tereze.demo.standins.serving import running

from .clients import NO_TLS


@dataclass
class Post:
    http: httpx.Client
    port: int

    def send(self, message: EmailMessage, *, login: str = "") -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as smtp:
            if login:
                smtp.login(login, "secret")
            smtp.send_message(message)

    def trouble(self, **trouble: object) -> None:
        assert self.http.post("/_mail/troubles", json={"troubles": [trouble]}).status_code == 200


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    app = mailbox.create_app(tmp_path_factory.mktemp("mailbox"))
    with (
        running(app) as address,
        httpx.Client(base_url=address, trust_env=False, verify=NO_TLS) as http,
    ):
        yield Post(http, app.state.smtp_port)


@pytest.fixture
def post(server: Post) -> Post:
    server.http.delete("/_mail/letters")
    server.http.delete("/_mail/troubles")
    return server


def letter(to: str = "abuse@olx.example") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Уведомление № 12: удалить объявление"
    message["From"] = "Tereze <window@police.example>"
    message["To"] = to
    message["Message-ID"] = "<12@tereze.example>"
    message.set_content("Ответить: http://127.0.0.1:8000/answer/abc.\n<script>alert(1)</script>\n")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="фото.pdf")
    return message


def test_a_letter_is_kept_as_it_came(post: Post) -> None:
    post.send(letter(), login="tereze")
    (kept,) = post.http.get("/_mail/letters").json()
    assert kept["subject"] == "Уведомление № 12: удалить объявление"
    assert kept["recipients"] == ["abuse@olx.example"]
    assert kept["message_id"] == "<12@tereze.example>"
    assert kept["text"].startswith("Ответить: http://127.0.0.1:8000/answer/abc.\n")
    assert kept["attachments"] == [{"name": "фото.pdf", "type": "application/pdf", "size": 8}]
    assert kept["login"] == "tereze"


def test_letters_are_found_by_recipient(post: Post) -> None:
    post.send(letter("first@example.kz"))
    post.send(letter("second@example.kz"))
    found = post.http.get("/_mail/letters", params={"to": "second@example.kz"}).json()
    assert [one["to"] for one in found] == ["second@example.kz"]


def test_the_page_links_the_answer_and_escapes_the_rest(post: Post) -> None:
    post.send(letter())
    number = post.http.get("/_mail/letters").json()[0]["id"]
    html = post.http.get(f"/letters/{number}").text
    assert 'href="http://127.0.0.1:8000/answer/abc"' in html
    assert "<script>alert" not in html
    download = post.http.get(f"/letters/{number}/files/0/x")
    assert download.content == b"%PDF-1.7"
    assert download.headers["content-disposition"] == "attachment"
    assert "<article>" not in post.http.get("/").text


@pytest.mark.parametrize(
    "path",
    ["/letters/none", "/letters/..%2f..%2fetc", "/letters/none/source", "/letters/x/files/0/y"],
)
def test_odd_addresses_are_not_found(post: Post, path: str) -> None:
    assert post.http.get(path).status_code == 404


@pytest.mark.parametrize("code", [451, 550])
def test_letters_are_refused_on_demand(post: Post, code: int) -> None:
    post.trouble(code=code, text="not now", recipient="abuse@olx.example")
    post.send(letter("other@example.kz"))
    with pytest.raises(smtplib.SMTPDataError) as refused:
        post.send(letter())
    assert refused.value.smtp_code == code
    post.send(letter())
    assert post.http.get("/_mail/count").json() == {"count": 2}


def test_a_letter_may_be_taken_and_the_answer_lost(post: Post) -> None:
    post.trouble(code=451, after=True)
    with pytest.raises(smtplib.SMTPDataError):
        post.send(letter())
    assert post.http.get("/_mail/count").json() == {"count": 1}


def test_an_empty_box_says_what_comes_here(post: Post) -> None:
    assert "Писем пока нет" in post.http.get("/").text
    assert "Әзірге хат жоқ" in post.http.get("/?lang=kk").text
