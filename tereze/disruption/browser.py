"""Looks at pages in real Chromium, in a process of its own that can be killed.

    python -m tereze.disruption.browser        # a job a line in, a line out when it is done

Knows neither Django nor the database. The page is hostile: every look gets a fresh, sandboxed
browser under an unprivileged user that reaches only what the guard lets through and is bounded in
time, bytes, memory and size. What is kept between looks is only the driver, which costs seconds to
start. A capture shows the page to a desktop and to a phone at once, in one browser, as two visitors
who know nothing of each other.
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Error, Page, Playwright, async_playwright

from tereze.casework import wacz
from tereze.core import chromium
from tereze.core.outgoing import proxy
from tereze.core.outgoing.addresses import Guard
from tereze.disruption import photos, tokens, visiting
from tereze.disruption.platforms import read as read_listing
from tereze.disruption.recording import Recorder
from tereze.disruption.visiting import DESKTOP, PHONE, Found, HungError, Vantage
from tereze.disruption.watchdog import limit_ourselves


WHOLE = 40.0  # seconds for one visit with all its pictures
WITHOUT_SCRIPTS = 20.0
LESS = 4 * 1024 * 1024  # bytes of a page that has already proved too much
CLOSING = 5.0
GATHERING = 5.0
FLAGS = [
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",
    # no name is ever looked up by the browser itself: the proxy does, and checks what comes out
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


async def main() -> None:
    async with async_playwright() as playwright:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await do(playwright, json.loads(line))), flush=True)  # noqa: T201


async def do(playwright: Playwright, job: dict[str, Any]) -> Found:
    """One look; what was found stands in files in the job's folder."""
    folder = Path(job["folder"])
    budget = proxy.BUDGET if job.get("scripts", True) else LESS
    try:
        with proxy.running(Guard.allowing(job["allowed"]), budget=budget) as through:
            found = await look(playwright, through, job, folder)
            for sight in (found, found.get("mobile") or {}):
                name_what_was_ours(sight, job["url"], through.proxy)
    except chromium.NoBrowserError:
        return {"no_browser": True}
    except Error as error:
        crashed = "crashed" in str(error)  # the renderer ran against its own limit
        found = {"failure": "memory" if crashed else "browser", "detail": str(error)[:300]}
    (folder / "found.json").write_text(json.dumps(found, ensure_ascii=False))
    return {"done": True, "worn": job.get("worn", False)}


def name_what_was_ours(found: Found, url: str, through: proxy.Proxy) -> None:
    """Our own guard stopped it, at once or on its way elsewhere: that is no answer of the site."""
    last = (found.get("chain") or [{"url": url, "status": 0}])[-1]
    own = through.answered_itself(last["url"], last["status"])
    if (found.get("failure") and through.has_refused(url)) or (own and last["status"] == 403):
        found["failure"] = "refused"
    elif own:
        found["failure"] = "network"


async def look(
    playwright: Playwright, through: proxy.Background, job: dict[str, Any], folder: Path
) -> Found:
    started = time.monotonic()
    browser = await chromium.open_browser(
        playwright, proxy={"server": through.address, "bypass": "<-loopback>"}, args=FLAGS
    )
    try:
        if job.get("capture"):
            token = (job.get("secret") or {}).get("name", "")
            recorder = Recorder(through.proxy.answered_itself, never_kept=token)
            found = await capture(browser, job, folder, recorder)
        else:
            found = await glance(browser, job, folder)
        found["browser"] = f"Chromium {browser.version}"
    finally:
        job["worn"] = not await shut(browser)
    found["seconds"] = round(time.monotonic() - started, 2)
    return found


async def shut(browser: Browser) -> bool:
    try:
        await asyncio.wait_for(browser.close(), CLOSING)
    except (TimeoutError, Error):
        return False  # whoever asked kills what is left of it
    return True


async def glance(browser: Browser, job: dict[str, Any], folder: Path) -> Found:
    """A look for verification: is it there? For a phone as well, at the same time."""
    if not job.get("phone"):
        return await seen_from(browser, DESKTOP, job, folder)
    found, found["mobile"] = await asyncio.gather(
        seen_from(browser, DESKTOP, job, folder),
        seen_from(browser, PHONE, {**job, "pictures": False}, folder),
    )
    return found


async def arrive(browser: Browser, vantage: Vantage, job: dict[str, Any]) -> Page:
    page = await visiting.open_page(browser, vantage)
    if job.get("secret"):
        await tokens.show(page, **job["secret"])
    return page


