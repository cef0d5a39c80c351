"""One visitor of one page: open it, wait, press "show the number", read it, picture it.

Every step is bounded, because the page may hold on to any of them. A page that answers but whose
scripts never let go is told apart from a server that is slow.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Browser, Error, Page, Response
from playwright.async_api import TimeoutError as Slow

from tereze.disruption import page_scripts as scripts
from tereze.disruption.pages import sound


SETTLE = 4_000  # ms at most for scripts and pictures afterwards
STEP = 6.0  # seconds for a question to a page that has answered
SCROLLING = 2.5
PICTURES = 8.0  # seconds for an advert's photos
DRAWING = 15_000  # ms for a picture of the whole page
TALLEST = 12_000  # px of a full-page picture
LONGEST_HTML = 3_000_000
Found = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Vantage:
    """From where one looks."""

    name: str  # of the picture's file too
    width: int = 1280
    height: int = 900
    tallest: int = TALLEST
    mobile: bool = False
    scripts: bool = True

    def agent(self, version: str) -> str:
        """A visitor's ordinary browser: what a robot is shown is asked by plain HTTP."""
        system = "Linux; Android 10; K" if self.mobile else "X11; Linux x86_64"
        kind = "Mobile Safari" if self.mobile else "Safari"
        major = version.partition(".")[0]
        return (
            f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{major}.0.0.0 {kind}/537.36"
        )


DESKTOP = Vantage("page")
PHONE = Vantage("mobile", width=390, height=844, tallest=6_000, mobile=True)


class HungError(Exception):
    """The page has answered, but its scripts do not let it be looked at: they never rest, or have
    put something else in place of what a browser offers to read a page."""


async def within(seconds: float, step: Awaitable[T]) -> T:
    try:
        return await asyncio.wait_for(step, seconds)
    except TimeoutError as error:
        raise HungError from error
    except Error as error:
        if "crashed" in str(error):
            raise
        raise HungError from error


async def open_page(browser: Browser, vantage: Vantage) -> Page:
    """A visitor without a past: no cookies, no log-in, no storage, nothing left afterwards."""
    context = await browser.new_context(
        viewport={"width": vantage.width, "height": vantage.height},
        is_mobile=vantage.mobile,
        has_touch=vantage.mobile,
        java_script_enabled=vantage.scripts,
        locale="ru-RU",
        timezone_id="Asia/Almaty",
        accept_downloads=False,
        service_workers="block",
        permissions=[],
        user_agent=vantage.agent(browser.version),
    )
    page = await context.new_page()
    page.on("dialog", lambda dialog: asyncio.ensure_future(quietly(dialog.dismiss())))
    context.on("page", lambda other: asyncio.ensure_future(quietly(other.close())))
    return page


async def quietly(step: Awaitable[Any]) -> None:
    try:
        await step
    except Error:
        return  # it went by itself


async def visit(page: Page, url: str, *, patience: float) -> Found:
    """`patience`: seconds for the page to answer."""
    answers: list[Response] = []
    page.on("response", lambda response: keep_answer(page, response, answers))
    try:
        response = await page.goto(url, wait_until="domcontentloaded", timeout=patience * 1000)
    except Slow:
        if not any(answer.ok for answer in answers):
            return {"failure": "timeout", "chain": await chain_of(answers)}
        response = None
        await within(STEP, stop_loading(page))
    except Error as error:
        return {"failure": why(str(error)), "chain": await chain_of(answers)}
    await settle(page)
    await scroll(page)
    revealed = await within(STEP, reveal_phone(page))
    last = answers[-1] if answers else response
    if last is None:
        return {"failure": "network", "chain": []}
    return {
        "url": page.url,
        "status": last.status,
        "headers": await headers_of(last),
        "chain": await chain_of(answers),
        "revealed": sound(revealed),
        "page": only_text(await within(STEP, page.evaluate(scripts.READ))),
        "html": sound((await within(STEP, page.content()))[:LONGEST_HTML]),
    }


def only_text(read: Any) -> Found:
    """A page can make its own title a number or a list a lie: what comes on is text."""
    given = read if isinstance(read, dict) else {}
    lists = {name: given.get(name) for name in ("main", "headings", "pieces")}
    return {
        "title": sound(str(given.get("title") or "")[:300]),
        **{n: [sound(str(i)) for i in v] if isinstance(v, list) else [] for n, v in lists.items()},
    }


async def stop_loading(page: Page) -> None:
    """A page that never ends is taken as far as it came."""
    session = await page.context.new_cdp_session(page)
    await session.send("Page.stopLoading")
    await session.detach()


