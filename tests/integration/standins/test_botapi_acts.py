"""Sending, deleting, restricting and banning, with the limits and errors of the real server."""

import asyncio
from typing import Any

import aiogram
import httpx
import pytest
import telegram

from .clients import NO_TLS, Aiogram, Client, FailedError, Ptb, refused
from .conftest import City


HOUR = 3600


def mute(client: Client) -> Any:
    library: Any = aiogram.types if isinstance(client, Aiogram) else telegram
    return library.ChatPermissions(can_send_messages=False)


async def member(client: Client, city: City, user_id: int) -> dict[str, Any]:
    found: dict[str, Any] = await client.call("get_chat_member", chat_id=city.chat, user_id=user_id)
    return found


async def test_a_deleted_message_is_gone_and_then_not_found(client: Client, city: City) -> None:
    number = city.says(city.anna, "куплю карту")
    assert await client.call("delete_message", chat_id=city.chat, message_id=number) is True
    assert city.messages()[number]["deleted_by"] == city.bot
    with refused("message to delete not found"):
        await client.call("delete_message", chat_id=city.chat, message_id=number)


async def test_nothing_older_than_two_days_can_be_deleted(client: Client, city: City) -> None:
    old = city.says(city.anna, "старое", ago=48 * HOUR + 5)
    fresh = city.says(city.anna, "свежее", ago=47 * HOUR)
    with refused("message can't be deleted"):
        await client.call("delete_message", chat_id=city.chat, message_id=old)
    await client.call("delete_message", chat_id=city.chat, message_id=fresh)
    assert city.alive() == {old}


async def test_missing_ids_are_skipped_silently(client: Client, city: City) -> None:
    numbers = [city.says(city.anna, str(number)) for number in range(3)]
    kept = city.says(city.anna, "остаётся")
    ids = [*numbers, 9_999, 10_000]
    assert await client.call("delete_messages", chat_id=city.chat, message_ids=ids) is True
    assert await client.call("delete_messages", chat_id=city.chat, message_ids=[9_999]) is True
    assert city.alive() == {kept}
    with refused("too many message identifiers"):
        await client.call("delete_messages", chat_id=city.chat, message_ids=list(range(1, 102)))


async def test_without_the_right_nothing_is_deleted_or_restricted(
    client: Client, city: City
) -> None:
    number = city.says(city.anna, "куплю карту")
    city.demote()
    with refused("message can't be deleted"):
        await client.call("delete_message", chat_id=city.chat, message_id=number)
    for name, more in (
        ("ban_chat_member", {}),
        ("restrict_chat_member", {"permissions": mute(client)}),
    ):
        with refused("not enough rights to restrict/unrestrict"):
            await client.call(name, chat_id=city.chat, user_id=city.anna, **more)
    assert city.alive() == {number}


async def test_an_expelled_bot_is_told_so(client: Client, city: City) -> None:
    city.post(f"/chats/{city.chat}/members", user_id=city.bot, status="kicked")
    with refused("bot was kicked from the supergroup chat"):
        await client.call("send_message", chat_id=city.chat, text="здравствуйте")


async def test_a_ban_erases_everything_the_user_wrote(client: Client, city: City) -> None:
    mine = [city.says(city.anna, str(number)) for number in range(3)]
    other = city.says(city.berik, "не трогать")
    await client.call(
        "ban_chat_member", chat_id=city.chat, user_id=city.anna, revoke_messages=False
    )
    assert city.alive() == {other}
    assert not set(mine) & city.alive()
    assert (await member(client, city, city.anna))["status"] == "kicked"
    banned = city.hooks.post(
        f"/chats/{city.chat}/messages", json={"user_id": city.anna, "text": "я тут"}
    )
    assert banned.status_code == 403


@pytest.mark.parametrize(("ahead", "forever"), [(10, True), (HOUR, False), (367 * 24 * HOUR, True)])
async def test_a_ban_ends_when_it_should(
    client: Client, city: City, ahead: int, forever: bool
) -> None:
    until = int(city.hooks.get("/state").json()["now"]) + ahead
    await client.call("ban_chat_member", chat_id=city.chat, user_id=city.anna, until_date=until)
    city.later(ahead + 5)
    status = (await member(client, city, city.anna))["status"]
    assert status == ("kicked" if forever else "left")


