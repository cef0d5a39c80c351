"""A screenshot out of WhatsApp and one attached to a report: read by the program, put right by a person."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city
from tests.conftest import PASSWORD
from tests.drawn import screenshot


SETUP = f"""
from tereze.accounts.models import Unit, User
unit = Unit.objects.create(slug="c", name="Балхаш")
User.objects.create_user(username="chief", password={PASSWORD!r}, name="Ахметова", role="chief", unit=unit)
"""
ADVERT = "Куплю карту, оплата сразу. Писать +7 702 555 44 33"
THREAT = "Ваш счёт заблокирован, перезвоните: +7 771 555 90 14"
SECONDS = 60_000


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city(PYTHONPATH=str(Path(__file__).parents[2])) as city:
        city.python(SETUP)
        city.serve()
        city.start("worker")
        yield city


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        locale="ru-RU", viewport={"width": 390, "height": 800}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def file(words: str) -> dict[str, object]:
    return {"name": "снимок.jpg", "mimeType": "image/jpeg", "buffer": screenshot(words)}


@pytest.mark.timeout(300)
def test_a_screenshot_of_a_chat(city: City, phone: Page, page: Page) -> None:
    phone.goto(f"{city.url}/whatsapp/")
    phone.get_by_label("Файл чата или снимки экрана").set_input_files(file(ADVERT))  # type: ignore[arg-type]
    phone.get_by_role("button", name="Отправить").click()
    expect(phone.locator("#receipt")).to_be_visible()

    # it comes to the wall by itself, with the words that were read; one key leads to what was sent
    log_in(page, city.url, "chief")
    page.goto(f"{city.url}/desk/wall/")
    waiting = page.locator("[data-list=waiting] [data-item]")
    expect(waiting).to_have_count(1, timeout=SECONDS)
    expect(waiting.first).to_contain_text("прочитано с картинки")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.get_by_role("link", name="WhatsApp", exact=False).last.click()
    card = page.locator("section.card").filter(has_text="снимок.jpg")
    expect(card).to_contain_text("противоправное")
    expect(card.locator("img")).to_be_visible()

    # misread, says the officer: nobody waits for it any more
    words = card.get_by_label("Что написано на снимке")
    expect(words).to_have_value(re.compile("Куплю карту"))
    words.fill("Отдам котят в добрые руки")
    words.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("оценён")
    expect(card).to_contain_text("обычное")
    page.goto(f"{city.url}/desk/wall/")
    expect(waiting).to_have_count(0)


@pytest.mark.timeout(300)
def test_a_screenshot_of_a_report(city: City, phone: Page, page: Page) -> None:
    phone.goto(f"{city.url}/report/")
    phone.locator("[name=text]").fill("Прислали такое, что делать?")
    phone.locator("input[type=file]").first.set_input_files(file(THREAT))  # type: ignore[arg-type]
    phone.get_by_role("button", name="Отправить").click()
    expect(phone.locator("h1")).to_have_text("Сообщение принято")

    log_in(page, city.url, "chief")
    page.goto(f"{city.url}/desk/intake/")
    page.get_by_role("link", name="2026-", exact=False).first.click()
    report = page.locator("#report")
    expect(report).to_contain_text("прочитано программой, не сверено", timeout=SECONDS)
    expect(report).to_contain_text("со снимка, не сверено")
    summary = report.locator("summary", has_text="Снимок и его текст")
    summary.press("Enter")
    expect(report.locator("img.reported-picture")).to_be_visible()
    expect(report.locator("[name=words]")).to_have_value(re.compile("заблокирован"))
    report.get_by_role("button", name="Сверено, текст верный").press("Enter")
    expect(report).to_contain_text("текст сверен", timeout=SECONDS)
    expect(report).not_to_contain_text("со снимка, не сверено")
