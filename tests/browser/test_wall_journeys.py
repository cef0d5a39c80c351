"""What a decision leads to, in a browser and by keyboard: the rest of the fight, a second officer,
an undo that ends looked at or before a person, an author who appeals, a raid, a minute on trial."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city, wait_until
from tests.conftest import PASSWORD
from tests.watching import ADVERT, Chat, StandIn


SETUP = f"""
from tereze.accounts.models import Unit, User
from tereze.disruption.actions import register_known_partners
from tereze.watch.actions import shifts
from tests.watching import ADMINISTRATOR, Chat, StandIn, watched
unit = Unit.objects.create(slug="c", name="Балхаш", name_kk="Балқаш")
register_known_partners(unit=unit, by=ADMINISTRATOR)
for role in ("operative", "chief"):
    User.objects.create_user(username=role, password={PASSWORD!r}, name="Ахметов " + role, role=role, unit=unit)
standin, chats = StandIn("%s"), %s
for title, number in chats.items():
    mode = {{"Автомат": "automatic", "Проба": "off"}}.get(title, "review")
    watched(unit, Chat(standin, number), mode=mode, title=title, author_act="none")
shifts.begin(by=User.objects.get(username="operative"))
"""
SECONDS = 60_000  # milliseconds: the watch process may just be starting on a busy machine
TITLES = ("Автомат", "Двор", "Рынок", "Проба")


@pytest.fixture(scope="module")
def sellers(standin: StandIn) -> list[int]:
    return [standin.resident(f"Скупщик {number}") for number in range(8)]


@pytest.fixture(scope="module")
def chats(standin: StandIn, bot: int, sellers: list[int]) -> dict[str, Chat]:
    return {title: standin.chat(title, bot=bot, members=sellers) for title in TITLES}


@pytest.fixture(scope="module")
def city(standin: StandIn, chats: dict[str, Chat]) -> Iterator[City]:
    environment = {
        "TEREZE_STANDINS": standin.url.removeprefix("http://"),
        "TEREZE_WATCH_ALONE_CHATS": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    with a_city(**environment) as city:
        city.python(SETUP % (standin.url, {title: chat.id for title, chat in chats.items()}))
        city.serve()
        city.start("watch")
        yield city


def advert_on(page: Page, chat: Chat, seller: int, words: str) -> None:
    """It stands before the officer, chosen."""
    chat.post(seller, words)
    mine = page.locator("[data-list=waiting] [data-item]", has_text=words[-20:])
    expect(mine).to_have_count(1, timeout=SECONDS)
    mine.click()


@pytest.mark.timeout(300)
def test_from_a_block_to_the_rest_of_the_fight_in_one_key(
    city: City, chats: dict[str, Chat], sellers: list[int], page: Page
) -> None:
    log_in(page, city.url, "operative")
    page.goto(f"{city.url}/desk/wall/")
    words = f"{ADVERT}, 8 701 555 12 34, https://www.olx.kz/d/obyavlenie/karta-IDr9sfK.html"
    advert_on(page, chats["Двор"], sellers[0], words)
    page.keyboard.press("d")
    done = page.locator("[data-list=done] [data-item]", has_text="IDr9sfK")
    expect(done).to_have_count(1, timeout=SECONDS)
    done.click()
    page.keyboard.press("i")
    expect(page.locator("#said")).to_contain_text("Kcell", timeout=SECONDS)
    expect(page.locator("#said")).to_contain_text("предупреждения жителям")
    expect(done).to_contain_text("Дан ход, просим:", timeout=SECONDS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/wall/messages/*/")  # loaded: keys are heard
    expect(page.get_by_role("heading", name="Кого просим остановить")).to_be_visible()
    expect(page.get_by_role("link", name="OLX")).to_be_visible()
    # of the room above: it comes a moment later
    expect(page.get_by_text("Жителям:")).to_be_visible()
    page.keyboard.press("w")  # the warning, as it stands in its draft
    expect(page.get_by_label("Заголовок по-казахски")).not_to_have_value("")
    page.goto(f"{city.url}/desk/warnings/")
    expect(page.get_by_text("черновик").first).to_be_visible()


@pytest.mark.timeout(300)
def test_a_second_officer_agrees_and_an_undo_ends_before_a_person_and_then_looked_at(
    city: City, chats: dict[str, Chat], sellers: list[int], browser: Browser, page: Page
) -> None:
    seller, here, there = sellers[1], chats["Двор"], chats["Рынок"]
    log_in(page, city.url, "operative")
    page.goto(f"{city.url}/desk/wall/")
    advert_on(page, here, seller, f"{ADVERT}, писать второму скупщику")
    page.keyboard.press("Shift+B")
    asks = page.locator("[data-list=asks] [data-item]")
    expect(asks).to_have_count(1, timeout=SECONDS)
    expect(asks.get_by_text("Согласен")).to_have_count(0)  # not whoever asked
    assert here.status(seller) == "member"

    chief = browser.new_context(locale="ru-RU").new_page()
    log_in(chief, city.url, "chief")
    chief.goto(f"{city.url}/desk/wall/")
    chief.locator("[data-list=asks] [data-item]").click()
    chief.keyboard.press("y")
    for chat in (here, there):
        wait_until(lambda chat=chat: chat.status(seller) == "kicked", what="the ban", seconds=60)  # type: ignore[misc]

    # in one of the chats the service will not do it: looked at here, a task there
    refused = "Bad Request: the status of this member cannot be changed"
    there.city.faults(
        {"method": "unbanChatMember", "code": 400, "description": refused, "chat_id": there.id}
    )
    done = page.locator("[data-item]", has_text="второму скупщику").first
    expect(done).to_contain_text("заблокировано", timeout=SECONDS)
    done.click()
    page.keyboard.press("u")
    wait_until(lambda: here.status(seller) == "left", what="the end of the ban", seconds=60)
    stuck = page.locator("[data-list=waiting] .wall-stuck", has_text="второму скупщику")
    expect(stuck).to_have_count(1, timeout=SECONDS)
    stuck.click()
    page.keyboard.press("t")
    wait_until(lambda: there.status(seller) == "left", what="the other ban's end", seconds=60)
    expect(stuck).to_have_count(0, timeout=SECONDS)
    chief.context.close()


@pytest.mark.timeout(300)
def test_an_author_appeals_by_code_and_another_officer_answers(
    city: City, chats: dict[str, Chat], sellers: list[int], browser: Browser, page: Page
) -> None:
    chat = chats["Автомат"]
    chat.post(sellers[2], f"{ADVERT}. Третий")
    (notice,) = wait_until(chat.notices, what="the explanation", seconds=60)
    code = re.findall(r"/appeal/(\d{28})/", notice)[0]

    phone = browser.new_context(
        locale="kk-KZ", viewport={"width": 390, "height": 800}, java_script_enabled=False
    ).new_page()
    phone.goto(f"{city.url}/appeal-code/")
    phone.locator("[name=code]").fill(f"{code[:14]} {code[14:]}")
    phone.locator("main form button").click()
    expect(phone.locator("h1")).to_have_text("Жазба неге жойылды")
    expect(phone.locator("dl.facts")).to_contain_text("ҚР ҚК")
    phone.locator("[name=text]").fill("Бұл мен емес")
    phone.locator("main form button").last.click()
    expect(phone.get_by_text("Бұл мен емес")).to_have_count(0)  # everybody has the link

    log_in(page, city.url, "chief")
    page.goto(f"{city.url}/desk/appeals/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Бұл мен емес")).to_be_visible()
    page.get_by_label("отменить").check()
    page.get_by_label("Ответ автору").fill("Ошибка, отменено")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Все обжалования отвечены")).to_be_visible()
    overturned = page.locator("td[data-label='Отменено по обжалованию']").first
    expect(overturned).to_have_text("1")
    phone.reload()
    expect(phone.get_by_text("Ошибка, отменено")).to_be_visible()
    phone.context.close()


@pytest.mark.timeout(300)
def test_a_raid_is_one_line_and_goes_when_it_is_seen_to(
    city: City, chats: dict[str, Chat], sellers: list[int], page: Page
) -> None:
    log_in(page, city.url, "operative")
    page.goto(f"{city.url}/desk/wall/")
    for seller in sellers[3:8]:
        chats["Рынок"].post(seller, f"{ADVERT}, собираемся у рынка в субботу с утра, все сюда")
    raids = page.locator("[data-list=raids] [data-item]")
    expect(raids).to_have_count(1, timeout=SECONDS)
    expect(raids).to_contain_text("авторов: 5", timeout=SECONDS)
    raids.click()
    page.keyboard.press("x")
    expect(raids).to_have_count(0, timeout=SECONDS)


@pytest.mark.timeout(300)
def test_a_chat_is_tried_for_a_minute_in_shadow(
    city: City, chats: dict[str, Chat], sellers: list[int], page: Page
) -> None:
    log_in(page, city.url, "chief")
    page.goto(f"{city.url}/desk/chats/")
    page.get_by_role("link", name="Проба").click()
    page.wait_for_url("**/desk/chats/*/")
    page.keyboard.press("t")
    expect(page.get_by_text("Напишите в чат")).to_be_visible(timeout=SECONDS)  # it is read by now
    advert = chats["Проба"].post(sellers[0], f"{ADVERT}. Проба")
    would = page.locator("dl.facts", has_text="Машина удалила бы")
    expect(would).to_contain_text("Прочитано1", timeout=SECONDS)
    assert chats["Проба"].is_there(advert)


STRAY = """id => new MutationObserver((_changes, observer) => {
  if (document.getElementById(id)) return;
  observer.disconnect();
  const key = new KeyboardEvent("keydown", { key: "d", code: "KeyD", bubbles: true });
  setTimeout(() => document.body.dispatchEvent(key), 150);
}).observe(document.getElementById("wall"), { childList: true, subtree: true })"""


@pytest.mark.timeout(300)
def test_a_key_meant_for_one_row_decides_no_other(
    city: City, chats: dict[str, Chat], sellers: list[int], browser: Browser, page: Page
) -> None:
    log_in(page, city.url, "operative")
    page.goto(f"{city.url}/desk/wall/")
    for number in range(4):
        advert_on(page, chats["Двор"], sellers[2], f"{ADVERT}, третий скупщик {number}")
    waiting = page.locator("[data-list=waiting] [data-item]")
    number = waiting.count()
    chosen = waiting.filter(has_text="третий скупщик 2")
    chosen.click()

    # a colleague is quicker, and the key is already on its way
    page.evaluate(STRAY, chosen.get_attribute("id"))
    colleague = browser.new_context(locale="ru-RU").new_page()
    log_in(colleague, city.url, "chief")
    colleague.goto(f"{city.url}/desk/wall/")
    colleague.locator("[data-list=waiting] [data-item]", has_text="третий скупщик 2").click()
    colleague.keyboard.press("d")
    expect(waiting).to_have_count(number - 1, timeout=SECONDS)
    page.wait_for_timeout(2500)
    expect(waiting).to_have_count(number - 1)
    colleague.context.close()

    # a hand that falls asleep on the key
    for _repeat in range(40):
        page.keyboard.down("d")
        page.wait_for_timeout(100)
    page.keyboard.up("d")
    expect(waiting).to_have_count(number - 2, timeout=SECONDS)