async def test_unban_without_care_throws_a_member_out(client: Client, city: City) -> None:
    arguments = {"chat_id": city.chat, "user_id": city.anna}
    await client.call("unban_chat_member", **arguments, only_if_banned=True)
    assert (await member(client, city, city.anna))["status"] == "member"
    await client.call("unban_chat_member", **arguments)
    assert (await member(client, city, city.anna))["status"] == "left"


async def test_an_unbanned_person_may_join_again(client: Client, city: City) -> None:
    await client.call("ban_chat_member", chat_id=city.chat, user_id=city.anna)
    assert (
        city.hooks.post(f"/chats/{city.chat}/join", json={"user_id": city.anna}).status_code == 403
    )
    await client.call(
        "unban_chat_member", chat_id=city.chat, user_id=city.anna, only_if_banned=True
    )
    assert (await member(client, city, city.anna))["status"] == "left"
    assert city.post(f"/chats/{city.chat}/join", user_id=city.anna)["status"] == "member"


async def test_a_restriction_silences_and_runs_out(client: Client, city: City) -> None:
    until = int(city.hooks.get("/state").json()["now"]) + HOUR
    await client.call(
        "restrict_chat_member",
        chat_id=city.chat,
        user_id=city.anna,
        permissions=mute(client),
        until_date=until,
    )
    found = await member(client, city, city.anna)
    assert (found["status"], found["can_send_messages"]) == ("restricted", False)
    body = {"user_id": city.anna, "text": "слышно?"}
    assert city.hooks.post(f"/chats/{city.chat}/messages", json=body).status_code == 403
    city.later(HOUR + 5)
    assert (await member(client, city, city.anna))["status"] == "member"
    city.says(city.anna, "слышно!")


async def test_a_restriction_is_lifted_by_giving_everything_back(
    client: Client, city: City
) -> None:
    library: Any = aiogram.types if isinstance(client, Aiogram) else telegram
    chat = await client.call("get_chat", chat_id=city.chat)
    arguments = {"chat_id": city.chat, "user_id": city.anna}
    await client.call("restrict_chat_member", **arguments, permissions=mute(client))
    everything = library.ChatPermissions(**chat["permissions"])
    await client.call("restrict_chat_member", **arguments, permissions=everything)
    assert (await member(client, city, city.anna))["status"] == "member"


async def test_owner_and_administrators_are_untouchable(client: Client, city: City) -> None:
    city.post(f"/chats/{city.chat}/members", user_id=city.berik, status="administrator")
    for user_id, words in (
        (city.owner, "can't remove chat owner"),
        (city.berik, "user is an administrator of the chat"),
        (city.bot, "can't restrict self"),
        (123, "user not found"),
    ):
        with refused(words):
            await client.call("ban_chat_member", chat_id=city.chat, user_id=user_id)


async def test_restricting_works_only_in_supergroups(client: Client, city: City) -> None:
    group = city.post(
        "/chats", title="Малая группа", type="group", members=[city.anna], admins=[city.bot]
    )["id"]
    with refused("available only for supergroups"):
        await client.call(
            "restrict_chat_member",
            chat_id=group,
            user_id=city.anna,
            permissions=mute(client),
        )
    number = city.post(f"/chats/{group}/messages", user_id=city.anna, text="x")["message_id"]
    await client.call("ban_chat_member", chat_id=group, user_id=city.anna)
    kept = city.hooks.get(f"/chats/{group}/messages").json()
    assert [m["message_id"] for m in kept if not m["deleted_at"]] == [number]


