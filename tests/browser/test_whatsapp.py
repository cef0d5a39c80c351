"""From a resident's phone to the administrator's answer: a zip, the wall, a request, a link."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city
from tests.conftest import PASSWORD


SETUP = f"""
from tereze.accounts.models import Unit, User
from tereze.core.clock import now
from tereze.watch.actions import administrators
unit = Unit.objects.create(slug="c", name="Балхаш")
duty = User.objects.create_user(username="duty", password={PASSWORD!r}, name="Ахметов", role="duty_officer", unit=unit)
administrators.add(by=duty, name="Сауле", phone="+77770001122", chats=["Дом 5"], language="ru", consent_at=now(), consent="на встрече", notes="")
"""
CHAT = (
    "[20.11.2026, 18:00:41] Айгуль: Всем добрый вечер! Кто знает, когда дадут воду?\n"
    "[21.11.2026, 09:15:02] ~ Скупщик: Куплю карту, оплата сразу, писать в личку\n"
)
SECONDS = 60_000


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city(PYTHONPATH=str(Path(__file__).parents[2])) as city:
        city.python(SETUP)
        city.serve()
        city.start("worker")
        city.start("watch")
        yield city


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("_chat.txt", CHAT)
    return made.getvalue()


@pytest.mark.timeout(300)
def test_from_a_phone_to_the_wall_and_back_to_the_chat(
    city: City, browser: Browser, page: Page
) -> None:
    phone = browser.new_context(
        locale="ru-RU", viewport={"width": 390, "height": 800}, java_script_enabled=False
    ).new_page()
    phone.goto(f"{city.url}/whatsapp/")
    phone.get_by_label("Файл чата или снимки экрана").set_input_files(
        {"name": "WhatsApp Chat - Дом 5.zip", "mimeType": "application/zip", "buffer": archive()}
    )
    phone.get_by_role("button", name="Отправить").click()
    expect(phone.locator("#receipt")).to_be_visible()
    receipt = phone.url

    # the advert comes to the wall by itself; d asks, and nothing else can be done there
    log_in(page, city.url, "duty")
    page.goto(f"{city.url}/desk/wall/")
    waiting = page.locator("[data-list=waiting] [data-item]")
    expect(waiting).to_have_count(1, timeout=SECONDS)
    expect(waiting.first).to_contain_text("присланный чат WhatsApp")
    expect(waiting.first).to_have_attribute("aria-current", "true")
    page.keyboard.press("d")
    expect(waiting).to_have_count(0, timeout=SECONDS)

    # the list by key, the request, the prepared words; the officer says that they were sent
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.get_by_role("link", name="Дом 5", exact=True).first.click()
    words = page.locator("#words")
    expect(words).to_contain_text("Дом 5")
    expect(page.get_by_role("link", name="Открыть в WhatsApp")).to_have_attribute(
        "href", re.compile(r"^https://wa\.me/77770001122\?text=")
    )
    link = next(part for part in words.inner_text().split() if "/chat-request/" in part)
    page.get_by_role("button", name="Я отправил(а)").click()
    expect(page.locator("#messages")).to_contain_text("Часы пошли")

    # the administrator answers without a log-in; opening the link alone did nothing
    token = link.partition("/chat-request/")[2].strip("/")
    phone.goto(f"{city.url}/chat-request/{token}/")
    expect(phone.locator("main")).to_contain_text("Куплю карту")
    phone.get_by_label("Да, удалил(а) у всех").check()
    phone.get_by_role("button", name="Ответить").click()
    expect(phone.locator("main")).to_contain_text("Вы подтвердили это")

    page.goto(f"{city.url}/desk/wall/")
    done = page.locator("[data-list=done] [data-item]")
    expect(done.first).to_contain_text("администратор чата удалил", timeout=SECONDS)
    expect(done.first).to_contain_text("проверить нельзя")
    phone.goto(receipt)
    expect(phone.locator("main")).to_contain_text("публикаций в чате больше нет")
    phone.context.close()
