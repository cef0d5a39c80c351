"""Everything that comes into a Telegram chat besides a plain message."""

from collections.abc import Callable

import httpx
import pytest

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.watch.actions import officers
from tereze.watch.models import Act, Decision, Message, Notice, Source
from tests.integration.watch.conftest import Running
from tests.watching import ADVERT, TOKEN, Chat, StandIn, Time, watched


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
HELLO = "Доброе утро, соседи!"
BIO = f"{ADVERT}, пишите t.me/drop_kz"


def standing(external_id: object, wanted: str) -> Callable[[], bool]:
    return lambda: Message.objects.filter(external_id=str(external_id), standing=wanted).exists()


def gone(chat: Chat, *numbers: int) -> Callable[[], bool]:
    return lambda: not any(chat.is_there(number) for number in numbers)


def asked(standin: StandIn) -> Callable[[], bool]:
    return lambda: bool(standin.ask("GET", "/state")["bots"][0]["polling"])


@pytest.fixture
def seller(standin: StandIn, chat: Chat) -> int:
    """Writes harmlessly; the profile says the rest."""
    found = standin.resident("Аскар", bio=BIO)
    chat.join(found)
    return found


def test_a_profile_brings_a_harmless_message_to_people(
    unit: Unit, chat: Chat, seller: int, resident: int, watching: Running
) -> None:
    watched(unit, chat)
    number, other = chat.post(seller, HELLO), chat.post(resident, HELLO)
    watching.until(standing(number, "waiting"), what="the profile")
    found = Message.objects.get(external_id=str(number))
    assert (found.hint, found.p_illegal < 0.5) == ("profile", True)
    assert BIO in found.text["profile"]
    assert Message.objects.get(external_id=str(other)).standing == "quiet"
    assert not Decision.objects.exists()
    assert chat.is_there(number)


def test_what_a_profile_said_is_known_when_its_owner_writes_again(
    unit: Unit, chat: Chat, seller: int, watching: Running
) -> None:
    watched(unit, chat)
    first = chat.post(seller, HELLO)
    second: list[int] = []

    def both() -> bool:
        if standing(first, "waiting")() and not second:
            second.append(chat.post(seller, "Кто знает, когда дадут воду?"))
        return bool(second) and standing(second[0], "waiting")()

    watching.until(both, what="the second message")