async def test_the_chat_as_the_bot_sees_it(client: Client, city: City) -> None:
    username = (await client.call("get_chat", chat_id=city.chat))["username"]
    chat = await client.call("get_chat", chat_id=f"@{username.upper()}")
    assert (chat["id"], chat["title"], chat["type"]) == (city.chat, "Балхаш", "supergroup")
    admins = await client.call("get_chat_administrators", chat_id=city.chat)
    assert {admin["user"]["id"] for admin in admins} == {city.owner, city.bot}
    assert await client.call("get_chat_member_count", chat_id=city.chat) == 4
    assert await client.call("leave_chat", chat_id=city.chat) is True
    with refused("bot is not a member of the supergroup chat"):
        await client.call("get_chat", chat_id=city.chat)


# Sending


async def test_one_message_a_second_in_a_chat(client: Client, city: City) -> None:
    await client.call("send_message", chat_id=city.chat, text="раз")
    with pytest.raises(FailedError) as failure:
        await client.call("send_message", chat_id=city.chat, text="два")
    assert failure.value.retry_after == 1
    city.later(1.1)
    await client.call("send_message", chat_id=city.chat, text="два")


async def test_twenty_messages_a_minute_in_a_group(client: Client, city: City) -> None:
    for number in range(20):
        await client.call("send_message", chat_id=city.chat, text=f"№ {number}")
        city.later(1.1)
    with pytest.raises(FailedError) as failure:
        await client.call("send_message", chat_id=city.chat, text="лишнее")
    assert 30 < failure.value.retry_after <= 40
    city.later(failure.value.retry_after)
    await client.call("send_message", chat_id=city.chat, text="теперь можно")


async def test_thirty_messages_a_second_overall(client: Client, city: City) -> None:
    chats = [
        city.post("/chats", title=str(number), admins=[city.bot])["id"] for number in range(31)
    ]
    city.post("/clock", stopped=True)
    for chat in chats[:30]:
        await client.call("send_message", chat_id=chat, text="x")
    with pytest.raises(FailedError) as failure:
        await client.call("send_message", chat_id=chats[30], text="x")
    assert failure.value.retry_after == 1
    city.later(1)
    await client.call("send_message", chat_id=chats[30], text="x")


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("", None, "text is empty"),
        ("   ", None, "text is empty"),
        ("я" * 4097, None, "message is too long"),
        ("<b>жирный", "HTML", "can't parse entities: Can't find end tag"),
        ("<script>x</script>", "HTML", 'Unsupported start tag "script"'),
        ("точка.", "MarkdownV2", "Character '.' is reserved"),
        ("*жирный", "MarkdownV2", "Can't find end of Bold"),
    ],
)
async def test_what_cannot_be_sent_is_refused_in_known_words(
    client: Client, city: City, text: str, mode: str | None, words: str
) -> None:
    with refused(words):
        await client.call("send_message", chat_id=city.chat, text=text, parse_mode=mode)
    assert city.messages() == {}


async def test_formatting_is_understood(client: Client, city: City) -> None:
    sent = await client.call(
        "send_message",
        chat_id=city.chat,
        text='😀 <b>Удалено</b>: <a href="https://t.me/tereze_bot?start=a1">обжаловать</a> &lt;1',
        parse_mode="HTML",
    )
    assert sent["text"] == "😀 Удалено: обжаловать <1"
    bold, link = sent["entities"]
    assert (bold["type"], bold["offset"], bold["length"]) == ("bold", 3, 7)
    assert link["url"] == "https://t.me/tereze_bot?start=a1"


async def test_longest_message_is_counted_after_parsing(client: Client, city: City) -> None:
    text = f"<b>{'я' * 4096}</b>"
    sent = await client.call("send_message", chat_id=city.chat, text=text, parse_mode="HTML")
    assert len(sent["text"]) == 4096


async def test_a_notice_can_be_edited_but_not_without_a_change(client: Client, city: City) -> None:
    sent = await client.call("send_message", chat_id=city.chat, text="Удалено сообщений: 1")
    target = {"chat_id": city.chat, "message_id": sent["message_id"]}
    edited = await client.call("edit_message_text", text="Удалено сообщений: 2", **target)
    assert edited["text"] == "Удалено сообщений: 2"
    with refused("message is not modified"):
        await client.call("edit_message_text", text="Удалено сообщений: 2", **target)
    foreign = city.says(city.anna, "моё")
    with refused("message can't be edited"):
        await client.call("edit_message_text", text="x", chat_id=city.chat, message_id=foreign)


