"""An IT specialist lets Tereze into a Matrix room by its invitation and keeps ban lists, by keyboard,
against a real Synapse."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.city import City, a_city, wait_until
from tests.conftest import PASSWORD
from tests.synapse import Synapse, running_synapse


pytestmark = pytest.mark.timeout(300)  # the server starts in the first

SETUP = f"""
from tereze.accounts.models import Unit, User
unit = Unit.objects.create(slug="c", name="Балхаш", name_kk="Балқаш")
User.objects.create_user(username="it", password={PASSWORD!r}, name="Сериков", role="it_specialist", unit=unit)
"""
SECONDS = 60_000  # milliseconds
RULE = "m.policy.rule.user"


@pytest.fixture(scope="module")
def synapse() -> Iterator[Synapse]:
    with running_synapse() as server:
        yield server


@pytest.fixture(scope="module")
def city(synapse: Synapse) -> Iterator[City]:
    with a_city(TEREZE_STANDINS=synapse.url.removeprefix("http://")) as city:
        city.python(SETUP)
        city.serve()
        city.start("worker")
        yield city


def test_into_a_room_by_invitation_and_lists_of_the_banned(
    city: City, synapse: Synapse, page: Page
) -> None:
    owner = synapse.person("owner")
    account = synapse.person("tereze-police")
    closed = owner.room("Закрытый двор", preset="private_chat")
    shared = owner.room("Чужой список")
    for entity in ("*", "@skupka:elsewhere.example"):
        rule = {"entity": entity, "reason": "спам", "recommendation": "m.ban"}
        shared.put_state(RULE, rule, f"rule:{entity}")
    log_in(page, city.url, "it")

    page.goto(f"{city.url}/desk/chats/lists/")
    expect(page.get_by_text("Учётной записи Matrix пока нет")).to_be_visible()
    page.get_by_role("link", name="Добавить чат Matrix").click()
    page.get_by_label("Адрес чата или приглашение").fill(f"https://matrix.to/#/{quote(closed.id)}")
    page.get_by_label("Сервер нашей учётной записи").fill(synapse.url)
    page.get_by_label("Имя учётной записи").fill(account.id)
    page.get_by_label("Пароль").fill(account.password)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Ошибка: Нас туда не пускают")).to_be_visible(timeout=SECONDS)

    owner.ask("POST", f"/rooms/{quote(closed.id)}/invite", {"user_id": account.id})
    page.get_by_label("Пароль").fill(account.password)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Закрытый двор")).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("Что Tereze здесь может")).to_be_visible()
    assert closed.membership(account) == "join"

    page.goto(f"{city.url}/desk/chats/lists/")
    page.get_by_label("Адрес списка").fill(shared.id)
    page.keyboard.press("Control+Enter")
    followed = page.locator("section.card", has_text="Чужой список")
    expect(followed).to_be_visible(timeout=SECONDS)
    taken = followed.locator("dt", has_text="Правил принято").locator(
        "xpath=following-sibling::dd[1]"
    )

    def is_read() -> bool:
        page.reload()
        return taken.inner_text() == "1"

    wait_until(is_read, what="the list", seconds=60)
    followed.get_by_text("Отвергнуто правил: 1").click()
    expect(followed.get_by_text("под него подошёл бы кто угодно")).to_be_visible()
