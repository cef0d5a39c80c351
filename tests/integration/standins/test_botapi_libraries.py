"""Whole bots of both libraries, with their own polling, run against the stand-in."""

import asyncio
from typing import Any

import aiogram
import pytest
import telegram
from telegram.ext import Application, MessageHandler, filters

from .clients import Aiogram, plain_http
from .conftest import City


async def deleted(city: City, number: int) -> None:
    async with asyncio.timeout(10):
        while number in city.alive():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_aiogram_bot_deletes_what_it_must(city: City, *, restarted: bool) -> None:
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def moderate(message: aiogram.types.Message) -> None:
        if "куплю карту" in (message.text or ""):
            await message.delete()

    kept = city.says(city.anna, "полиция предупреждает")
    number = city.says(city.anna, "куплю карту, оплата сразу")
    for _ in range(1 + restarted):
        client = Aiogram(city.address, city.token)
        polling = asyncio.create_task(
            dispatcher.start_polling(client.bot, handle_signals=False, polling_timeout=5)
        )
        await deleted(city, number)
        await dispatcher.stop_polling()
        await polling
        assert kept in city.alive()
        number = city.says(city.anna, "куплю карту ещё раз")


async def test_a_python_telegram_bot_application_deletes_what_it_must(city: City) -> None:
    async def moderate(update: telegram.Update, context: Any) -> None:
        if update.message and "куплю карту" in (update.message.text or ""):
            await update.message.delete()

    application = (
        Application.builder()
        .token(city.token)
        .base_url(f"{city.address}/bot")
        .request(plain_http())
        .get_updates_request(plain_http())
        .build()
    )
    application.add_handler(MessageHandler(filters.ALL, moderate))
    kept = city.says(city.anna, "полиция предупреждает")
    number = city.says(city.anna, "куплю карту, оплата сразу")
    async with application:
        await application.start()
        assert application.updater
        await application.updater.start_polling(timeout=5, poll_interval=0)
        await deleted(city, number)
        await application.updater.stop()
        await application.stop()
    assert kept in city.alive()
