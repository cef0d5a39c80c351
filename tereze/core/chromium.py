"""One way to start a browser: Debian's Chromium or Playwright's own, sandboxed, never as root."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.async_api import Browser as AsyncBrowser
from playwright.async_api import Playwright as AsyncPlaywright
from playwright.sync_api import Browser, Playwright


WRAPPER = Path(__file__).with_name("chromium.sh")
QUIET = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
]


class NoBrowserError(Exception):
    """There is no Chromium on this machine."""


def find() -> str | None:
    """The browser's path; None lets Playwright use the one it installed itself, if any."""
    named = os.environ.get("TEREZE_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


def available(playwright: Playwright | AsyncPlaywright) -> bool:
    return find() is not None or Path(playwright.chromium.executable_path).exists()


def options(playwright: Playwright | AsyncPlaywright, chosen: dict[str, Any]) -> dict[str, Any]:
    """Headless, with its sandbox on; as root, as an unprivileged user."""
    if not available(playwright):
        raise NoBrowserError
    path = find() or playwright.chromium.executable_path
    return {
        **chosen,
        "executable_path": str(WRAPPER) if os.geteuid() == 0 else path,
        "chromium_sandbox": True,
        "args": [*QUIET, *chosen.get("args", [])],
        "env": {**os.environ, "TEREZE_CHROMIUM": path},
    }


def launch(playwright: Playwright, **chosen: Any) -> Browser:
    return playwright.chromium.launch(**options(playwright, chosen))


async def open_browser(playwright: AsyncPlaywright, **chosen: Any) -> AsyncBrowser:
    return await playwright.chromium.launch(**options(playwright, chosen))
