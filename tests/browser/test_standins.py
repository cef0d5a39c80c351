"""What a newcomer sees of the outside world: the city chat, a classifieds site, the mail box."""

import io
import re
import smtplib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from tereze.demo.standins import botapi, mailbox, platform
from tereze.demo.standins.botapi import example as example_chats
from tereze.demo.standins.platform import example as example_adverts
from tereze.demo.standins.serving import running


DROPPER = "куплю карту, оплата сразу"
WARNING = "Полиция предупреждает: «куплю карту, оплата сразу» пишут мошенники"


@pytest.fixture
def chats(tmp_path: Path) -> Iterator[str]:
    app = botapi.create_app(tmp_path)
    example_chats.fill(app.state.city)
    with running(app) as address:
        yield address


@pytest.fixture
def adverts(tmp_path: Path) -> Iterator[str]:
    app = platform.create_app(tmp_path)
    example_adverts.fill(app.state.site)
    with running(app) as address:
        yield address


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[Starlette]:
    app = mailbox.create_app(tmp_path)
    with running(app) as address:
        app.state.address = address
        yield app


def call(chats: str, method: str, **arguments: Any) -> Any:
    answer = httpx.post(f"{chats}/bot{example_chats.TOKEN}/{method}", json=arguments, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def write(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.keyboard.press("Enter")


def heard(chats: str, text: str) -> dict[str, Any]:
    """What the bot hears of it."""
    offset = 0
    while True:
        for update in call(chats, "getUpdates", offset=offset, timeout=5):
            offset = update["update_id"] + 1
            message: dict[str, Any] = update.get("message") or update.get("edited_message") or {}
            if text == (message.get("text") or message.get("caption")):
                return message


def test_a_recruiter_disappears_and_a_warning_stays(page: Page, chats: str) -> None:
    page.goto(chats)
    page.locator("select").select_option(label="Данияр Абенов")
    expect(page.locator("select option:checked")).to_have_text("Данияр Абенов")
    write(page, WARNING)
    write(page, DROPPER)
    typed = page.locator(
        ".message.own", has_text=re.compile(f"^{DROPPER}|{DROPPER}$", re.MULTILINE)
    )
    message = heard(chats, DROPPER)
    place = {"chat_id": message["chat"]["id"]}
    call(chats, "deleteMessage", **place, message_id=message["message_id"])
    deleted = time.monotonic()
    recruiter = page.locator(f"#m{message['message_id']}")
    expect(recruiter).to_have_count(0)
    assert time.monotonic() - deleted < 1.5
    expect(page.locator(".message.own", has_text=WARNING)).to_be_visible()
    expect(typed.filter(has_not_text="Полиция")).to_have_count(0)

    call(
        chats,
        "restrictChatMember",
        **place,
        user_id=message["from"]["id"],
        permissions={"can_send_messages": False},
    )
    expect(page.locator(".stop")).to_contain_text("Данияр Абенов: отправка сообщений закрыта")
    expect(page.locator("textarea")).to_have_count(0)


def test_a_notice_is_answered_with_its_button(page: Page, chats: str) -> None:
    page.goto(chats)
    write(page, "добрый день")
    message = heard(chats, "добрый день")
    button = {"text": "Обжаловать", "callback_data": "appeal:1"}
    call(
        chats,
        "sendMessage",
        chat_id=message["chat"]["id"],
        text="<b>Удалено</b>: скупка карт",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": [[button]]},
    )
    expect(page.locator(".message.bot b")).to_have_text("Удалено")
    page.get_by_role("button", name="Обжаловать").click()
    offset = 0
    query: dict[str, Any] = {}
    while not query:
        for update in call(chats, "getUpdates", offset=offset, timeout=5):
            offset = update["update_id"] + 1
            query = update.get("callback_query", {})
    call(chats, "answerCallbackQuery", callback_query_id=query["id"], text="Обжалование принято")
    expect(page.locator("#toast")).to_have_text("Обжалование принято")


def test_a_message_is_edited_and_a_photo_sent(page: Page, chats: str) -> None:
    page.goto(chats)
    write(page, "продам диван")
    page.locator(".message.own", has_text="продам диван").get_by_role("button").click()
    expect(page.locator("textarea")).to_have_value("продам диван")
    write(page, "куплю карту")
    expect(page.locator(".message.own", has_text="изменено")).to_contain_text("куплю карту")
    assert heard(chats, "куплю карту")["edit_date"]

    picture = io.BytesIO()
    Image.new("RGB", (320, 240), (120, 90, 60)).save(picture, "JPEG")
    page.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    write(page, "подпись к фото")
    shown = page.locator(".message.own", has_text="подпись к фото").locator("img")
    expect(shown).to_be_visible()
    assert heard(chats, "подпись к фото")["photo"][-1]["file_id"]


def test_an_advert_is_found_and_its_phone_shown(page: Page, adverts: str) -> None:
    page.goto(f"{adverts}/olx/")
    page.locator("[name=q]").fill("GALAXY")
    page.keyboard.press("Enter")
    page.locator(".cards a").click()
    page.locator("[data-phone]").click()
    expect(page.locator(".phone")).to_have_attribute("href", re.compile(r"^tel:\+7701555"))
    photos = page.locator(".photos img")
    expect(photos).to_have_count(3)
    for number in range(3):
        expect(photos.nth(number)).to_have_js_property("naturalWidth", 960)


def test_a_letter_appears_by_itself(page: Page, letters: Starlette) -> None:
    page.goto(letters.state.address)
    with smtplib.SMTP("127.0.0.1", letters.state.smtp_port, timeout=5) as smtp:
        smtp.sendmail("a@example.kz", ["b@example.kz"], "Subject: Request 12\r\n\r\nPlease look")
    page.get_by_text("Request 12").click()
    expect(page.locator("article .text")).to_contain_text("Please look")


@pytest.mark.parametrize("lang", ["ru", "kk"])
@pytest.mark.parametrize("width", [390, 1440])
def test_pages_fit_and_are_accessible(
    browser: Browser, chats: str, adverts: str, letters: Starlette, lang: str, width: int
) -> None:
    advert = httpx.get(f"{adverts}/_site/listings").json()[0]["path"]
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    paths = ["/", "/olx/", "/krisha/post", "/kolesa/account", "/_site/", advert]
    addresses = [chats, letters.state.address, *[adverts + path for path in paths]]
    found: list[str] = []
    for address in addresses:
        page.goto(f"{address}?lang={lang}")
        assert page.evaluate("document.documentElement.lang") == lang
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, address
        for violation in Axe().run(page).response["violations"]:
            targets = [node["target"] for node in violation["nodes"]]
            found.append(f"{page.url}: {violation['help']}: {targets}")
    context.close()
    assert found == []
