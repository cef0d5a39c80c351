"""A rule from the first word to the release and back, as two officers see it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city, wait_until
from tests.conftest import PASSWORD
from tests.watching import Chat, StandIn


SETUP = f"""
from tereze.accounts.models import Unit, User
from tests.watching import Chat, StandIn, watched
unit = Unit.objects.create(slug="c", name="Балхаш")
User.objects.create_user(username="it", password={PASSWORD!r}, name="Сериков", role="it_specialist", unit=unit)
User.objects.create_user(username="chief", password={PASSWORD!r}, name="Ахметова", role="chief", unit=unit)
watched(unit, Chat(StandIn("%s"), %d), mode="automatic", threshold=0.6, title="Балхаш объявления")
"""
HONEST = ["Прокат самокатов у озера", "Продам велосипед", "Доброе утро, соседи"]
TEXT = "Возьму карты напрокат на неделю"
SECONDS = 90_000


@pytest.fixture(scope="module")
def people(standin: StandIn) -> list[int]:
    return [standin.resident(name) for name in ("Один", "Другой", "Третий")]


@pytest.fixture(scope="module")
def chat(standin: StandIn, people: list[int]) -> Chat:
    return standin.chat("Балхаш объявления", bot=standin.bot(), members=people)


@pytest.fixture(scope="module")
def city(standin: StandIn, chat: Chat, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    corpus = tmp_path_factory.mktemp("corpus")
    rows = [{"text": text, "outcome": "harmless"} for text in HONEST]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (corpus / "one.jsonl").write_text(lines, encoding="utf-8")
    allowed = standin.url.removeprefix("http://")
    with a_city(
        TEREZE_STANDINS=allowed,
        TEREZE_CORPUS=str(corpus),
        PYTHONPATH=str(Path(__file__).parents[2]),
    ) as city:
        city.python(SETUP % (standin.url, chat.id))
        city.serve()
        city.start("watch")
        city.start("worker")
        yield city


def write(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


@pytest.fixture
def chief(browser: Browser, city: City) -> Iterator[Page]:
    context = browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    log_in(opened, city.url, "chief")
    yield opened
    context.close()


@pytest.mark.timeout(420)
def test_a_rule_is_written_tried_released_by_another_and_taken_back(
    city: City, chat: Chat, people: list[int], page: Page, chief: Page
) -> None:
    first = chat.post(people[0], TEXT)
    log_in(page, city.url, "it")
    page.goto(f"{city.url}/desk/rules/")
    expect(page.get_by_text("Никто сейчас правил не меняет")).to_be_visible()

    # n begins a rule; its examples are tried while it is typed, and are red at first
    page.keyboard.press("n")
    page.wait_for_url("**/rules/new/")
    page.locator("[name=scheme]").select_option("dropper_recruitment")
    write(
        page,
        name="cards_for_hire",
        any="карт напрокат",
        weight="6",
        within="60",
        reason_ru="карты берут напрокат",
        reason_kk="картаны жалға алады",
        examples="Возьму карты напрокат\nКарты напрокат, дорого",
        counter_examples="Не отдавайте карты напрокат\nПрокат самокатов",
        why="новая уловка",
    )
    tried = page.locator("#tried")
    expect(tried.get_by_text("пример: правило его не находит").first).to_be_visible(timeout=SECONDS)

    # mended: the words it finds are marked
    write(page, any="карты напрокат", unless="не (отдавай|отдавайте)")
    expect(tried.get_by_text("не сходится")).to_have_count(0, timeout=SECONDS)
    expect(tried.locator("mark").first).to_have_text("карты напрокат")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/rules/drafts/**")

    # b tries it on history; whoever wrote it cannot release it
    page.locator("h1").click()
    page.keyboard.press("b")
    expect(page.locator("#steps").get_by_text("зелёная", exact=True)).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("Правило выпускает и оценивает в тени другой")).to_be_visible()
    assert chat.is_there(first)

    # the chief releases what is seen here, and a running watch obeys from the next message
    chief.goto(page.url)
    chief.locator("#release [name=why]").fill("проверено")
    chief.get_by_role("button", name="Выпустить").click()
    expect(chief.get_by_text("Выпуск № 1 действует")).to_be_visible(timeout=SECONDS)
    second = chat.post(people[1], f"{TEXT}, пишите")
    wait_until(lambda: not chat.is_there(second), what="the block", seconds=60)

    # z takes it back, and the next message stays
    chief.goto(f"{city.url}/desk/rules/history/")
    chief.locator("h1").click()
    chief.keyboard.press("z")
    expect(chief.get_by_text("Действует прежняя версия правил")).to_be_visible(timeout=SECONDS)
    third = chat.post(people[2], f"{TEXT}, если есть")
    last = chat.post(people[2], "Доброе утро")
    seen = "from tereze.watch.models import Message; print(Message.objects.filter(external_id='%s').exists())"
    wait_until(lambda: "True" in city.python(seen % last), what="the last message", seconds=60)
    assert chat.is_there(third)
