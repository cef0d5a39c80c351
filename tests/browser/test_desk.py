"""The desk's own script: keys, lists, clocks, theme, and refreshing without disturbing anybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city
from tests.conftest import PASSWORD


SETUP = f"""
from tereze.accounts.models import Unit, User
unit = Unit.objects.create(slug="c", name="Балхаш")
User.objects.create_user(username="admin", password={PASSWORD!r}, name="Ахметов", role="administrator", unit=unit)
"""


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city() as city:
        city.python(SETUP)
        city.serve()
        yield city


@pytest.fixture
def gallery(city: City, page: Page) -> Page:
    log_in(page, city.url, "admin")
    page.goto(f"{city.url}/gallery/")
    expect(page.locator("[data-live-dot]").first).to_have_attribute("data-state", "on")
    return page


def press(page: Page, code: str, key: str) -> None:
    """A key as a keyboard with a Russian layout sends it."""
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",
        [code, key],
    )


def test_the_question_mark_lists_the_keys_and_escape_closes_it(gallery: Page) -> None:
    gallery.keyboard.press("?")
    expect(gallery.locator("#keys")).to_be_visible()
    expect(gallery.locator("#keys")).to_contain_text("ctrl+enter")
    gallery.keyboard.press("Escape")
    expect(gallery.locator("#keys")).to_be_hidden()


def test_rows_are_walked_by_keys_on_any_layout(gallery: Page) -> None:
    press(gallery, "KeyJ", "о")
    expect(gallery.locator("#row-1")).to_be_focused()
    press(gallery, "KeyJ", "о")
    expect(gallery.locator("#row-2")).to_have_attribute("aria-current", "true")
    press(gallery, "KeyK", "л")
    expect(gallery.locator("#row-1")).to_be_focused()
    gallery.keyboard.press("ArrowDown")
    gallery.keyboard.press("Enter")
    assert gallery.url.endswith("#row-2")


def test_letters_typed_into_a_field_stay_letters(gallery: Page) -> None:
    field = gallery.locator("textarea").first
    field.focus()
    gallery.keyboard.type("jk?")
    expect(field).to_have_value("jk?")
    expect(gallery.locator("#keys")).to_be_hidden()


def test_a_clock_turns_red_while_the_page_stands_open(city: City, page: Page) -> None:
    log_in(page, city.url, "admin")
    page.clock.install()
    page.goto(f"{city.url}/gallery/")
    near = page.locator("time.clock-near").first.element_handle()
    assert near is not None
    page.clock.fast_forward(int(timedelta(minutes=21).total_seconds() * 1000))
    page.wait_for_function("clock => clock.classList.contains('clock-over')", arg=near)
    assert "просрочено" in near.inner_text()


def test_the_theme_chosen_is_there_before_the_first_paint(gallery: Page) -> None:
    gallery.locator(".desk-user summary").click()
    gallery.get_by_role("button", name="Тёмный").click()
    response = gallery.reload()
    assert response is not None
    assert 'data-theme="dark"' in response.text()
    gallery.locator(".desk-user summary").click()
    gallery.get_by_role("button", name="Как в системе").click()
    assert "data-theme=" not in (gallery.reload() or response).text()


class Fragment:
    """A list on a page, answered by us, refreshed by the news `live:reports`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rows = [*range(20, 0, -1)]
        self.asked = 0
        page.route("**/fragment", self.answer)
        page.evaluate(
            """() => {
                const part = document.createElement("section");
                part.innerHTML = '<div id="part" class="split-list" hx-get="/fragment" hx-trigger="load, live:reports from:body"></div>';
                document.querySelector("#main").prepend(part);
                htmx.process(part);
            }"""
        )
        page.wait_for_selector("#item-1")

    def answer(self, route: Route) -> None:
        self.asked += 1
        rows = "".join(
            f'<li class="item" id="item-{n}" data-item tabindex="-1"><a class="item-title" href="#x">{n}</a></li>'
            for n in self.rows
        )
        route.fulfill(
            content_type="text/html",
            body=f'<ul class="items" data-list>{rows}</ul><input id="note" value="">',
        )

    def news(self) -> None:
        before = self.asked
        self.page.evaluate(
            "document.body.dispatchEvent(new CustomEvent('live:reports', {bubbles: true}))"
        )
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")
        assert self.asked > before


def test_news_moves_neither_the_chosen_row_nor_the_focus(gallery: Page) -> None:
    part = Fragment(gallery)
    row = gallery.locator("#item-10")
    row.focus()
    top = row.bounding_box()
    part.rows.insert(0, 99)
    part.news()
    expect(gallery.locator("#item-99")).to_be_attached()
    expect(row).to_be_focused()
    after = row.bounding_box()
    assert top is not None
    assert after is not None
    assert abs(after["y"] - top["y"]) <= 1


def test_news_that_changes_nothing_touches_nothing(gallery: Page) -> None:
    part = Fragment(gallery)
    gallery.evaluate("document.querySelector('#item-5').untouched = true")
    part.news()
    assert gallery.evaluate("document.querySelector('#item-5').untouched") is True


def test_news_waits_for_whoever_is_typing(gallery: Page) -> None:
    part = Fragment(gallery)
    gallery.locator("#note").fill("половина мысли")
    part.rows.insert(0, 99)
    part.news()
    expect(gallery.locator("#note")).to_have_value("половина мысли")
    expect(gallery.locator("#item-99")).not_to_be_attached()


def test_every_component_passes_the_rules_of_access(city: City, gallery: Page) -> None:
    for language, theme in [("kk", "light"), ("ru", "dark"), ("en", "light")]:
        gallery.context.add_cookies(
            [
                {"name": "tereze_language", "value": language, "url": city.url},
                {"name": "tereze_theme", "value": theme, "url": city.url},
            ]
        )
        gallery.reload()
        found = Axe().run(gallery)
        assert found.violations_count == 0, found.generate_report()


def test_nothing_is_wider_than_the_window(gallery: Page) -> None:
    for width in (320, 390, 768, 1024, 1440):
        gallery.set_viewport_size({"width": width, "height": 800})
        assert gallery.evaluate("document.documentElement.scrollWidth") <= width


def test_a_lost_line_is_said_and_its_return_too(city: City, gallery: Page) -> None:
    city.stop()
    expect(gallery.locator("#offline")).to_be_visible(timeout=10_000)
    city.start("serve", "--port", city.url.rpartition(":")[2])
    expect(gallery.locator("#offline")).to_be_hidden(timeout=20_000)
