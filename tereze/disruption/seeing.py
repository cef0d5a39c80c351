"""Both ways to look at a page: a browser in a process of its own, and plain HTTP."""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from tereze.casework.actions import Part
from tereze.core import outgoing
from tereze.core.clock import now
from tereze.disruption.pages import PageText, read_page
from tereze.disruption.verification import Seen


HARD_LIMIT = 75.0  # seconds; then the process and its browser are killed
LOOKS_EACH = 40  # then a new process: whatever leaks, leaks only so far
LARGEST_PICTURE = 25 * 1024 * 1024


class NoBrowserError(Exception):
    """This machine has no Chromium: a person has to take the picture."""


@dataclass(frozen=True)
class View:
    """What the browser brought back."""

    seen: Seen
    at: datetime
    seconds: float = 0.0
    browser: str = ""
    html: str = ""
    chain: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def parts(self) -> list[Part]:
        """As evidence. The page is public; nothing in these files comes from a reporter."""
        answer = {
            "url": self.seen.url,
            "status": self.seen.status,
            "at": self.at.isoformat(),
            "browser": self.browser,
            "chain": self.chain,
            "failure": self.seen.failure,
        }
        content = json.dumps(answer, ensure_ascii=False, indent=2).encode()
        parts = [Part("response.json", "application/json", content, outgoing=True)]
        if self.html:
            parts.append(Part("page.html", "text/html", self.html.encode(), outgoing=True))
        for name, picture in self.pictures.items():
            kind = "image/png" if name.endswith(".png") else "image/jpeg"
            parts.append(Part(name, kind, picture, outgoing=True))
        return parts

    def facts(self) -> dict[str, Any]:
        return {
            "final_url": self.seen.url,
            "status": self.seen.status,
            "redirects": max(0, len(self.chain) - 1),
            "browser": self.browser,
        }


class Driver:
    """The process that looks, kept from one look to the next and killed when one takes too long."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.looks = 0
        self.lock = threading.Lock()

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """What the process answered; an empty answer means that it had to be killed, or died."""
        with self.lock:
            if self.process is None or self.process.poll() is not None or self.looks >= LOOKS_EACH:
                self.restart()
            self.looks += 1
            process = self.process
            if process is None or process.stdin is None or process.stdout is None:
                return {}
            watchdog = threading.Timer(HARD_LIMIT, self.kill)
            watchdog.start()
            try:
                process.stdin.write(json.dumps(job) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = ""
            finally:
                watchdog.cancel()
            if not line:
                self.kill()
            return json.loads(line) if line else {}

    def restart(self) -> None:
        self.kill()
        self.looks = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tereze.disruption.browser"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def kill(self) -> None:
        """With everything it started: the driver and its browser."""
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


driver = Driver()
atexit.register(driver.kill)


def by_browser(
    url: str,
    *,
    pictures: bool = True,
    mobile: bool = False,
    secret: outgoing.Secret | None = None,
) -> View:
    """Open the page in Chromium. Raises NoBrowserError where there is none."""
    outgoing.outside_transaction()
    with tempfile.TemporaryDirectory(prefix="tereze-look-") as folder:
        job = {
            "url": url,
            "folder": folder,
            "allowed": settings.ALLOWED_PRIVATE,
            "pictures": pictures,
            "mobile": mobile,
            "secret": in_words(secret) if secret else None,
        }
        answer = driver.ask(job)
        if answer.get("no_browser"):
            raise NoBrowserError
        return collect(Path(folder))


def collect(folder: Path) -> View:
    at = now()
    try:
        found = json.loads((folder / "found.json").read_text())
    except (FileNotFoundError, ValueError):
        return View(seen=Seen(failure="browser"), at=at)
    page = found.get("page") or {}
    seen = Seen(
        url=found.get("url", ""),
        status=found.get("status", 0),
        headers=found.get("headers", {}),
        page=PageText(
            title=page.get("title", ""),
            main=tuple(page.get("main", ())),
            headings=tuple(page.get("headings", ())),
            pieces=tuple(page.get("pieces", ())),
        ),
        failure=found.get("failure", ""),
    )
    pictures = {
        path.name: path.read_bytes()
        for path in (folder / "page.png", folder / "photo.jpg")
        if path.exists() and path.stat().st_size < LARGEST_PICTURE
    }
    return View(
        seen=seen,
        at=at,
        seconds=found.get("seconds", 0.0),
        browser=found.get("browser", ""),
        html=found.get("html", ""),
        chain=found.get("chain", []),
        pictures=pictures,
    )


def in_words(secret: outgoing.Secret) -> dict[str, Any]:
    return {
        "name": secret.name,
        "value": secret.value,
        "domains": sorted(secret.domains),
        "places": sorted(secret.places),
    }


def by_http(url: str, *, mobile: bool = False, secret: outgoing.Secret | None = None) -> Seen:
    """As a robot that says whose it is."""
    outgoing.outside_transaction()
    agent = declared_agent(mobile=mobile)
    try:
        found = outgoing.fetch(url, guard=outgoing.guard(), agent=agent, secret=secret)
    except outgoing.FetchError as error:
        return Seen(failure=error.reason)
    return Seen(
        url=found.url, status=found.status, headers=found.headers, page=read_page(found.text)
    )


def declared_agent(*, mobile: bool = False) -> str:
    """Who looks and where to complain; a platform may recognise us by it and let us in."""
    own = f"{outgoing.USER_AGENT.partition(' ')[0]} (checks reported adverts; +{settings.LOOK_CONTACT})"
    return f"Mozilla/5.0 (Linux; Android 10; K) Mobile {own}" if mobile else own
