"""Adding a Telegram chat: whatever people have at hand is pasted; its number is found out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.watch.connectors.telegram.addresses import AddressError, place_of
from tereze.watch.models import Source
from tests.watching import TOKEN, Chat, StandIn


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("-1001234567890", "-1001234567890"),
        ("@balqash_dvor", "@balqash_dvor"),
        ("https://t.me/balqash_dvor", "@balqash_dvor"),
        ("t.me/balqash_dvor/15?single", "@balqash_dvor"),
        ("https://t.me/s/balqash_dvor", "@balqash_dvor"),
        ("https://telegram.me/Balqash_Dvor", "@Balqash_Dvor"),
        ("https://t.me/c/1234567890/42", "-1001234567890"),
        ("https://t.me/c/1234567890/7/42", "-1001234567890"),
        ("https://t.me/c/1234567890/42?thread=7", "-1001234567890"),
        ("https://t.me/c/1234567890/42?single", "-1001234567890"),
        ("https://web.telegram.org/a/#-1001234567890", "-1001234567890"),
        ("https://web.telegram.org/k/#@balqash_dvor", "@balqash_dvor"),
        ("https://balqash_dvor.t.me/", "@balqash_dvor"),
        ("tg://resolve?domain=balqash_dvor&post=3", "@balqash_dvor"),
        ("tg://privatepost?channel=1234567890&post=3", "-1001234567890"),
        ("−1001234567890", "-1001234567890"),  # the minus that programs set
        ("@balqash_dvor\u200b.", "@balqash_dvor"),
    ],
)
def test_what_people_paste_for_a_chat(typed: str, place: str) -> None:
    assert place_of(typed) == place


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("https://t.me/+AbCdEf012345", "invitation"),
        ("https://t.me/joinchat/AbCdEf012345", "invitation"),
        ("tg://join?invite=AbCdEf012345", "invitation"),
        ("https://web.telegram.org/k/#-1234567890", "web"),  # without the -100 that bots need
        ("https://www.t.me/", "form"),
        ("balqash_dvor", "form"),
        ("https://t.me/", "form"),
        ("https://t.me/ab", "form"),
        ("https://example.kz/chat", "form"),
        ("@чат", "form"),
        ("12345", "form"),
        ("-٣٤٥", "form"),
        ("😀", "form"),
    ],
)
def test_what_is_no_address_of_a_chat(typed: str, why: str) -> None:
    with pytest.raises(AddressError, match=why):
        place_of(typed)


@pytest.fixture
def page(officer: Callable[[str], User], standin: StandIn, settings: Any) -> Client:
    settings.TELEGRAM_SERVER = standin.url
    client = Client(headers={"accept-language": "ru"})
    client.force_login(officer(Role.CHIEF), backend="django.contrib.auth.backends.ModelBackend")
    return client


def paste(page: Client, address: str, token: str = TOKEN) -> str:
    form = page.get("/desk/chats/new/").context["form"]
    begun = {field.name: field.value() for field in form if field.value() and field.name != "until"}
    typed = {**begun, "title": "Двор", "chat_id": address, "token": token, "language": "ru"}
    return page.post("/desk/chats/new/", typed, follow=True).content.decode()


@pytest.mark.django_db
def test_a_public_chat_is_found_by_its_link(page: Client, standin: StandIn, bot: int) -> None:
    chat: Chat = standin.chat("Двор", bot=bot, members=[], username="balqash_dvor")
    paste(page, "https://t.me/balqash_dvor")
    assert Source.objects.get().chat_id == str(chat.id)
    assert Source.objects.get().mode == "off"
    assert "Этот чат уже есть в списке" in paste(page, "@balqash_dvor")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "token", "words"),
    [
        ("https://t.me/nobody_here", TOKEN, "Telegram не знает такого чата"),
        ("https://t.me/nobody_here", "", "нужен ключ бота"),
        ("https://t.me/nobody_here", "1:wrong", "Telegram не принял ключ бота"),
        ("https://t.me/+AbCdEf012345", TOKEN, "По приглашению бот войти не может"),
        ("чат во дворе", TOKEN, "Так адреса чатов не выглядят"),
    ],
)
def test_what_goes_wrong_is_said(
    page: Client, bot: int, address: str, token: str, words: str
) -> None:
    assert words in paste(page, address, token)
    assert not Source.objects.exists()
