"""The capture of an advert, before it is sealed: what was seen from where, as files and as facts."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tereze.casework.actions import Part
from tereze.core import outgoing
from tereze.disruption import seeing, vantages
from tereze.disruption.pages import read_page
from tereze.disruption.platforms import Listing, read
from tereze.disruption.seeing import View
from tereze.disruption.vantages import DESKTOP, PHONE, ROBOT, Difference, Sight
from tereze.disruption.verification import Asked, Outcome, Seen, Verdict, look_at
from tereze.indicators import extract


LARGEST = 100 * 1024 * 1024  # of one file
MEDIA = {"jpg": "image/jpeg", "png": "image/png", "wacz": "application/wacz"}


@dataclass(frozen=True)
class Answered:
    """What one of the other vantages was given."""

    seen: Seen
    html: str = ""
    revealed: str = ""  # what "show the number" brought to light


@dataclass(frozen=True)
class Taken:
    view: View
    revealed: str = ""
    phone: Answered = field(default_factory=lambda: Answered(Seen(failure="browser")))
    robot: Answered = field(default_factory=lambda: Answered(Seen(failure="browser")))
    photos: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)  # photos, archive, the phone's picture
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What was understood of it."""

    verdict: Verdict
    listing: Listing
    sights: list[Sight]
    differences: list[Difference]


def take(
    url: str, platform: str, *, secret: outgoing.Secret | None = None, scripts: bool = True
) -> Taken:
    """Look from all vantages at once. Raises NoBrowserError where there is no browser.

    `secret`: the token by which a partner lets our looks in; it is in no file of the evidence.
    `scripts` off: for a page whose own ones have kept it from being taken.
    """
    token = seeing.in_words(secret) if secret else None
    outgoing.outside_transaction()
    with ThreadPoolExecutor(1) as pool:
        robot = pool.submit(as_robot, url, secret)
        job = {"pictures": True, "capture": True, "platform": platform, "secret": token}
        with seeing.looking(url, scripts=scripts, **job) as folder:
            return gather(folder, robot.result())


def as_robot(url: str, secret: outgoing.Secret | None) -> Answered:
    agent = seeing.declared_agent()
    try:
        found = outgoing.fetch(url, guard=outgoing.guard(), agent=agent, secret=secret)
    except outgoing.FetchError as error:
        return Answered(Seen(failure=error.reason))
    page = read_page(found.text)
    return Answered(Seen(found.url, found.status, found.headers, page), found.text)


def gather(folder: Path, robot: Answered) -> Taken:
    view = seeing.collect(folder)
    try:
        found = json.loads((folder / "found.json").read_text())
    except (FileNotFoundError, ValueError):
        found = {}
    phone = found.get("mobile") or {"failure": "browser"}
    wanted = ("photo-*", "mobile.png", "capture.wacz")
    paths = [path for pattern in wanted for path in sorted(folder.glob(pattern))]
    return Taken(
        view=view,
        revealed=found.get("revealed", ""),
        phone=Answered(seeing.seen_in(phone), phone.get("html", ""), phone.get("revealed", "")),
        robot=robot,
        photos=found.get("photos", []),
        files={path.name: path.read_bytes() for path in paths if path.stat().st_size < LARGEST},
        notes={name: True for name in ("without_scripts", "archive_incomplete") if found.get(name)},
    )


def understand(taken: Taken, asked: Asked) -> Reading:
    sights = [
        Sight(name, look_at(asked, answered.seen), listing_of(asked, answered))
        for name, answered in (
            (DESKTOP, Answered(taken.view.seen, taken.view.html, taken.revealed)),
            (PHONE, taken.phone),
            (ROBOT, taken.robot),
        )
    ]
    first = sights[0]
    return Reading(first.verdict, first.listing, sights, vantages.differences(sights))


def listing_of(asked: Asked, answered: Answered) -> Listing:
    if look_at(asked, answered.seen).outcome is not Outcome.THERE:
        return Listing()
    listing = read(asked.platform.slug, answered.html, answered.seen.url)
    shown = [found.value for found in extract(answered.revealed) if found.type == "phone"]
    return replace(listing, phones=tuple(dict.fromkeys([*shown, *listing.phones])))


def parts_of(taken: Taken, reading: Reading) -> list[Part]:
    """As evidence. The page is public; nothing in these files comes from a reporter."""
    parts = taken.view.parts()
    for name, content in taken.files.items():
        kind = name.rpartition(".")[2]
        parts.append(Part(name, MEDIA.get(kind, f"image/{kind}"), content, outgoing=True))
    for name, answered in ((PHONE, taken.phone), (ROBOT, taken.robot)):
        if answered.html:
            parts.append(Part(f"{name}.html", "text/html", answered.html.encode(), outgoing=True))
    told = vantages.as_evidence(reading.sights, reading.differences)
    content = json.dumps(told, ensure_ascii=False, indent=2).encode()
    parts.append(Part("vantages.json", "application/json", content, outgoing=True))
    return parts


def facts_of(taken: Taken, reading: Reading) -> dict[str, Any]:
    return {
        **taken.view.facts(),
        **taken.notes,
        "outcome": reading.verdict.outcome,
        "why": reading.verdict.why,
        "vantages": {sight.name: str(sight.verdict) for sight in reading.sights},
        "differ": [difference["field"] for difference in reading.differences],
        "photos": len(taken.photos),
        "photos_kept": sum(1 for photo in taken.photos if photo.get("name")),
    }
