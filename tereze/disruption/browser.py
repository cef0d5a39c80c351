"""Looks at pages in real Chromium, in a process of its own that can be killed.

    python -m tereze.disruption.browser        # a job a line in, a line out when it is done

Knows neither Django nor the database. The page is hostile: every look gets a fresh, sandboxed
browser under an unprivileged user that reaches only what the guard lets through and is bounded in
time, bytes and size. What is kept between looks is only the driver, which costs seconds to start.
"""

import contextlib
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    Error,
    Page,
    Playwright,
    Response,
    ViewportSize,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as Slow

from tereze.core import chromium
from tereze.core.outgoing import proxy
from tereze.core.outgoing.addresses import Guard
from tereze.core.outgoing.fetching import Secret


PATIENCE = 20_000  # ms for the page to answer
SETTLE = 4_000  # ms at most for scripts and pictures afterwards
TALLEST = 12_000  # px of a full-page picture
WIDTH, HEIGHT = 1280, 900
PHONE: ViewportSize = {"width": 390, "height": 844}
LONGEST_HTML = 3_000_000
LONGEST_TEXT = 200_000
# what a visitor can see, piece by piece: hidden templates of "not found" pages do not count
READ = """() => {
  const seen = node => { const e = node.parentElement; return e && e.checkVisibility(); };
  const pieces = [];
  const walker = document.createTreeWalker(document.body || document, NodeFilter.SHOW_TEXT);
  let length = 0;
  while (walker.nextNode() && length < 200000) {
    const node = walker.currentNode;
    if (['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE'].includes(node.parentElement?.tagName)) continue;
    const text = node.data.replace(/\\s+/g, ' ').trim();
    if (text && seen(node)) { pieces.push(text); length += text.length; }
  }
  const all = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6,[role=alert],[role=status]')]
    .filter(e => e.checkVisibility());
  const text = e => e.innerText.replace(/\\s+/g, ' ').trim().slice(0, 300);
  return {
    title: document.title.slice(0, 300), pieces,
    main: all.filter(e => e.tagName === 'H1').map(text).filter(Boolean),
    headings: all.map(text).filter(Boolean),
  };
}"""
# what a buyer presses to see the seller's number
REVEAL = re.compile(
    r"^\s*(показать (телефон|номер)|телефонды көрсету|нөмірді көрсету|show (phone|number))",
    re.IGNORECASE,
)
# the advert's picture: the largest one shown
PICTURE = """() => {
  let best = null, area = 120 * 90;
  for (const image of document.images) {
    const box = image.getBoundingClientRect();
    if (image.complete && image.naturalWidth && box.width * box.height > area) {
      best = image; area = box.width * box.height;
    }
  }
  return best;
}"""


def main() -> int:
    with sync_playwright() as playwright:
        for line in sys.stdin:
            print(json.dumps(do(playwright, json.loads(line))), flush=True)  # noqa: T201
    return 0


def do(playwright: Playwright, job: dict[str, Any]) -> dict[str, Any]:
    """One look; what was found stands in files in the job's folder."""
    folder = Path(job["folder"])
    try:
        with proxy.running(Guard.allowing(job["allowed"])) as through:
            found = look(playwright, through.address, job, folder)
            if found.get("failure") and through.proxy.has_refused(job["url"]):
                found["failure"] = "refused"
    except chromium.NoBrowserError:
        return {"no_browser": True}
    except Error as error:
        found = {"failure": "browser", "detail": str(error)[:300]}
    (folder / "found.json").write_text(json.dumps(found, ensure_ascii=False))
    return {"done": True}


def look(playwright: Playwright, through: str, job: dict[str, Any], folder: Path) -> dict[str, Any]:
    started = time.monotonic()
    browser = chromium.launch(
        playwright,
        proxy={"server": through, "bypass": "<-loopback>"},
        args=["--force-webrtc-ip-handling-policy=disable_non_proxied_udp"],
    )
    try:
        page = open_page(browser, mobile=bool(job.get("mobile")))
        if job.get("secret"):
            show_secret(page, **job["secret"])
        found = visit(page, job["url"])
        if not found.get("failure") and job["pictures"]:
            take_pictures(page, folder)
        found["browser"] = f"Chromium {browser.version}"
    finally:
        browser.close()
    found["seconds"] = round(time.monotonic() - started, 2)
    return found


