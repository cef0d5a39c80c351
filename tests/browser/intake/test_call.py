"""A call by keyboard alone, with every key counted."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.city import City


MOST_KEYS = 40  # apart from the words themselves; a key a second leaves two minutes for listening


class Keyboard:
    """Counts what an operator presses apart from the letters of the story."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def say(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(self, name: str) -> None:
        """Tab until the field has the focus; the mouse is never touched."""
        for _ in range(12):
            if self.focused() == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} is not reached by Tab; at {self.focused()}")

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.name || ''"))


def test_a_scripted_call_needs_few_keys(page: Page, city: City) -> None:
    log_in(page, city.url, "dispatcher")
    page.goto(f"{city.url}/desk/intake/new/")
    keyboard = Keyboard(page)
    assert keyboard.focused() == "on_the_line"  # the first question is where the hands are

    keyboard.press("Space", "ArrowDown")  # no … yes, still on the line
    expect(page.locator(".script-on-line [lang=kk]").first).to_be_visible()
    expect(page.locator(".script-on-line [lang=ru]").first).to_be_visible()
    expect(page.locator(".script-on-line")).to_contain_text("не доказательство")
    keyboard.to("text")
    keyboard.say("Звонят из банка, переводят деньги на безопасный счёт, просит код из SMS")
    expect(page.locator("#hints")).to_contain_text("Спросите:")
    keyboard.to("fraudster")
    keyboard.say("8 701 555 66 77")
    expect(page.locator("#hints .chip")).to_contain_text("+7 701 555 66 77")
    expect(page.locator("#hints")).to_contain_text("впервые")
    keyboard.to("fraud_channel")
    keyboard.press("ArrowDown")
    keyboard.to("loss")
    keyboard.press("Space", "ArrowDown")  # attempt … lost
    keyboard.to("amount")
    keyboard.say("150 000")
    keyboard.to("money_when")
    keyboard.press("Space")
    expect(page.locator("#hints")).to_contain_text("Деньги только что ушли")
    keyboard.to("contact")
    keyboard.say("8 702 111 22 33")
    keyboard.to("name")
    keyboard.say("Айгуль")
    keyboard.press("Control+Enter")

    expect(page.locator("h1")).to_contain_text("Принято: 2")
    expect(page.locator(".receipt-spoken span")).to_have_count(7)
    expect(page.locator('a[href^="sms:+77021112233"]')).to_be_visible()
    assert keyboard.pressed < MOST_KEYS, keyboard.pressed

    keyboard.press("n")  # the next call: the same number is known now
    expect(page.locator("h1")).to_have_text("Принять звонок")
    keyboard.to("fraudster")
    keyboard.say("87015556677")
    expect(page.locator("#hints")).to_contain_text("встречался в 1 сообщении")
    expect(page.locator("#hints")).to_contain_text("Ахметова chief")
