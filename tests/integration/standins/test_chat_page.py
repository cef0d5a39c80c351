"""The page where people type: what the server sends, without a browser."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from .clients import NO_TLS
from .conftest import City


@pytest.fixture
def page(city: City) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=city.address, trust_env=False, verify=NO_TLS) as client:
        yield client


def say(page: httpx.Client, city: City, **fields: object) -> httpx.Response:
    data = {key: str(value) for key, value in fields.items()}
    return page.post(f"/chat/{city.chat}/say", data=data, follow_redirects=True)


def test_a_resident_writes_without_javascript(page: httpx.Client, city: City) -> None:
    answer = say(page, city, **{"as": city.berik, "text": "Сәлеметсіздер ме"})
    assert answer.status_code == 200
    assert "Сәлеметсіздер ме" in answer.text
    (message,) = city.messages().values()
    assert message["from"]["id"] == city.berik


def test_hostile_text_stays_text(page: httpx.Client, city: City) -> None:
    hostile = '<script>alert(1)</script> <img src=x onerror="alert(1)"> {{7*7}} &amp;'
    answer = say(page, city, **{"as": city.anna, "text": hostile})
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "&lt;script&gt;" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_nothing_on_the_page_runs_inline(page: httpx.Client, city: City) -> None:
    html = page.get(f"/chat/{city.chat}").text
    assert not re.search(r"<script(?![^>]*src=)|<style|<[^>]*\s(style|on\w+)=", html)
    assert "//" not in "".join(re.findall(r'(?:src|href|action)="([^"]*)"', html))


def test_both_languages(page: httpx.Client, city: City) -> None:
    russian, kazakh = (
        page.get(f"/chat/{city.chat}", headers={"accept-language": language}).text
        for language in ("ru", "kk-KZ,kk;q=0.9")
    )
    assert 'lang="ru"' in russian
    assert "Отправить" in russian
    assert 'lang="kk"' in kazakh
    assert "Жіберу" in kazakh


def test_changes_arrive_as_they_happen(page: httpx.Client, city: City) -> None:
    number = city.says(city.anna, "куплю карту")
    address = f"/chat/{city.chat}/stream"
    with page.stream("GET", address, params={"as": city.anna, "since": 0}) as stream:
        events = read_events(stream)
        assert "куплю карту" in next(events)["message"]["html"]
        httpx.post(
            f"{city.address}/bot{city.token}/deleteMessage",
            data={"chat_id": city.chat, "message_id": number},
            verify=NO_TLS,
        )
        assert next(events)["message"] == {"id": f"m{number}", "deleted": True, "html": ""}
        httpx.post(
            f"{city.address}/bot{city.token}/restrictChatMember",
            data={"chat_id": city.chat, "user_id": city.anna, "permissions": "{}"},
            verify=NO_TLS,
        )
        assert "composer" not in next(events)["standing"]["html"]


def read_events(stream: httpx.Response) -> Iterator[dict[str, dict[str, object]]]:
    name = ""
    for line in stream.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield {name: json.loads(line.removeprefix("data: "))}


def test_a_banned_person_sees_why_they_cannot_write(page: httpx.Client, city: City) -> None:
    city.post(f"/chats/{city.chat}/members", user_id=city.anna, status="kicked")
    html = page.get(f"/chat/{city.chat}", params={"as": city.anna}).text
    assert "блокировка в этом чате бессрочно" in html
    assert "<textarea" not in html
    answer = say(page, city, **{"as": city.anna, "text": "я тут"})
    assert "Сообщение не отправлено" in answer.text
    assert city.messages() == {}


def test_an_edit_reaches_the_bot(page: httpx.Client, city: City) -> None:
    number = city.says(city.anna, "продам диван")
    say(page, city, **{"as": city.anna, "edit": number, "text": "куплю карту"})
    found = httpx.get(f"{city.address}/bot{city.token}/getUpdates", verify=NO_TLS).json()["result"]
    assert found[-1]["edited_message"]["text"] == "куплю карту"


def test_another_site_cannot_write_here(page: httpx.Client, city: City) -> None:
    answer = page.post(
        f"/chat/{city.chat}/say",
        data={"as": str(city.anna), "text": "x"},
        headers={"origin": "http://evil.example"},
    )
    assert answer.status_code == 403
    assert city.messages() == {}


@pytest.mark.parametrize("path", ["/chat/abc", "/chat/99999999999999999999", "/chat/1/stream"])
def test_odd_addresses_do_no_harm(page: httpx.Client, path: str) -> None:
    assert page.get(path).status_code in {303, 404}


def test_the_appeal_link_of_a_notice_opens_a_chat_with_the_bot(
    page: httpx.Client, city: City
) -> None:
    keyboard = {
        "inline_keyboard": [
            [{"text": "Обжаловать", "url": "https://t.me/tereze_bot?start=appeal-1"}],
            [{"text": "Правила", "url": "javascript:alert(1)"}],
        ]
    }
    httpx.post(
        f"{city.address}/bot{city.token}/sendMessage",
        json={"chat_id": city.chat, "text": "Удалено", "reply_markup": keyboard},
        verify=NO_TLS,
    )
    html = page.get(f"/chat/{city.chat}", params={"as": city.anna}).text
    assert "/start appeal-1" in html
    assert "javascript:" not in html
    answer = page.post(
        f"/chat/{city.chat}/start",
        data={"as": str(city.anna), "bot": str(city.bot), "text": "/start appeal-1"},
        follow_redirects=True,
    )
    assert "/start appeal-1" in answer.text
    found = httpx.get(f"{city.address}/bot{city.token}/getUpdates", verify=NO_TLS).json()["result"]
    assert found[-1]["message"]["chat"]["type"] == "private"
