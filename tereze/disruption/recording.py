"""Every answer of the web that a page was made of, as the browser had it: the stuff of the archive."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from playwright.async_api import Error, Page, Request

from tereze.casework.wacz import Record


MOST = 500  # answers of one page
BUDGET = 64 * 1024 * 1024  # bytes of their bodies together, decoded
SCHEMES = ("http://", "https://")


class Recorder:
    """Bodies are taken as they come: a page that moves on takes its own away."""

    def __init__(self, not_the_site: Callable[[str, int], bool], never_kept: str = "") -> None:
        self.never_kept = never_kept.lower()  # the header with a partner's token
        self.not_the_site = not_the_site  # an answer of our own guard is no evidence
        self.records: dict[str, Record] = {}
        self.led_to: dict[str, str] = {}  # an address that redirected, and where it ended
        self.tasks: set[asyncio.Task[None]] = set()
        self.left = BUDGET
        self.asked = 0
        self.incomplete = False

    def listen(self, page: Page) -> None:
        page.on("requestfinished", self.finished)

    def finished(self, request: Request) -> None:
        if request.method != "GET" or not request.url.startswith(SCHEMES):
            return
        self.asked += 1
        if self.asked > MOST:
            self.incomplete = True
            return
        task = asyncio.ensure_future(self.keep(request))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def keep(self, request: Request) -> None:
        try:
            record = await record_of(request, self.left)
        except Error:
            self.incomplete = True  # gone with the page it belonged to, or too large to be kept
            return
        if record is None or self.not_the_site(record.url, record.status):
            return
        asked = [(name, value) for name, value in record.asked if name.lower() != self.never_kept]
        record = replace(record, asked=asked)
        self.left -= len(record.body)
        if self.left < 0:
            self.incomplete = True
            return
        kept = self.records.setdefault(record.url, record)
        if not kept.body and record.body:
            self.records[record.url] = record
        before = request.redirected_from
        while before is not None:
            self.led_to[before.url] = record.url
            before = before.redirected_from

    async def gather(self, seconds: float) -> None:
        if self.tasks:
            _done, waiting = await asyncio.wait(set(self.tasks), timeout=seconds)
            for task in waiting:
                task.cancel()
                self.incomplete = True

    def of(self, url: str) -> Record | None:
        return self.records.get(self.led_to.get(url, url))


async def record_of(request: Request, left: int) -> Record | None:
    response = await request.response()
    if response is None:
        return None
    moved = 300 <= response.status < 400
    if not moved and (await request.sizes())["responseBodySize"] > left:
        raise Error("larger than what may be kept")
    return Record(
        url=request.url.partition("#")[0],
        at=datetime.now(UTC),
        status=response.status,
        reason=response.status_text,
        headers=[(entry["name"], entry["value"]) for entry in await response.headers_array()],
        body=b"" if moved else await response.body(),
        asked=[(entry["name"], entry["value"]) for entry in await request.headers_array()],
    )
