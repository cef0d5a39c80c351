"""The check page and the leaflet, as a resident's browser and printer meet them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.city import City, a_city


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city() as running:
        running.run("init", "--slug", "balqash", "--name", "Балхаш", "--admin-password", "x" * 12)
        running.serve()
        yield running


def test_a_story_is_checked_and_reported_without_javascript(browser: Browser, city: City) -> None:
    context = browser.new_context(
        locale="ru-RU", java_script_enabled=False, viewport={"width": 320, "height": 640}
    )
    page = context.new_page()
    page.goto(city.url)
    page.locator(".choices-big a").nth(1).click()
    page.locator("textarea").fill(
        "С вашего счёта переводят деньги, срочно переведите на безопасный счёт"
    )
    page.locator("main button").click()
    expect(page.locator("h1")).to_contain_text("Похоже на мошенничество")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("button", name="Сообщить об этом").click()
    expect(page.locator("textarea").first).to_have_value(re.compile("безопасный счёт"))
    context.close()


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("scheme", ["", "fake_police_call", "dropper_recruitment"])
def test_the_leaflet_is_one_side_of_a5(
    browser: Browser, city: City, language: str, scheme: str
) -> None:
    page = browser.new_page()
    page.goto(f"{city.url}/leaflet/?lang={language}&scheme={scheme}")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    assert b"/MediaBox [0 0 420 594" in paper
    page.close()
