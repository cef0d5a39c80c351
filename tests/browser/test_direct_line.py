"""The direct line as its people see it: officer and moderator in real browsers, all processes real."""

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city, wait_until
from tests.conftest import PASSWORD
from tests.sites import Sites, running_sites


SETUP = f"""
from tereze.accounts.models import Unit, User
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.models import Partner
by = Actor.machine("test")
unit = Unit.objects.create(slug="c", name="Балхаш")
actions.register_known_partners(unit=unit, by=by)
for slug in ("olx", "kolesa"):
    Partner.objects.filter(slug=slug).update(bases=["ADDRESS/" + slug])
def person(username, role, partner=""):
    user = User.objects.create_user(username=username, password={PASSWORD!r}, name=username, role=role, unit=unit, post="майор")
    if partner:
        actions.add_member(partner=Partner.objects.get(slug=partner), user=user, by=by)
person("chief", "chief")
person("olx", "partner", "olx")
person("kolesa", "partner", "kolesa")
"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with running_sites(tmp_path_factory.mktemp("sites")) as running:
        yield running


@pytest.fixture(scope="module")
def city(sites: Sites) -> Iterator[City]:
    with a_city(TEREZE_STANDINS=sites.host) as city:
        city.python(SETUP.replace("ADDRESS", sites.address))
        city.serve()
        city.start("worker")
        yield city


@pytest.fixture
def moderator(city: City, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    log_in(page, city.url, "olx")
    yield page
    context.close()


def draft(page: Page, city: City, *addresses: str) -> None:
    page.goto(f"{city.url}/desk/requests/new/")
    page.locator("[name=addresses]").fill("\n".join(addresses))
    page.locator("[name=reason]").fill("Предоплата без товара: три сообщения жителей.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: "/new/" not in address)


def test_a_pasted_address_is_captured_signed_ticked_and_verified_gone(
    city: City, sites: Sites, page: Page, moderator: Page
) -> None:
    code, url = sites.post()
    log_in(page, city.url, "chief")
    moderator.goto(f"{city.url}/portal/")
    expect(moderator.locator("[data-live-dot]").first).to_have_attribute("data-state", "on")

    started = time.monotonic()
    draft(page, city, url)
    sign = page.get_by_role("button", name="Утвердить и отправить")
    expect(sign).to_be_visible(timeout=60_000)  # by itself, when the capture is sealed
    sign.click()
    # the moderator's open page shows it without being asked
    row = moderator.get_by_role("listitem").filter(has_text="iPhone 15 Pro")
    expect(row).to_be_visible(timeout=15_000)
    assert time.monotonic() - started < 60
    assert (
        row.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    )

    sites.set(code, status="removed")
    moderator.keyboard.press("j")  # the row, tick, "removed": three keys
    moderator.keyboard.press("x")
    moderator.keyboard.press("1")
    expect(moderator.get_by_text("Принято ответов: 1")).to_be_visible()
    expect(page.get_by_text("Проверено нами: удалено").first).to_be_visible(timeout=60_000)

    # posted again at the same address: our next look reopens it
    sites.set(code, status="active")
    page.keyboard.press("v")
    expect(page.get_by_text("Страница появилась снова").first).to_be_visible(timeout=60_000)
    expect(row).to_be_visible(timeout=15_000)


def test_a_refusal_needs_a_reason_and_reaches_the_officer(
    city: City, sites: Sites, page: Page, moderator: Page
) -> None:
    _code, url = sites.post(title="Коляска детская")
    log_in(page, city.url, "chief")
    draft(page, city, url)
    sign = page.get_by_role("button", name="Утвердить и отправить")
    expect(sign).to_be_visible(timeout=60_000)
    sign.click()
    moderator.goto(f"{city.url}/portal/")
    moderator.get_by_role("link", name="Коляска детская").click()
    moderator.get_by_role("radio", name="отказ").check()
    moderator.get_by_role("button", name="Ответить").click()
    expect(moderator.get_by_text("без неё отказ не принимается").first).to_be_visible()
    moderator.locator("[name=text]").fill("Нарушений правил не нашли")
    moderator.get_by_role("button", name="Ответить").click()
    expect(moderator.get_by_text("ответ принят")).to_be_visible()
    expect(page.get_by_text("Нарушений правил не нашли").first).to_be_visible(timeout=15_000)
    expect(page.get_by_role("heading", name="Ответить партнёру")).to_be_visible(timeout=15_000)


def test_a_pasted_list_shows_its_progress(city: City, sites: Sites, page: Page) -> None:
    addresses = [sites.post(title=f"Телефон {n}")[1] for n in range(3)]
    log_in(page, city.url, "chief")
    draft(page, city, *addresses, "https://example.org/nobody")
    expect(page.get_by_text("неизвестно, кому писать")).to_be_visible()
    expect(page.get_by_role("button", name="Утвердить снятые: 3")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="Утвердить снятые: 3").click()
    expect(page.get_by_text("Утверждено: 3")).to_be_visible()


def test_another_partners_page_does_not_exist(city: City, browser: Browser) -> None:
    key = wait_until(lambda: city.python(FIRST).strip(), what="a request that was sent")
    context = browser.new_context()
    other = context.new_page()
    log_in(other, city.url, "kolesa")
    answer = other.goto(f"{city.url}/portal/{key}/")
    assert answer is not None
    assert answer.status == 404
    context.close()


FIRST = """
from tereze.disruption.models import Request
print(Request.objects.exclude(delivered_at=None).values_list("public_id", flat=True).first() or "")
"""


TWELVE = f"""
from django.db import transaction
from tereze.accounts.models import User
from tereze.casework.actions import Part, store_parts
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Partner
by = Actor.machine("test")
chief = User.objects.get(username="chief")
partner = Partner.objects.get(slug="krisha")
user = User.objects.create_user(username="krisha", password={PASSWORD!r}, name="krisha", role="partner", unit=chief.unit)
actions.add_member(partner=partner, user=user, by=by)
files = store_parts([Part("response.json", "application/json", b"{{}}", outgoing=True)])
with transaction.atomic():
    for n in range(12):
        row = actions.draft_request(unit=chief.unit, url=f"https://krisha.kz/a/show/{{7000000 + n}}", reason="Предоплата", by=by, user=chief).request
        actions.seal_capture(request=row, files=files, seen_at=now(), facts={{}}, by=by, title=f"Квартира {{n:02d}}")
        actions.approve(request=row, user=chief)
