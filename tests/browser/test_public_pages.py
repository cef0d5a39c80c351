"""Every page a resident can open without a code: Kazakh all through, narrow, light, within the rules."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser

from tests.city import City, a_city
from tests.screens.language import VISIBLE_TEXT, russian_phrases, untranslated
from tests.screens.plan import FIRST_PAGE_LIMIT
from tests.screens.shoot import weight


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city() as city:
        city.python(
            "from tereze.accounts.models import Unit\n"
            "region = Unit.objects.create(slug='r', name='Облыс')\n"
            "Unit.objects.create(slug='c', name='Балхаш', name_kk='Балқаш', parent=region)"
        )
        city.serve()
        yield city


def public_addresses(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from public_addresses(pattern.url_patterns, address)
        elif "<" not in address and getattr(pattern.callback, "access", "") == "public":
            yield address


def test_pages_for_residents_are_kazakh_narrow_and_accessible(city: City, browser: Browser) -> None:
    phrases = russian_phrases()
    context = browser.new_context(locale="fr-FR", viewport={"width": 320, "height": 700})
    page = context.new_page()
    complaints, seen = [], []
    for address in public_addresses(get_resolver().url_patterns):
        answer = page.request.get(city.url + address)
        if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            continue  # asks for a POST or for a code typed before, or is no page
        page.goto(city.url + address)
        seen.append(address)
        said = [f"Russian: {text!r}" for text in untranslated(page.evaluate(VISIBLE_TEXT), phrases)]
        if page.locator("html").get_attribute("lang") != "kk":
            said.append("does not open in Kazakh")
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > 320:
            said.append(f"{wide} px wide")
        said += [violation["id"] for violation in Axe().run(page).response["violations"]]
        for number in ("tel:102", "tel:1477"):
            if (
                page.locator("body.public").count()
                and not page.locator(f'a[href="{number}"]').count()
            ):
                said.append(f"no {number}")
        complaints += [f"{address}: {what}" for what in said]
    context.close()
    assert {"/", "/report/", "/follow/", "/check/"} <= set(seen)
    assert not complaints, "\n".join(complaints)


def test_the_first_page_is_light(city: City, browser: Browser) -> None:
    assert weight(browser, city) < FIRST_PAGE_LIMIT
