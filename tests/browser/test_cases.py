"""One file, three officers at once: each sees the others' changes, nobody's typing is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city
from tests.conftest import PASSWORD


SETUP = f"""
from tereze.accounts.models import Unit, User
unit = Unit.objects.create(slug="c", name="Балхаш")
for role in ("operative", "investigator", "it_specialist"):
    User.objects.create_user(username=role, password={PASSWORD!r}, name=role, role=role, unit=unit)
"""
CASE = """
from datetime import timedelta
from tereze.accounts.models import User
from tereze.casework.actions import cases
from tereze.core.clock import now
owner, *others = User.objects.order_by("pk")
case = cases.open_case(unit=owner.unit, title="Звонок из банка", owner=owner, by=owner.actor)
for user in others:
    cases.admit(case=case, user=user, by=owner.actor)
cases.add_task(case=case, title="Выписка", owner=owner, due_at=now() + timedelta(days=1), by=owner.actor)
print(case.public_id)
"""
ROLES = ("operative", "investigator", "it_specialist")


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city() as city:
        city.python(SETUP)
        city.serve()
        yield city


@pytest.fixture
def three(browser: Browser, city: City) -> Iterator[list[Page]]:
    """Three officers before a file of this test alone."""
    key = city.python(CASE).strip().splitlines()[-1]
    pages = []
    for role in ROLES:
        page = browser.new_context(locale="ru-RU").new_page()
        log_in(page, city.url, role)
        page.goto(f"{city.url}/desk/cases/{key}/")
        expect(page.locator("[data-live-dot]").first).to_have_attribute("data-state", "on")
        pages.append(page)
    yield pages
    for page in pages:
        page.context.close()


def test_three_work_in_one_file_by_keyboard(three: list[Page]) -> None:
    operative, investigator, specialist = three
    specialist.keyboard.press("n")
    specialist.keyboard.type("полмысли")
    operative.keyboard.press("n")
    operative.keyboard.type("Позвонил в банк")
    operative.keyboard.press("Control+Enter")
    for page in three:
        expect(page.locator("main")).to_contain_text("Позвонил в банк")
        expect(page.locator("main")).to_contain_text("добавлена заметка")
    expect(specialist.locator("details[open] textarea")).to_have_value("полмысли")
    specialist.keyboard.press("Control+Enter")
    expect(investigator.locator("main")).to_contain_text("полмысли")


def test_two_enter_a_number_at_once_and_the_second_is_asked(three: list[Page]) -> None:
    first, second, _third = three
    for page, number in ((first, "26-1"), (second, "26-2")):
        page.keyboard.press("k")
        page.keyboard.type(number)
    first.keyboard.press("Control+Enter")
    expect(second.locator("dl.facts")).to_contain_text("26-1")
    second.keyboard.press("Control+Enter")
    expect(second.get_by_role("alert")).to_contain_text("26-1")
    expect(second.locator("[name=number]")).to_have_value("26-2")
    expect(first.locator("dl.facts")).to_contain_text("26-1")


def test_two_tick_one_task_and_it_stays_ticked(three: list[Page]) -> None:
    first, second, third = three
    second.route("**/live/**", lambda route: route.abort())  # hears nothing of the first
    second.reload()
    for page in (first, second):
        page.get_by_role("button", name="готово").click()
        expect(page.get_by_role("button", name="вернуть")).to_be_visible()
    expect(third.get_by_role("button", name="вернуть")).to_be_visible()


def test_my_tasks_come_and_go_on_the_list_of_cases(three: list[Page]) -> None:
    owner, colleague, _third = three
    desk, key = owner.url.split("cases/")
    owner.goto(f"{desk}cases/")
    expect(owner.locator("[data-live-dot]").first).to_have_attribute("data-state", "on")
    mine = owner.locator(f"a[href*='{key}#task-']")
    expect(mine).to_have_text("Выписка")
    colleague.get_by_role("button", name="готово").click()
    expect(mine).to_be_hidden()
    colleague.get_by_role("button", name="вернуть").click()
    expect(mine).to_be_visible()