"""
NEWS = """
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.models import Request
row = Request.objects.get(title="Квартира 05")
actions.say(request=row, kind="reply", text="Вот документ", by=Actor.machine("test"), from_partner=False)
"""
ANSWERS = """
import json
from tereze.disruption.models import Request
rows = Request.objects.filter(partner__slug="krisha").values_list("answer", "refusal")
print(json.dumps(sorted(f"{answer}{':' if refusal else ''}{refusal}" for answer, refusal in rows)))
"""


def test_twelve_are_worked_off_by_keys_on_a_narrow_page_while_news_arrives(
    city: City, browser: Browser
) -> None:
    city.python(TWELVE)
    context = browser.new_context(locale="ru-RU", viewport={"width": 390, "height": 800})
    page = context.new_page()
    log_in(page, city.url, "krisha")
    page.goto(f"{city.url}/portal/")
    rows = page.locator("[data-item]")
    expect(rows).to_have_count(12)
    expect(page.locator("[data-live-dot]").first).to_have_attribute("data-state", "on")

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    press("j", "x", "j", "j", "x")  # first and third, not the second
    ticked = [rows.nth(n).locator("[type=checkbox]").is_checked() for n in range(4)]
    assert ticked == [True, False, True, False]
    press("j", "a")  # the fourth has an answer of its own
    page.locator("select:focus").select_option("refused:not_ours")
    press("Escape")
    city.python(NEWS)
    expect(page.get_by_text("новое сообщение")).to_be_visible(timeout=15_000)
    ticked = [rows.nth(n).locator("[type=checkbox]").is_checked() for n in range(4)]
    assert ticked == [True, False, True, False], "what was ticked outlives the news"
    press("1")
    expect(page.get_by_text("Принято ответов: 3")).to_be_visible()
    expect(rows).to_have_count(9)
    press("Shift+X", "4", "w")
    page.locator("select:focus").select_option("insufficient_evidence")
    press("Escape", "Shift+Digit4")
    expect(page.get_by_text("Принято ответов: 9")).to_be_visible()
    got = json.loads(city.python(ANSWERS))
    assert got == ["done"] * 2 + ["refused:insufficient_evidence"] * 9 + ["refused:not_ours"]
    overflow = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not overflow
    context.close()
