"""Both ways to look at a page: a browser in a process of its own, and plain HTTP."""

import atexit
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
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
from tereze.disruption.watchdog import Watchdog, kill_tree


HARD_LIMIT = 75.0  # seconds; then the process and its browser are killed
PATIENCE = 15.0  # for a page to answer
MOST_MEMORY = 1536 * 1024 * 1024  # of the browser and all its processes together
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
    phone: Seen | None = None  # what a phone was shown at the same time, where it was asked for

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
    """The process that looks, kept from one look to the next and killed when one takes too much."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.looks = 0
        self.lock = threading.Lock()

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """What the process answered; without "done" it had to be killed (then why), or died."""
        with self.lock:
            if self.process is None or self.process.poll() is not None or self.looks >= LOOKS_EACH:
                self.restart()
            self.looks += 1
            process = self.process
            if process is None or process.stdin is None or process.stdout is None:
                return {}
            with Watchdog(process.pid, seconds=HARD_LIMIT, memory=MOST_MEMORY) as dog:
                try:
                    process.stdin.write(json.dumps(job) + "\n")
                    process.stdin.flush()
                    line = process.stdout.readline()
                except BrokenPipeError:
                    line = ""
            answer = json.loads(line) if line else {"worn": True}
            if dog.bitten or not line:  # its browser dies first: then it may still say "browser"
                answer = {"killed": dog.bitten, "worn": True}
            if answer.get("worn"):
                self.kill()  # or what is left of its browser would count against the next look
            return answer

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
        kill_tree(process.pid)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


# each lane of the worker has its own: a capture never waits for the looks of other requests
LOOKS, CAPTURES = Driver(), Driver()


@atexit.register
def end_browsers() -> None:
    for driver in (LOOKS, CAPTURES):
        driver.kill()


def by_browser(
    url: str, *, pictures: bool = True, phone: bool = False, secret: outgoing.Secret | None = None
) -> View:
    """Open the page in Chromium, on a phone's screen as well if wanted. Raises NoBrowserError where
    there is none."""
    shown = in_words(secret) if secret else None
    with looking(url, pictures=pictures, phone=phone, secret=shown) as folder:
        return collect(folder)


@contextlib.contextmanager
def looking(url: str, **job: Any) -> Iterator[Path]:
    """A folder with what the browser found; nothing is in it where it had to be killed."""
    outgoing.outside_transaction()
    with tempfile.TemporaryDirectory(prefix="tereze-look-") as name:
        common = {"folder": name, "allowed": settings.ALLOWED_PRIVATE, "patience": PATIENCE}
        job = {"url": url, **common, **job}
        answer = (CAPTURES if job.get("capture") else LOOKS).ask(job)
        if answer.get("no_browser"):
            raise NoBrowserError
        if answer.get("killed"):
            (Path(name) / "found.json").write_text(json.dumps({"failure": answer["killed"]}))
        yield Path(name)


def collect(folder: Path) -> View:
    at = now()
    try:
        found = json.loads((folder / "found.json").read_text())
    except (FileNotFoundError, ValueError):
        return View(seen=Seen(failure="browser"), at=at)
    pictures = {
        path.name: path.read_bytes()
        for path in (folder / "page.png", folder / "photo.jpg")
        if path.exists() and path.stat().st_size < LARGEST_PICTURE
    }
    return View(
        seen=seen_in(found),
        at=at,
        seconds=found.get("seconds", 0.0),
        browser=found.get("browser", ""),
        html=found.get("html", ""),
        chain=found.get("chain", []),
        pictures=pictures,
        phone=seen_in(found["mobile"]) if found.get("mobile") else None,
    )


def seen_in(found: dict[str, Any]) -> Seen:
    page = found.get("page") or {}
    return Seen(
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
