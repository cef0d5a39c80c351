"""A dispatcher's night at the wall, without a mouse, in front of real chats of the stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city, wait_until
from tests.conftest import PASSWORD
from tests.watching import ADVERT, Chat, StandIn


SETUP = f"""
from tereze.accounts.models import Unit, User
from tereze.watch.actions import shifts
from tests.watching import Chat, StandIn, watched
unit = Unit.objects.create(slug="c", name="Балхаш")
duty = User.objects.create_user(username="duty", password={PASSWORD!r}, name="Ахметов", role="duty_officer", unit=unit)
watched(unit, Chat(StandIn("%s"), %d), mode="review", title="Балхаш объявления")
shifts.begin(by=duty)
"""
SECONDS = 60_000  # milliseconds: the watch process may just be starting on a busy machine


@pytest.fixture(scope="module")
def people(standin: StandIn) -> list[int]:
    return [standin.resident(name) for name in ("Скупщик", "Второй скупщик", "Сосед")]


@pytest.fixture(scope="module")
def chat(standin: StandIn, bot: int, people: list[int]) -> Chat:
    return standin.chat("Балхаш объявления", bot=bot, members=people)


@pytest.fixture(scope="module")
def city(standin: StandIn, chat: Chat) -> Iterator[City]:
    allowed = standin.url.removeprefix("http://")
    with a_city(TEREZE_STANDINS=allowed, PYTHONPATH=str(Path(__file__).parents[2])) as city:
        city.python(SETUP % (standin.url, chat.id))
        city.serve()
        city.start("watch")
        yield city


@pytest.mark.timeout(300)
def test_a_night_at_the_wall_by_keyboard(
    city: City, chat: Chat, bot: int, people: list[int], page: Page
) -> None:
    first, second, neighbour = people
    log_in(page, city.url, "duty")
    page.goto(f"{city.url}/desk/wall/")
    expect(page.get_by_text("Спокойно")).to_be_visible()

    # an advert appears by itself, chosen, with its reasons; an ordinary message only in its chat
    advert = chat.post(first, f"{ADVERT}, писать в личку")
    chat.post(neighbour, "Доброе утро, соседи!")
    waiting = page.locator("[data-list=waiting] [data-item]")
    expect(waiting).to_have_count(1, timeout=SECONDS)
    expect(waiting.first).to_contain_text("противоправное")
    expect(waiting.first.locator("mark").first).to_be_visible()
    expect(waiting.first).to_have_attribute("aria-current", "true")
    expect(page.locator(".wall-chat")).to_contain_text("Доброе утро, соседи!")

    # d deletes it
    page.keyboard.press("d")
    expect(waiting).to_have_count(0, timeout=SECONDS)
    wait_until(lambda: not chat.is_there(advert), what="the deletion", seconds=60)
    done = page.locator("[data-list=done] [data-item]")
    expect(done.first).to_contain_text("не найдено", timeout=SECONDS)

    # the next one: b bans the author too, u takes it back
    chat.post(second, f"{ADVERT}, писать в личку")  # so that a link to the same text stands in it
    expect(waiting).to_have_count(1, timeout=SECONDS)
    expect(waiting.first).to_have_attribute("aria-current", "true")
    page.keyboard.press("b")
    wait_until(lambda: chat.status(second) == "kicked", what="the ban", seconds=60)
    expect(done).to_have_count(2, timeout=SECONDS)
    page.keyboard.press("j")
    expect(done.first).to_have_attribute("aria-current", "true")
    page.keyboard.press("u")
    wait_until(lambda: chat.status(second) == "left", what="the end of the ban", seconds=120)
    expect(done.first).to_contain_text("отменено", timeout=SECONDS)

    # Enter opens the message with its history; Escape comes back
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Что решено и сделано")).to_be_visible()
    assert page.url.endswith("/")  # itself, and not the first link in it
    expect(page.get_by_role("cell", name="разблокировать автора")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Стена", exact=True)).to_be_visible()

    # a chat that is not seen is loud
    chat.demote(bot)
    expect(page.get_by_role("alert")).to_contain_text("СТЕНА НЕ ВИДИТ", timeout=SECONDS)