async def seen_from(browser: Browser, vantage: Vantage, job: dict[str, Any], folder: Path) -> Found:
    try:
        async with asyncio.timeout(WHOLE):
            page = await arrive(browser, vantage, job)
            found = await visiting.visit(page, job["url"], patience=job["patience"])
            if not found.get("failure") and job["pictures"]:
                await visiting.take_pictures(page, folder, vantage)
    except (TimeoutError, HungError):
        return {"failure": "hung"}
    except Error:
        return {"failure": "browser"}
    return found


async def capture(browser: Browser, job: dict[str, Any], folder: Path, recorder: Recorder) -> Found:
    """Everything of an advert, from both screens, and the web archive of the larger one."""
    found, found["mobile"] = await asyncio.gather(
        from_desktop(browser, job, folder, recorder), from_phone(browser, job, folder)
    )
    await recorder.gather(GATHERING)
    if not found.get("failure"):
        found["archive_incomplete"] = recorder.incomplete
        (folder / "capture.wacz").write_bytes(archive_of(found, recorder, browser.version))
        found["photos"] = kept_photos(found.pop("photo_urls", []), recorder, folder)
    return found


async def from_desktop(
    browser: Browser, job: dict[str, Any], folder: Path, recorder: Recorder
) -> Found:
    if not job.get("scripts", True):
        return await without_scripts(browser, job, folder, recorder)
    try:
        async with asyncio.timeout(WHOLE):
            page = await arrive(browser, DESKTOP, job)
            recorder.listen(page)
            return await whole_page(page, job, folder, recorder)
    except (TimeoutError, HungError):
        return await without_scripts(browser, job, folder, recorder)


async def without_scripts(
    browser: Browser, job: dict[str, Any], folder: Path, recorder: Recorder
) -> Found:
    """The page answered, but its own scripts keep it from being looked at: then without them."""
    try:
        async with asyncio.timeout(WITHOUT_SCRIPTS):
            page = await arrive(browser, replace(DESKTOP, scripts=False), job)
            recorder.listen(page)
            found = await whole_page(page, job, folder, recorder)
    except (TimeoutError, HungError):
        return {"failure": "hung"}
    return {**found, "without_scripts": True}


async def whole_page(page: Page, job: dict[str, Any], folder: Path, recorder: Recorder) -> Found:
    found = await visiting.visit(page, job["url"], patience=job["patience"])
    if found.get("failure"):
        return found
    await visiting.take_pictures(page, folder, DESKTOP)
    listing = await asyncio.to_thread(
        read_listing, job.get("platform", ""), found["html"], found["url"]
    )
    urls = await visiting.absolute(page, listing.photos[: photos.MOST])
    await recorder.gather(GATHERING)
    await visiting.load_pictures(page, [url for url in urls if recorder.of(url) is None])
    found["photo_urls"] = urls
    return found


async def from_phone(browser: Browser, job: dict[str, Any], folder: Path) -> Found:
    phone = replace(PHONE, scripts=job.get("scripts", True))
    try:
        async with asyncio.timeout(WHOLE):
            page = await arrive(browser, phone, job)
            found = await visiting.visit(page, job["url"], patience=job["patience"])
            if not found.get("failure"):
                await visiting.take_pictures(page, folder, phone)
            return found
    except (TimeoutError, HungError):
        return {"failure": "hung"}
    except Error:
        return {"failure": "browser"}


def archive_of(found: Found, recorder: Recorder, version: str) -> bytes:
    at = datetime.now(UTC)
    page = found["page"]
    pages = [wacz.WebPage(found["url"], at, page["title"], " ".join(page["pieces"]))]
    about = wacz.About(
        title=page["title"] or found["url"],
        software=f"Tereze, Chromium {version}",
        created=at,
        description="Записано без скриптов страницы" if found.get("without_scripts") else "",
    )
    return wacz.build(list(recorder.records.values()), pages, about)


def kept_photos(urls: list[str], recorder: Recorder, folder: Path) -> list[Found]:
    """The photos as the site sent them, byte for byte: what a camera wrote into them stays."""
    found: list[Found] = []
    for position, url in enumerate(urls, start=1):
        record = recorder.of(url)
        picture = photos.examine(record.body) if record and record.status == 200 else None
        entry: Found = {"position": position, "url": url}
        if record is not None and picture is not None:
            name = f"photo-{position:02d}.{picture.kind}"
            (folder / name).write_bytes(record.body)
            entry |= {
                "name": name,
                "sha256": picture.sha256,
                "pdq": picture.pdq,
                "width": picture.width,
                "height": picture.height,
            }
        found.append(entry)
    return found


if __name__ == "__main__":
    limit_ourselves()
    asyncio.run(main())
    sys.stdout.flush()
    os._exit(0)  # a hung thread of the browser's driver must not keep us
