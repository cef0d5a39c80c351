"""A resident's journey: a phone, no JavaScript, Russian and Kazakh."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.city import City
from tests.unit.intake.sounds import voice_note


STORY = {
    "ru": "Мне позвонили из банка с номера +7 701 555 66 77. Я назвала код, ушли 150 000 тенге.",
    "kk": "Маған банктен +7 701 555 66 77 нөмірінен қоңырау шалды. Кодты айттым, 150 000 теңге кетті.",
}
WORDS = {
    "ru": {
        "title": "Сообщить о мошенничестве", "lost": "Да", "hour": "Меньше часа назад",
        "send": "Отправить", "sent": "Сообщение принято", "not_kui": "Это не номер КУИ",
        "files": "Снимки экрана, чеки, записи голоса", "file": "Файлы",
        "follow": "Узнать, что с сообщением", "show": "Показать", "number": "Сообщение 2",
        "add": "Добавить", "added": "Добавлено к вашему сообщению", "bank": "банк",
        "wrong": "Одна из цифр не та",
    },
    "kk": {
        "title": "Алаяқтық туралы хабарлау", "lost": "Иә", "hour": "Бір сағат өтпеді",
        "send": "Жіберу", "sent": "Хабар қабылданды", "not_kui": "АЕК (КУИ) нөмірі емес",
        "files": "Экран суреттері, түбіртектер, дауыс жазбалары", "file": "Файлдар",
        "follow": "Хабардың жайын білу", "show": "Көрсету", "number": "хабары",
        "add": "Қосу", "added": "Хабарыңызға қосылды", "bank": "банк",
        "wrong": "Сандардың бірі қате",
    },
}  # fmt: skip


@pytest.fixture
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    language = getattr(request, "param", "ru")
    context = browser.new_context(
        locale=f"{language}-KZ", viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("phone", "words", "language"),
    [(language, WORDS[language], language) for language in ("ru", "kk")],
    indirect=["phone"],
)
def test_money_just_left(phone: Page, city: City, words: dict[str, str], language: str) -> None:
    phone.goto(f"{city.url}/report/")
    expect(phone.locator("h1")).to_have_text(words["title"])
    phone.locator("[name=text]").fill(STORY[language])
    expect(phone.locator("[name=amount]")).to_be_hidden()
    phone.get_by_label(words["lost"], exact=True).check()
    phone.locator("[name=amount]").fill("150 000")
    phone.get_by_label(words["hour"]).check()
    phone.get_by_text(words["files"]).click()
    note = {"name": "голос.amr", "mimeType": "audio/amr", "buffer": voice_note("note.amr")}
    phone.locator("[name=files]").set_input_files([note])  # type: ignore[list-item]
    phone.get_by_role("button", name=words["send"], exact=True).click()

    expect(phone.locator("h1")).to_have_text(words["sent"])
    expect(phone.get_by_text(words["not_kui"]).first).to_be_visible()
    first = phone.locator("main section").first  # what to do now comes before everything else
    expect(first).to_contain_text(re.compile(words["bank"], re.IGNORECASE))
    assert first.evaluate("e => getComputedStyle(e.querySelector('h2')).fontSize") >= "28px"
    receipt = re.sub(r"\D", "", phone.locator("#receipt").inner_text())
    assert len(receipt) == 28

    phone.goto(f"{city.url}/follow/")
    phone.locator("[name=receipt]").fill(wrong(receipt))
    phone.get_by_role("button", name=words["show"]).click()
    expect(phone.locator("main")).to_contain_text(words["wrong"])
    phone.locator("[name=receipt]").fill("-".join(re.findall("....", receipt)))
    phone.get_by_role("button", name=words["show"]).click()
    expect(phone.locator("h1")).to_contain_text(words["number"])
    phone.locator("[name=text]").fill("@vor_kz")
    phone.get_by_role("button", name=words["add"], exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text(words["added"])
    assert no_overflow(phone)


def wrong(receipt: str) -> str:
    return str((int(receipt[0]) + 1) % 10) + receipt[1:]


def no_overflow(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(wide))


def test_an_attempt_takes_one_field_and_one_button(phone: Page, city: City) -> None:
    phone.goto(f"{city.url}/report/")
    phone.locator("[name=text]").fill("Звонили «из банка», я положила трубку")
    phone.get_by_role("button", name="Отправить", exact=True).click()
    expect(phone.locator("h1")).to_have_text("Сообщение принято")


def test_pressing_the_button_twice_makes_one_report(phone: Page, city: City) -> None:
    numbers = []
    for _ in range(2):
        phone.goto(f"{city.url}/report/")
        phone.locator("[name=text]").fill("Один раз")
        phone.get_by_role("button", name="Отправить", exact=True).dblclick(no_wait_after=True)
        expect(phone.locator("h1")).to_have_text("Сообщение принято")
        numbers.append(int(phone.locator(".lead .numbers").inner_text().rpartition("-")[2]))
    assert numbers[1] == numbers[0] + 1


def test_the_report_appears_on_the_officers_screen_and_its_voice_is_heard(
    page: Page, phone: Page, city: City
) -> None:
    log_in(page, city.url, "operative")
    page.goto(f"{city.url}/desk/intake/")
    expect(page.locator("[data-live-dot]")).to_have_attribute("data-state", "on")
    phone.goto(f"{city.url}/report/")
    phone.locator("[name=text]").fill("Прислали голосовое, просят перевод на +7 705 333 22 11")
    phone.get_by_text("Снимки экрана, чеки").click()
    note = {"name": "голос.amr", "mimeType": "audio/amr", "buffer": voice_note("note.amr")}
    phone.locator("[name=files]").set_input_files([note])  # type: ignore[list-item]
    phone.get_by_role("button", name="Отправить", exact=True).click()
    fresh = page.locator(".item").first
    expect(fresh).to_contain_text("+7 705 333 22 11")
    fresh.locator(".item-title").click()
    expect(page.locator("#report .quote mark", has_text="+7 705 333 22 11")).to_be_visible()
    player = page.locator("audio")
    player.evaluate("audio => audio.load()")
    player.evaluate("audio => { audio.muted = true; return audio.play(); }")
    page.wait_for_function("document.querySelector('audio').currentTime > 0")
    assert 1.8 < player.evaluate("audio => audio.duration") < 2.2


def test_kui_is_typed_back_by_keyboard_and_seen_by_the_resident(
    page: Page, phone: Page, city: City
) -> None:
    phone.goto(f"{city.url}/report/")
    phone.locator("[name=text]").fill("Куплю карту, оплата сразу")
    phone.get_by_role("button", name="Отправить", exact=True).click()
    receipt = phone.locator("#receipt").inner_text()
    number = phone.locator(".lead .numbers").inner_text()

    log_in(page, city.url, "chief")
    page.goto(f"{city.url}/desk/intake/?q={number}")
    page.locator(".item-title").click()
    page.locator("#report h1").wait_for()
    page.keyboard.press("k")
    page.keyboard.type("245500031000777")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Внесено в КУИ.")
    expect(page.locator("#report")).to_contain_text("245500031000777")

    phone.goto(f"{city.url}/follow/")
    phone.locator("[name=receipt]").fill(receipt)
    phone.get_by_role("button", name="Показать").click()
    expect(phone.locator("main")).to_contain_text("245500031000777")