async def test_a_button_is_pressed_and_answered(client: Client, city: City) -> None:
    library: Any = aiogram.types if isinstance(client, Aiogram) else telegram
    appeal = library.InlineKeyboardButton(text="Обжаловать", callback_data="appeal:1")
    markup = library.InlineKeyboardMarkup(inline_keyboard=[[appeal]])
    sent = await client.call("send_message", chat_id=city.chat, text="Удалено", reply_markup=markup)
    path = f"/chats/{city.chat}/messages/{sent['message_id']}/press"
    query = city.post(path, user_id=city.anna, data="appeal:1")["callback_query_id"]
    (update,) = await client.call("get_updates")
    assert update["callback_query"]["data"] == "appeal:1"
    assert update["callback_query"]["from"]["id"] == city.anna
    await client.call("answer_callback_query", callback_query_id=query, text="Принято")
    assert city.hooks.get(f"/callbacks/{query}").json()["answer"]["text"] == "Принято"
    with refused("query is too old"):
        await client.call("answer_callback_query", callback_query_id="1")


async def test_a_bot_does_not_write_first(client: Client, city: City) -> None:
    with refused("bot can't initiate conversation with a user"):
        await client.call("send_message", chat_id=city.anna, text="здравствуйте")
    city.post("/private", user_id=city.anna, bot_id=city.bot, text="/start appeal")
    found = await client.call("get_updates")
    assert found[-1]["message"]["text"] == "/start appeal"
    sent = await client.call("send_message", chat_id=city.anna, text="здравствуйте")
    assert sent["chat"]["type"] == "private"


# Errors of the server itself


@pytest.mark.parametrize("kind", [Aiogram, Ptb])
async def test_an_unknown_token_is_unauthorised(city: City, kind: type[Client]) -> None:
    stranger = kind(city.address, "700000009:NOBODY-KNOWS-THIS-TOKEN-0000000000000")
    with pytest.raises(FailedError, match=r"(?i)unauthorized|InvalidToken"):
        await stranger.call("get_me")
    await stranger.close()


async def test_codes_of_the_protocol(city: City) -> None:
    async with httpx.AsyncClient(base_url=city.address, trust_env=False, verify=NO_TLS) as http:
        missing = (await http.get(f"/bot{city.token}/makeCoffee")).json()
        assert (missing["error_code"], missing["ok"]) == (404, False)
        stranger = await http.post("/bot123:abc/getMe")
        assert stranger.status_code == stranger.json()["error_code"] == 401
        assert (await http.get(f"/BOT{city.token}/getMe")).status_code == 404
        arguments = {"chat_id": city.chat, "text": "x"}
        path = f"/bot{city.token}/SendMessage"
        answers = []
        for way in (
            {"params": arguments},
            {"data": arguments},
            {"json": arguments},
            {"files": {key: (None, str(value)) for key, value in arguments.items()}},
        ):
            answers.append((await http.post(path, **way)).json())  # type: ignore[arg-type]
            city.later(1.1)
        assert [answer["ok"] for answer in answers] == [True] * 4
        broken = await http.post(path, content=b"{", headers={"content-type": "application/json"})
        assert broken.status_code == 400


async def test_failures_on_demand(client: Client, city: City) -> None:
    number = city.says(city.anna, "куплю карту")
    target = {"chat_id": city.chat, "message_id": number}
    city.post("/faults", faults=[{"method": "deleteMessage", "code": 429, "retry_after": 7}])
    with pytest.raises(FailedError) as failure:
        await client.call("delete_message", **target)
    assert failure.value.retry_after == 7
    assert number in city.alive()

    lost = {"method": "deleteMessage", "code": 502, "after": True}
    city.post("/faults", faults=[lost])
    with refused("Bad Gateway"):
        await client.call("delete_message", **target)
    assert number not in city.alive()  # done, though the answer was lost

    city.post("/faults", faults=[{"method": "getMe", "hang": 30}])
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.call("get_me"), 0.3)
    assert (await client.call("get_me"))["id"] == city.bot