def keep_answer(page: Page, response: Response, answers: list[Response]) -> None:
    """The page's own answers, redirects by scripts included; frames and pictures are not."""
    request = response.request
    if request.is_navigation_request() and request.frame == page.main_frame:
        answers.append(response)


async def settle(page: Page) -> None:
    try:
        await page.wait_for_load_state("networkidle", timeout=SETTLE)
    except Error:
        return  # a page that never rests is taken as it is


async def scroll(page: Page) -> None:
    try:
        await asyncio.wait_for(page.evaluate(scripts.SCROLL, TALLEST), SCROLLING)
    except (TimeoutError, Error):
        return  # where scripts are off, no timer runs


async def reveal_phone(page: Page) -> str:
    """Press "show the number" once, as a buyer would, and say what appeared: the number ties this
    advert to others, wherever on the page it comes to stand."""
    button = page.locator("button, a, [role=button]").filter(has_text=scripts.REVEAL).first
    try:
        if not await button.is_visible():
            return ""
        before = lines(await page.evaluate(scripts.LINES_OF))
        await button.click(timeout=1_000, no_wait_after=True)
        await page.wait_for_function(scripts.OTHER_THAN, arg="\n".join(before), timeout=2_000)
        await page.wait_for_load_state("networkidle", timeout=1_500)
        after = lines(await page.evaluate(scripts.LINES_OF))
    except Error:
        return ""  # no button, or nothing happened: the page is taken as it is
    known = set(before)
    return "\n".join(line for line in after if line not in known)[:1_000]


def lines(read: Any) -> list[str]:
    return [str(line) for line in read] if isinstance(read, list) else []


async def absolute(page: Page, urls: Sequence[str]) -> list[str]:
    """As the browser itself writes these addresses."""
    found = await within(STEP, page.evaluate(scripts.ABSOLUTE, list(urls)))
    given = found if isinstance(found, list) else []
    return [str(url) for url in given if str(url).startswith(("http://", "https://"))]


async def load_pictures(page: Page, urls: Sequence[str]) -> None:
    """Fetch what the page itself has not shown: the photos at their full size."""
    if not urls:
        return
    try:
        await asyncio.wait_for(page.evaluate(scripts.LOAD_PICTURES, list(urls)), PICTURES)
    except (TimeoutError, Error):
        return  # what came, came


async def take_pictures(page: Page, folder: Path, vantage: Vantage) -> None:
    size = await within(STEP, page.evaluate(scripts.HEIGHT_OF))
    said = size if isinstance(size, (int, float)) and 0 < size < 10**6 else vantage.height
    height = max(vantage.height, min(int(said), vantage.tallest))
    await page.screenshot(
        path=folder / f"{vantage.name}.png",
        full_page=True,
        clip={"x": 0, "y": 0, "width": vantage.width, "height": height},
        animations="disabled",
        timeout=DRAWING,
    )
    if not vantage.mobile:
        await take_photo(page, folder / "photo.jpg")


async def take_photo(page: Page, path: Path) -> None:
    """The picture for lists: small, and made here, so that it may be shown to anybody."""
    chosen = (await within(STEP, page.evaluate_handle(scripts.PICTURE))).as_element()
    try:
        if chosen is not None:
            await chosen.screenshot(path=path, type="jpeg", quality=75, timeout=SETTLE)
        else:
            await page.screenshot(path=path, type="jpeg", quality=75, timeout=SETTLE)
    except Error:
        return  # it moved or vanished; the full picture has it


async def chain_of(answers: list[Response]) -> list[Found]:
    return [
        {"url": answer.url, "status": answer.status, "headers": await headers_of(answer)}
        for answer in answers[:10]
    ]


async def headers_of(response: Response) -> dict[str, str]:
    try:
        every = await response.all_headers()
    except Error:
        return {}
    return {name: value[:2000] for name, value in list(every.items())[:80]}


def why(message: str) -> str:
    names = {
        "ERR_NAME_NOT_RESOLVED": "dns",
        "ERR_TOO_MANY_REDIRECTS": "redirects",
        "ERR_CERT": "certificate",
        "ERR_SSL": "certificate",
        "ERR_TIMED_OUT": "timeout",
        "ERR_HTTP_RESPONSE_CODE_FAILURE": "empty",
        "ERR_TUNNEL_CONNECTION_FAILED": "refused",
        "ERR_ABORTED": "download",
        "Download is starting": "download",
        "ERR_INVALID_AUTH_CREDENTIALS": "login",
        "crashed": "memory",
    }
    return next((slug for name, slug in names.items() if name in message), "network")