def open_page(browser: Browser, *, mobile: bool = False) -> Page:
    """A visitor's ordinary browser: what a robot is shown is asked by plain HTTP."""
    version = browser.version.partition(".")[0]
    context = browser.new_context(
        viewport=PHONE if mobile else {"width": WIDTH, "height": HEIGHT},
        is_mobile=mobile,
        has_touch=mobile,
        locale="ru-RU",
        timezone_id="Asia/Almaty",
        accept_downloads=False,
        service_workers="block",
        permissions=[],
        user_agent=(
            f"Mozilla/5.0 ({'Linux; Android 10; K' if mobile else 'X11; Linux x86_64'}) "
            f"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 "
            f"{'Mobile ' if mobile else ''}Safari/537.36"
        ),
    )
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    context.on("page", lambda other: other.close() if other != page else None)
    return page


def show_secret(page: Page, name: str, value: str, domains: list[str], places: list[str]) -> None:
    """Put a partner's token on the page's own requests to that partner, hop by hop: what was put
    on one request does not follow a redirect to somebody else."""
    secret = Secret(name, value, frozenset(domains), frozenset(places))
    session = page.context.new_cdp_session(page)

    def onward(event: dict[str, Any]) -> None:
        request = event["request"]
        target = urlsplit(request["url"])
        kept = {key: text for key, text in request["headers"].items() if key != secret.name}
        if secret.is_for(target.scheme, target.hostname or "", target.netloc):
            kept[secret.name] = secret.value
        headers = [{"name": key, "value": text} for key, text in kept.items()]
        with contextlib.suppress(Error):
            session.send(
                "Fetch.continueRequest", {"requestId": event["requestId"], "headers": headers}
            )

    session.on("Fetch.requestPaused", onward)
    session.send("Fetch.enable", {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]})


def visit(page: Page, url: str) -> dict[str, Any]:
    answers: list[Response] = []
    page.on("response", lambda response: keep_answer(page, response, answers))
    try:
        response = page.goto(url, wait_until="domcontentloaded", timeout=PATIENCE)
    except Slow:
        return {"failure": "timeout", "chain": chain_of(answers)}
    except Error as error:
        return {"failure": why(str(error)), "chain": chain_of(answers)}
    settle(page)
    reveal_phone(page)
    last = answers[-1] if answers else response
    if last is None:
        return {"failure": "network", "chain": []}
    return {
        "url": page.url,
        "status": last.status,
        "headers": headers_of(last),
        "chain": chain_of(answers),
        "page": page.evaluate(READ),
        "html": page.content()[:LONGEST_HTML],
    }


def keep_answer(page: Page, response: Response, answers: list[Response]) -> None:
    """The page's own answers, redirects by scripts included; frames and pictures are not."""
    request = response.request
    if request.is_navigation_request() and request.frame == page.main_frame:
        answers.append(response)


def settle(page: Page) -> None:
    try:
        page.wait_for_load_state("networkidle", timeout=SETTLE)
    except Error:
        return  # a page that never rests is taken as it is


def reveal_phone(page: Page) -> None:
    """Press "show the number" once, as a buyer would: the number ties this advert to others."""
    button = page.locator("button, a, [role=button]").filter(has_text=REVEAL).first
    try:
        if not button.is_visible():
            return
        before = page.evaluate("() => document.body.innerText.length")
        button.click(timeout=1_000, no_wait_after=True)
        page.wait_for_function(
            "before => document.body && document.body.innerText.length !== before",
            arg=before,
            timeout=2_000,
        )
    except Error:
        return  # no button, or nothing happened: the page is taken as it is
    settle(page)


def chain_of(answers: list[Response]) -> list[dict[str, Any]]:
    return [
        {"url": answer.url, "status": answer.status, "headers": headers_of(answer)}
        for answer in answers[:10]
    ]


def headers_of(response: Response) -> dict[str, str]:
    try:
        return {name: value[:2000] for name, value in list(response.all_headers().items())[:80]}
    except Error:
        return {}


def take_pictures(page: Page, folder: Path) -> None:
    size = page.evaluate("() => document.documentElement.scrollHeight")
    height = max(HEIGHT, min(int(size), TALLEST))
    page.screenshot(
        path=folder / "page.png",
        full_page=True,
        clip={"x": 0, "y": 0, "width": WIDTH, "height": height},
        animations="disabled",
        timeout=PATIENCE,
    )
    photo: dict[str, Any] = {"path": folder / "photo.jpg", "type": "jpeg", "quality": 75}
    image = page.evaluate_handle(PICTURE).as_element()
    try:
        if image is not None:
            image.screenshot(**photo, timeout=SETTLE)
        else:
            page.screenshot(**photo, timeout=SETTLE)
    except Error:
        return  # it moved or vanished; the full picture has it


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
    }
    return next((slug for name, slug in names.items() if name in message), "network")


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # a hung thread of the browser's driver must not keep us
