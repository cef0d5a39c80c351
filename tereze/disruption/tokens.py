"""A partner's token on the browser's own requests to that partner, and on no other.

Playwright's routes would carry a header along every redirect; the browser's own protocol stops at
each hop, and each hop is judged anew.
"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error, Page

from tereze.core.outgoing.fetching import Secret


async def show(page: Page, *, name: str, value: str, domains: list[str], places: list[str]) -> None:
    secret = Secret(name, value, frozenset(domains), frozenset(places))
    session = await page.context.new_cdp_session(page)

    async def onward(event: dict[str, Any]) -> None:
        request = event["request"]
        target = urlsplit(request["url"])
        kept = {key: text for key, text in request["headers"].items() if key != secret.name}
        if secret.is_for(target.scheme, target.hostname or "", target.netloc):
            kept[secret.name] = secret.value
        headers = [{"name": key, "value": text} for key, text in kept.items()]
        try:
            answer = {"requestId": event["requestId"], "headers": headers}
            await session.send("Fetch.continueRequest", answer)
        except Error:
            return  # the page has gone elsewhere meanwhile

    going: set[asyncio.Task[None]] = set()

    def paused(event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(onward(event))
        going.add(task)
        task.add_done_callback(going.discard)

    session.on("Fetch.requestPaused", paused)
    pattern = {"urlPattern": "*", "resourceType": "Document", "requestStage": "Request"}
    await session.send("Fetch.enable", {"patterns": [pattern]})
