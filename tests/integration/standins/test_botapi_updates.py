import asyncio
import base64
from typing import Any

import httpx

from .clients import NO_TLS, Client, refused
from .conftest import City


async def updates(client: Client, **arguments: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await client.call("get_updates", **arguments)
    return found


async def test_the_bot_knows_itself(client: Client, city: City) -> None:
    me = await client.call("get_me")
    assert (me["id"], me["is_bot"], me["username"]) == (city.bot, True, "tereze_bot")


async def test_an_update_stays_until_its_offset_is_confirmed(client: Client, city: City) -> None:
    for text in ("раз", "два", "үш"):
        city.says(city.anna, text)
    first = await updates(client, limit=2)
    assert [update["message"]["text"] for update in first] == ["раз", "два"]
    again = await updates(client)
    assert [update["message"]["text"] for update in again] == ["раз", "два", "үш"]
    rest = await updates(client, offset=first[-1]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["үш"]
    assert await updates(client, offset=rest[-1]["update_id"] + 1) == []


async def test_a_negative_offset_keeps_only_the_last_ones(client: Client, city: City) -> None:
    for number in range(5):
        city.says(city.anna, f"сообщение {number}")
    last = await updates(client, offset=-2)
    assert [update["message"]["text"] for update in last] == ["сообщение 3", "сообщение 4"]
    assert len(await updates(client)) == 2


async def test_at_most_a_hundred_updates_at_once(client: Client, city: City) -> None:
    for number in range(103):
        city.says(city.anna, str(number))
    found = await updates(client, limit=100)
    assert len(found) == 100
    assert len(await updates(client, offset=found[-1]["update_id"] + 1)) == 3


async def test_a_long_poll_answers_as_soon_as_something_happens(client: Client, city: City) -> None:
    poll = asyncio.create_task(updates(client, timeout=10))
    await polling(city)
    city.says(city.berik, "қалайсыз")
    found = await asyncio.wait_for(poll, 2)
    assert found[0]["message"]["text"] == "қалайсыз"


async def polling(city: City) -> None:
    """Until the server holds a long poll."""
    async with asyncio.timeout(5):
        while not city.polling():
            await asyncio.sleep(0.01)


async def test_dates_are_unix_seconds_and_ids_are_counted_per_chat(
    client: Client, city: City
) -> None:
    other = city.post("/chats", title="Второй", members=[city.anna], admins=[city.bot])["id"]
    first = city.says(city.anna, "здесь")
    second = city.post(f"/chats/{other}/messages", user_id=city.anna, text="там")["message_id"]
    assert first == second == 1
    raw = httpx.get(
        f"{city.address}/bot{city.token}/getUpdates", trust_env=False, verify=NO_TLS
    ).json()["result"]
    now = city.hooks.get("/state").json()["now"]
    assert all(abs(update["message"]["date"] - now) < 5 for update in raw)


async def test_edits_captions_and_photos_reach_the_bot(client: Client, city: City) -> None:
    picture = b"\xff\xd8\xff" + b"picture" * 10
    number = city.says(
        city.anna, "", caption="куплю карту", photo=base64.b64encode(picture).decode()
    )
    city.post(f"/chats/{city.chat}/messages/{number}/edit", user_id=city.anna, text="куплю kaspi")
    posted, edited = await updates(client)
    assert posted["message"]["caption"] == "куплю карту"
    assert edited["edited_message"]["caption"] == "куплю kaspi"
    assert edited["edited_message"]["message_id"] == number
    assert edited["edited_message"]["edit_date"]
    file_id = posted["message"]["photo"][-1]["file_id"]
    assert await client.download(file_id) == picture


async def test_the_server_finds_links_and_mentions(client: Client, city: City) -> None:
    city.says(city.anna, "😀 пишите @dropper_kz или https://example.kz/a +7 701 555 01 42")
    (update,) = await updates(client)
    kinds = {entity["type"]: entity for entity in update["message"]["entities"]}
    assert set(kinds) >= {"mention", "url", "phone_number"}
    assert kinds["mention"]["offset"] == 10  # the emoji counts as two UTF-16 units


async def test_reactions_and_members_come_only_when_listed(client: Client, city: City) -> None:
    number = city.says(city.anna, "привет")
    newcomer = city.post("/users", first_name="Новый")["id"]
    path = f"/chats/{city.chat}/messages/{number}/react"

    city.post(path, user_id=city.berik, emoji="👍")
    city.post(f"/chats/{city.chat}/members", user_id=newcomer, status="member")
    kinds = [kind(update) for update in await updates(client, allowed_updates=[])]
    assert kinds == ["message"]

    listed = ["message", "message_reaction", "chat_member"]
    await updates(client, allowed_updates=listed)
    city.post(path, user_id=city.berik, emoji="🔥")
    city.post(f"/chats/{city.chat}/members", user_id=newcomer, status="left")
    found = (await updates(client))[1:]
    assert [kind(update) for update in found] == ["message_reaction", "chat_member"]
    assert found[0]["message_reaction"]["new_reaction"][0]["emoji"] == "🔥"
    assert found[1]["chat_member"]["new_chat_member"]["status"] == "left"


def kind(update: dict[str, Any]) -> str:
    return next(key for key in update if key != "update_id")


async def test_the_list_of_kinds_is_remembered(client: Client, city: City) -> None:
    await updates(client, allowed_updates=["edited_message"])
    number = city.says(city.anna, "раз")
    city.post(f"/chats/{city.chat}/messages/{number}/edit", user_id=city.anna, text="два")
    assert [kind(update) for update in await updates(client)] == ["edited_message"]


async def test_lost_rights_are_told_to_the_bot(client: Client, city: City) -> None:
    city.demote()
    (update,) = await updates(client)
    change = update["my_chat_member"]
    assert change["old_chat_member"]["can_delete_messages"] is True
    assert change["new_chat_member"]["status"] == "member"


async def test_a_bot_without_rights_hears_only_what_is_addressed_to_it(
    client: Client, city: City
) -> None:
    city.demote()
    city.says(city.anna, "обычный разговор")
    city.says(city.anna, "/start")
    city.says(city.anna, "эй @tereze_bot")
    texts = [update["message"]["text"] for update in (await updates(client))[1:]]
    assert texts == ["/start", "эй @tereze_bot"]


async def test_bots_never_see_each_other(client: Client, city: City) -> None:
    token = f"{city.bot + 500}:ANOTHER-BOT-0000000000000000000000"
    other = city.post("/bots", token=token, name="Other", username="other_bot", reads_all=True)
    city.post(f"/chats/{city.chat}/members", user_id=other["id"], status="administrator")
    sent = httpx.post(
        f"{city.address}/bot{token}/sendMessage",
        data={"chat_id": city.chat, "text": "реклама"},
        trust_env=False,
        verify=NO_TLS,
    ).json()["result"]
    assert await updates(client) == []
    with refused("message to delete not found"):
        await client.call("delete_message", chat_id=city.chat, message_id=sent["message_id"])


async def test_updates_are_kept_for_a_day(client: Client, city: City) -> None:
    city.says(city.anna, "старое")
    city.later(23 * 3600)
    city.says(city.anna, "новое")
    assert len(await updates(client)) == 2
    city.later(2 * 3600)
    assert [update["message"]["text"] for update in await updates(client)] == ["новое"]


async def test_a_second_poller_ends_the_first(client: Client, city: City) -> None:
    poll = asyncio.create_task(updates(client, timeout=10))
    await polling(city)
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as other:
        second = asyncio.create_task(
            other.get(f"{city.address}/bot{city.token}/getUpdates", params={"timeout": 10})
        )
        with refused("terminated by other getUpdates"):
            await asyncio.wait_for(poll, 3)
        city.says(city.anna, "кто слышит?")
        assert (await second).json()["result"][0]["message"]["text"] == "кто слышит?"


async def test_webhook_and_polling_exclude_each_other(client: Client, city: City) -> None:
    with refused("HTTPS URL must be provided"):
        await client.call("set_webhook", url="http://example.kz/hook")
    await client.call("set_webhook", url="http://127.0.0.1:9/hook", secret_token="s")
    city.says(city.anna, "ждёт")
    with refused("can't use getUpdates method while webhook is active"):
        await updates(client)
    info = await client.call("get_webhook_info")
    assert info["url"] == "http://127.0.0.1:9/hook"
    assert info["pending_update_count"] == 1
    await client.call("delete_webhook", drop_pending_updates=True)
    assert await updates(client) == []


async def test_a_webhook_gets_the_updates_in_order(client: Client, city: City) -> None:
    got: list[bytes] = []
    three = asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            got.append(head + await reader.readexactly(size))
            ok = b"200 OK" if len(got) > 1 else b"503 Busy"
            writer.write(b"HTTP/1.1 " + ok + b"\r\nContent-Length: 0\r\n\r\n")
            if len(got) == 4:
                three.set()
                break
        writer.close()

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await client.call("set_webhook", url=f"http://127.0.0.1:{port}/", secret_token="secret")
    for text in ("раз", "два", "три"):
        city.says(city.anna, text)
    await asyncio.wait_for(three.wait(), 10)
    server.close()
    await server.wait_closed()
    bodies = [item.decode() for item in got]
    texts = [next(t for t in ("раз", "два", "три") if t in body) for body in bodies]
    assert texts == ["раз", "раз", "два", "три"]  # the refused one came again
    assert all("x-telegram-bot-api-secret-token: secret" in body.lower() for body in bodies)


async def test_a_channel_is_another_kind_of_update(client: Client, city: City) -> None:
    body = {"title": "Канал", "type": "channel", "members": [city.anna, city.bot]}
    channel = city.post("/chats", **body)["id"]
    city.post(f"/chats/{channel}/messages", user_id=city.anna, text="объявление /x")
    with refused("need administrator rights in the channel chat"):
        await client.call("ban_chat_member", chat_id=channel, user_id=city.anna)
    city.post(f"/chats/{channel}/members", user_id=city.bot, status="administrator")
    city.post(f"/chats/{channel}/messages", user_id=city.anna, text="объявление")
    assert kind((await updates(client))[-1]) == "channel_post"


async def test_an_offset_far_in_the_future_is_not_believed(client: Client, city: City) -> None:
    city.says(city.anna, "бірінші")
    found = await updates(client, offset=2_000_000_000)
    assert [update["message"]["text"] for update in found] == ["бірінші"]
    assert len(await updates(client)) == 1
