from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tereze.core import chromium
from tereze.demo.standins.botapi import create_app
from tereze.demo.standins.serving import running
from tests.conftest import PASSWORD
from tests.watching import StandIn


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One a file: as long as it runs, so does its event loop, beside which the tests of the next
    file could not use the database."""
    with sync_playwright() as playwright:
        running = chromium.launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with running(create_app(tmp_path_factory.mktemp("botapi"))) as url:
        yield StandIn(url)


@pytest.fixture(scope="module")
def bot(standin: StandIn) -> int:
    return standin.bot()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A Russian reader's window; an error of a script or a refused asset fails the test."""
    context = browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security" in message.text else None
        ),
    )
    yield opened
    context.close()
    assert complaints == []


SESSIONS: dict[tuple[str, str], list[Any]] = {}  # one log-in per city and person is enough


def log_in(page: Page, url: str, username: str, password: str = PASSWORD) -> None:
    """The first time through the form, afterwards by the session made then."""
    if cookies := SESSIONS.get((url, username)):
        page.context.add_cookies(cookies)
        return
    page.goto(f"{url}/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("main form button").click()
    page.wait_for_url(lambda address: "/login" not in address)
    SESSIONS[url, username] = page.context.cookies()