def test_a_profile_the_service_does_not_show_holds_nothing_up(
    unit: Unit, chat: Chat, seller: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none")
    chat.city.faults({"method": "getChat", "code": 400, "times": 0})
    chat.post(seller, HELLO)
    advert = chat.post(seller, ADVERT)
    watching.until(gone(chat, advert), what="the deletion")


def test_a_fresh_account_reacting_with_a_link_in_its_profile_goes_to_people(
    unit: Unit, standin: StandIn, chat: Chat, resident: int, watching: Running, officer: Officer,
    work_off: Callable[[], None],
) -> None:  # fmt: skip
    watched(unit, chat, mode="review")
    watching.until(asked(standin), what="the first question, which says that we want reactions")
    for number, bio in enumerate(("", "Мама двоих детей", "Подробности: t.me/zarabotok_kz")):
        fresh = standin.resident(f"Участник {number}", bio=bio)
        chat.join(fresh)
        message = chat.post(resident, f"{HELLO} {number}")
        chat.react(fresh, message)
    key = f"reaction:{message}:{fresh}"
    watching.until(standing(key, "waiting"), what="the reaction")
    reactions = Message.objects.filter(external_id__startswith="reaction:")
    assert [(one.external_id, one.hint) for one in reactions] == [(key, "profile")]
    officers.block(message=reactions.get(), ladder=("delete", "ban"), by=officer(Role.OPERATIVE))
    work_off()
    assert chat.status(fresh) == "kicked"
    assert chat.messages()[-1]["reactions"] == {}
    looks = dict(Act.objects.values_list("kind", "look"))
    assert looks == {"delete": "unknown", "ban": "verified"}


def test_whoever_has_written_before_is_no_fresh_account(
    unit: Unit, standin: StandIn, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat)
    watching.until(asked(standin), what="the first question, which says that we want reactions")
    neighbour = standin.resident("Сосед", bio="Мой канал: t.me/sosed_balqash")
    chat.join(neighbour)
    message = chat.post(neighbour, HELLO)
    chat.react(neighbour, message)
    last = chat.post(resident, "Проверка")
    watching.until(standing(last, "quiet"), what="what came after it")
    assert not Message.objects.exclude(standing="quiet").exists()


def test_an_advert_for_a_request_to_join_is_declined_and_others_are_left_to_the_chat(
    unit: Unit, standin: StandIn, bot: int, chat: Chat, watching: Running, time: Time,
    work_off: Callable[[], None],
) -> None:  # fmt: skip
    chat.promote(bot, can_invite_users=True)
    watched(unit, chat, author_act="none")
    neighbour = standin.resident("Сосед", bio="Живу в Балхаше")
    seller = standin.resident("Скупщик", bio=ADVERT)
    chat.ask_to_join(neighbour)
    chat.ask_to_join(seller)
    watching.until(lambda: Act.objects.filter(look="not_found").exists(), what="the look")
    assert chat.requests() == [neighbour]
    found = Message.objects.get()  # of the neighbour's nothing is kept
    assert (found.text["media"], found.standing) == ("join_request", "blocked")
    time.move(minutes=1)
    work_off()
    assert not Notice.objects.exists()  # nobody in the chat saw the request


def test_a_person_declines_a_request_to_join(
    unit: Unit, standin: StandIn, bot: int, chat: Chat, watching: Running, officer: Officer,
    work_off: Callable[[], None],
) -> None:  # fmt: skip
    chat.promote(bot, can_invite_users=True)
    watched(unit, chat, mode="review")
    chat.ask_to_join(standin.resident("Скупщик", bio=ADVERT))
    watching.until(lambda: Message.objects.filter(standing="waiting").exists(), what="the request")
    officers.block(message=Message.objects.get(), ladder=("delete",), by=officer(Role.OPERATIVE))
    work_off()
    assert chat.requests() == []


def test_an_album_is_one_publication_with_one_decision(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none")
    pictures = chat.album(resident, "90001", ADVERT, "", "")
    watching.until(gone(chat, *pictures), what="all pictures")
    watching.until(lambda: Act.objects.filter(look="not_found").exists(), what="the look")
    assert Message.objects.count() == Decision.objects.count() == Act.objects.count() == 1
    assert Message.objects.get().text["album"] == [str(number) for number in pictures]


def test_a_picture_that_comes_late_goes_with_its_album(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none")
    first = chat.album(resident, "90002", ADVERT, "")
    late: list[int] = []

    def come() -> bool:
        if gone(chat, *first)() and not late:
            late.extend(chat.album(resident, "90002", ""))
        return bool(late) and gone(chat, *late)()

    watching.until(come, what="the late picture")
    assert set(Message.objects.values_list("external_id", flat=True)) == {str(first[0])}


def test_a_group_that_becomes_a_supergroup_is_followed_and_its_old_numbers_touch_nothing(
    unit: Unit, standin: StandIn, bot: int, resident: int, watching: Running, officer: Officer,
    work_off: Callable[[], None],
) -> None:  # fmt: skip
    group = standin.chat("Чат дома", bot=bot, members=[resident], type="group")
    source = watched(unit, group, mode="review")
    old = group.post(resident, ADVERT)
    watching.until(standing(old, "waiting"), what="the queue")
    chat = group.upgrade()
    while (innocent := chat.post(resident, HELLO)) < old:
        continue
    watching.until(
        lambda: (
            Source.objects.get(pk=source.pk).chat_id == str(chat.id)
            and standing(innocent, "quiet")()
        ),
        what="the new chat",
    )
    waiting = Message.objects.get(standing="waiting")
    officers.block(message=waiting, ladder=("delete",), by=officer(Role.OPERATIVE))
    work_off()
    assert chat.is_there(innocent)
    assert (Act.objects.get().state, Act.objects.get().result) == ("failed", "moved")
    advert = chat.post(resident, f"{ADVERT}. Срочно")
    watching.until(standing(advert, "waiting"), what="reading there")


def test_what_was_written_before_the_move_touches_nothing_in_the_new_chat(
    unit: Unit, standin: StandIn, bot: int, resident: int, watching: Running
) -> None:
    """Read in one answer with the move, since nobody was listening meanwhile."""
    group = standin.chat("Чат дома", bot=bot, members=[resident], type="group")
    old = group.post(resident, ADVERT)
    chat = group.upgrade()
    while (innocent := chat.post(resident, HELLO)) < old:
        continue
    watched(unit, group, author_act="none")
    watching.until(standing(innocent, "quiet"), what="the new chat")
    before = f"{group.id}/{old}"
    watching.until(lambda: Message.objects.filter(external_id=before).exists(), what="the advert")
    advert = chat.post(resident, f"{ADVERT}. Срочно")
    watching.until(gone(chat, advert), what="the deletion there")
    assert chat.is_there(innocent)
    assert Message.objects.get(external_id=before).standing != "quiet"


def test_a_move_that_nobody_told_us_of_is_followed_when_the_service_says_where_to(
    unit: Unit, standin: StandIn, bot: int, resident: int, watching: Running
) -> None:
    group = standin.chat("Чат дома", bot=bot, members=[resident], type="group")
    chat = group.upgrade()
    updates = f"{standin.url}/bot{TOKEN}/getUpdates"
    told = httpx.get(updates).json()["result"]
    httpx.get(updates, params={"offset": told[-1]["update_id"] + 1})  # the service keeps a day
    watched(unit, group, author_act="none")
    watching.until(lambda: Source.objects.get().chat_id == str(chat.id), what="the new chat")


def test_a_chat_that_moved_and_was_added_by_hand_stops_no_other(
    unit: Unit, standin: StandIn, bot: int, resident: int, watching: Running
) -> None:
    group = standin.chat("Чат дома", bot=bot, members=[resident], type="group")
    old = watched(unit, group, author_act="none")
    chat = group.upgrade()
    watched(unit, chat, author_act="none")
    advert = chat.post(resident, ADVERT)
    watching.until(gone(chat, advert), what="the deletion")
    watching.until(
        lambda: Source.objects.get(pk=old.pk).health_reason == "moved_known", what="the word of it"
    )
    assert Source.objects.get(pk=old.pk).chat_id == str(group.id)


def test_a_topic_that_is_an_advert_goes_as_a_whole_and_a_new_name_is_a_persons(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none")
    topic = chat.post(resident, extra={"forum_topic_created": {"name": ADVERT, "icon_color": 1}})
    inside = chat.post(resident, HELLO, extra={"message_thread_id": topic})
    watching.until(gone(chat, topic, inside), what="the topic")
    watching.until(lambda: Act.objects.filter(look="not_found").exists(), what="the look")
    renamed = chat.post(resident, extra={"forum_topic_edited": {"name": f"{ADVERT}, пишите"}})
    watching.until(standing(f"renamed:{renamed}", "stuck"), what="the name")
    assert Message.objects.get(external_id=f"renamed:{renamed}").trouble == "delete:renamed"


def test_many_chats_of_two_bots_are_read_in_one_installation(
    unit: Unit, standin: StandIn, bot: int, resident: int, watching: Running
) -> None:
    second = "7000000002:AAEsecond-token-of-another-city-bot_000"
    bots = {TOKEN: bot, second: standin.bot(second)}
    chats = []
    for number in range(24):
        token = (TOKEN, second)[number % 2]
        chat = standin.chat(f"Чат {number}", bot=bots[token], members=[resident])
        watched(unit, chat, token=token, title=f"Чат {number}", author_act="none")
        chats.append(chat)
    adverts = [chat.post(resident, ADVERT) for chat in chats]
    watching.until(
        lambda: all(gone(c, n)() for c, n in zip(chats, adverts, strict=True)),
        what="every advert",
    )
    assert Source.objects.filter(health="ok").count() == len(chats)
