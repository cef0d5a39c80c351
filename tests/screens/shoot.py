"""Pictures of the main pages of the example city, and what an eye should not have to find.

    python -m tests.screens.shoot [NAME…]

Writes PNG files to build/screens: every page at 390 and 1440 px in Russian and Kazakh, some in dark
too. Fails on a broken accessibility rule (axe), on a page wider than its window, on a first page
above 60 kB and on a Russian phrase on a Kazakh page for residents.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tereze.core import chromium
from tests.city import City
from tests.screens.example import example_city
from tests.screens.language import VISIBLE_TEXT, russian_phrases, untranslated
from tests.screens.plan import FIRST_PAGE_LIMIT, LANGUAGES, SCREENS, WIDTHS, Screen


FOLDER = Path(__file__).parents[2] / "build" / "screens"
KEYS_TWICE = """() => {
    const keys = [...document.querySelectorAll("[data-key]")]
        .filter((element) => element.getClientRects().length && !element.closest("[data-item]")
            && !element.dataset.key.startsWith("ctrl+"))  // of the form one is in
        .map((element) => element.dataset.key);
    return [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))];
}"""
AA = {"resultTypes": ["violations"]}
AAA = {**AA, "rules": {"color-contrast-enhanced": {"enabled": True}}}
SESSION = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from tereze.accounts.models import User
for role in {roles!r}:
    user = User.objects.filter(role=role, is_active=True).order_by("pk").first()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(role, session.session_key)
"""


def sessions(city: City) -> dict[str, str]:
    """A logged-in session per role, made beside the log-in form (which has tests of its own)."""
    roles = sorted({screen.role for screen in SCREENS if screen.role})
    lines = city.python(SESSION.format(roles=roles)).splitlines()
    return dict(line.split() for line in lines)


class Visit:
    """One window of one reader."""

    def __init__(
        self, browser: Browser, city: City, *, width: int, language: str, theme: str = "light"
    ) -> None:
        self.city = city
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            locale={"ru": "ru-RU", "kk": "kk-KZ"}[language],
            reduced_motion="reduce",
        )
        self.context.add_cookies(
            [
                {"name": "tereze_language", "value": language, "url": city.url},
                {"name": "tereze_theme", "value": theme, "url": city.url},
            ]
        )
        self.name = f"{width}-{language}" + ("-dark" if theme == "dark" else "")
        self.width, self.language = width, language
        self.page: Page = self.context.new_page()

    def become(self, session: str) -> None:
        if session:
            self.context.add_cookies(
                [{"name": "sessionid", "value": session, "url": self.city.url}]
            )

    def open(self, screen: Screen) -> Response:
        answer = self.page.goto(self.city.url + screen.address, wait_until="load")
        if screen.follow:
            link = self.page.locator(screen.follow).first
            address = link.evaluate("element => element.closest('a').getAttribute('href')")
            answer = self.page.goto(self.city.url + address)
        assert answer is not None
        self.page.wait_for_function(
            "() => !window.htmx || (document.querySelectorAll('.htmx-request').length === 0"
            " && [...document.querySelectorAll('.panel-wait')].length === 0)"
        )
        if self.page.locator("[data-live-dot]").count():
            self.page.locator("[data-live-dot][data-state=on]").first.wait_for()
        return answer

    def look(self, screen: Screen, phrases: set[str]) -> Iterator[str]:
        answer = self.open(screen)
        if not answer.ok:
            yield f"answered {answer.status}"
        self.page.screenshot(path=FOLDER / f"{screen.name}-{self.name}.png", full_page=True)
        found = Axe().run(self.page, options=AAA if screen.is_wall else AA)
        for violation in found.response["violations"]:
            places = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
            yield f"{violation['id']}: {violation['help']} ({places})"
        for key in self.page.evaluate(KEYS_TWICE):
            yield f"the key {key!r} has two meanings"
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > self.width:
            yield f"is {wide} px wide in a window of {self.width}"
        if screen.is_public and self.language == "kk":
            for text in untranslated(self.page.evaluate(VISIBLE_TEXT), phrases):
                yield f"Russian on a Kazakh page: {text[:90]!r}"


def weight(browser: Browser, city: City) -> int:
    """Bytes of the first page with everything it asks for, as they travel."""
    context = browser.new_context(locale="kk-KZ")
    page = context.new_page()
    total = 0
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def add(event: dict[str, float]) -> None:
        nonlocal total
        total += int(event["encodedDataLength"])

    client.on("Network.loadingFinished", add)
    page.goto(city.url + "/", wait_until="networkidle")
    context.close()
    return total


def windows() -> Iterator[tuple[int, str, str]]:
    for theme in ("light", "dark"):
        for width in WIDTHS:
            for language in LANGUAGES:
                yield width, language, theme


def shoot(city: City, browser: Browser, wanted: list[str]) -> list[str]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    phrases, keys = russian_phrases(), sessions(city)
    screens = [screen for screen in SCREENS if not wanted or screen.name in wanted]
    complaints = []
    for width, language, theme in windows():
        for screen in screens:
            if theme == "dark" and not screen.both_themes:
                continue
            visit = Visit(browser, city, width=width, language=language, theme=theme)
            visit.become(keys.get(screen.role, ""))
            complaints += [
                f"{screen.name}-{visit.name}: {said}" for said in visit.look(screen, phrases)
            ]
            visit.context.close()
    if not wanted:
        heavy = weight(browser, city)
        print(f"first page: {heavy / 1000:.1f} kB of {FIRST_PAGE_LIMIT / 1000:.0f}")
        if heavy > FIRST_PAGE_LIMIT:
            complaints.append(f"the first page weighs {heavy} bytes")
    return complaints


def main() -> int:
    started = time.monotonic()
    with example_city() as city, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        complaints = shoot(city, browser, sys.argv[1:])
        browser.close()
    for complaint in complaints:
        print(complaint)
    count = len(list(FOLDER.glob("*.png")))
    print(
        f"{count} pictures in {FOLDER}, {len(complaints)} complaints, {time.monotonic() - started:.0f} s"
    )
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
