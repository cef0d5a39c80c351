"""Delivers updates to a bot's webhook: in order, one at a time, again and again until taken."""

import asyncio
import json
from typing import Any

import httpx

from . import updates
from .state import City, Row, encode
from .updates import Polls


LONGEST_PAUSE = 30.0


async def deliver(city: City, polls: Polls, stopped: asyncio.Event) -> None:
    """Looks after the webhooks of all bots until the server stops."""
    pauses: dict[int, float] = {}
    client: httpx.AsyncClient | None = None
    try:
        while not stopped.is_set():
            polls.webhooks.clear()
            for bot in city.bots():
                if bot["webhook"]:
                    client = client or httpx.AsyncClient(timeout=10, trust_env=False)
                    await deliver_to(city, client, bot, pauses)
            await first_of(polls.webhooks, stopped, min([*pauses.values(), LONGEST_PAUSE]))
    finally:
        if client is not None:
            await client.aclose()


async def first_of(wake: asyncio.Event, stopped: asyncio.Event, seconds: float) -> None:
    tasks = {asyncio.create_task(wake.wait()), asyncio.create_task(stopped.wait())}
    _, waiting = await asyncio.wait(tasks, timeout=seconds, return_when="FIRST_COMPLETED")
    for task in waiting:
        task.cancel()


async def deliver_to(
    city: City, client: httpx.AsyncClient, bot: Row, pauses: dict[int, float]
) -> None:
    bot_id = bot["user_id"]
    webhook: dict[str, Any] = json.loads(bot["webhook"])
    for update in updates.pending(city, bot_id, 0, 100):
        problem = await post(client, webhook, update)
        if problem:
            pauses[bot_id] = min(pauses.get(bot_id, 0.5) * 2, LONGEST_PAUSE)
            webhook.update(last_error_date=city.seconds(), last_error_message=problem)
            city.run(
                "UPDATE bots SET webhook=? WHERE user_id=? AND webhook=?",
                encode(webhook), bot_id, bot["webhook"],
            )  # fmt: skip
            return
        city.run("DELETE FROM updates WHERE bot_id=? AND update_id=?", bot_id, update["update_id"])
    pauses.pop(bot_id, None)


async def post(client: httpx.AsyncClient, webhook: dict[str, Any], update: dict[str, Any]) -> str:
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.get("secret_token") or ""}
    headers = {name: value for name, value in headers.items() if value}
    try:
        answer = await client.post(webhook["url"], json=update, headers=headers)
    except httpx.HTTPError as error:
        return f"Connection failed: {type(error).__name__}"
    if answer.is_success:
        return ""
    return f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
