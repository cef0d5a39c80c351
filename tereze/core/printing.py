"""A page of ours as a PDF, made by the browser that captures adverts anyway.

    python -m tereze.core.printing < page.html > page.pdf

The page is whole in itself: the browser is offline, runs no script and is asked for nothing else.
It lives in a process of its own, so that a hung one can be killed and no thread of the web server
ever holds a driver.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from django.contrib.staticfiles import finders
from playwright.sync_api import Error, sync_playwright

from tereze.core import chromium, outgoing
from tereze.core.chromium import NoBrowserError


PATIENCE = 60.0  # seconds, of which an idle machine needs two
NO_BROWSER = 3
AT_ONCE = threading.BoundedSemaphore(2)  # a browser is heavy; the third reader waits


class NotPrintedError(Exception):
    """The browser did not make a PDF of it in time."""


def as_pdf(html: str) -> bytes:
    """Raises NoBrowserError where there is none, NotPrintedError where it failed."""
    outgoing.outside_transaction()
    with AT_ONCE:
        process = subprocess.Popen(
            [sys.executable, "-m", "tereze.core.printing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            pdf, _nothing = process.communicate(html.encode(), timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise NotPrintedError("timeout") from error
        finally:
            end(process)
    if process.returncode == NO_BROWSER:
        raise NoBrowserError
    if process.returncode or not pdf.startswith(b"%PDF-"):
        raise NotPrintedError(str(process.returncode))
    return pdf


def end(process: "subprocess.Popen[bytes]") -> None:
    """With the driver and the browser it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def styles(*names: str) -> str:
    """Style sheets of ours as one text, for a page that may ask for nothing."""
    return "\n".join(Path(str(finders.find(name))).read_text() for name in names)


def main() -> int:
    html = sys.stdin.buffer.read().decode()
    try:
        sys.stdout.buffer.write(printed(html))
    except NoBrowserError:
        return NO_BROWSER
    except Error as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def printed(html: str) -> bytes:
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        try:
            context = browser.new_context(java_script_enabled=False, offline=True)
            context.route("**/*", lambda route: route.abort())
            page = context.new_page()
            page.emulate_media(media="print", color_scheme="light")
            page.set_content(html, wait_until="domcontentloaded")
            return page.pdf(prefer_css_page_size=True, print_background=True)
        finally:
            browser.close()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # a hung thread of the browser's driver must not keep us
