"""Captures in a real browser: complete, replayable without the site, and safe from the page."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Route, sync_playwright
from warcio.archiveiterator import ArchiveIterator

from tereze.accounts.models import Unit, User
from tereze.casework import wacz
from tereze.core import chromium, due
from tereze.core.clock import now
from tereze.core.wording import NARROW
from tereze.disruption import actions, captures, seeing
from tereze.disruption.models import Capture, Partner, Request, Snapshot, State
from tereze.disruption.watchdog import tree

from . import pages
from .conftest import BY
from .pages import Canary, Hostile, hostile_site


pytestmark = pytest.mark.django_db


@pytest.fixture
def site(city: Unit, settings: Any) -> Iterator[Hostile]:
    with hostile_site() as site:
        settings.ALLOWED_PRIVATE = [site.host]
        Partner.objects.filter(slug="olx").update(bases=[f"http://{site.host}"])
        yield site


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


def captured(unit: Unit, url: str) -> Request:
    request = actions.draft_request(unit=unit, url=url, reason="Предоплата", by=BY).request
    run_captures()
    request.refresh_from_db()
    return request


def run_captures() -> None:
    handler = next(handler for handler in due.HANDLERS if handler.model is Capture)
    assert due.run_one(handler)


def files_of(request: Request) -> dict[str, bytes]:
    assert request.evidence is not None, request.capture.why
    return {file.name: file.content() for file in request.evidence.files.all()}


def test_an_advert_is_captured_whole_and_its_two_faces_are_shown(
    city: Unit, site: Hostile, chief: User, client: Client, tmp_path: Path
) -> None:
    partner = Partner.objects.get(slug="olx")
    partner.look_token = "given-by-the-partner"
    partner.save()
    request = captured(city, f"http://{site.host}/d/obyavlenie/two-faced-IDr9sfK.html")
    assert request.state == State.CAPTURED
    snapshot = Snapshot.objects.get()
    assert (snapshot.seller, snapshot.phones, snapshot.price) == ("Айбек", ["+77059998877"], 150000)
    files = files_of(request)

    photos = list(snapshot.photos.all())
    assert [photo.name for photo in photos] == ["photo-01.jpg", "photo-02.jpg", "photo-03.jpg"]
    for number, photo in enumerate(photos, start=1):
        assert files[photo.name] == pages.photo(number)  # byte for byte, so with its EXIF
        assert (photo.width, photo.height, len(photo.pdq)) == (640, 480, 64)
    assert Image.open(io.BytesIO(files["photo-01.jpg"])).getexif()[0x010F] == pages.EXIF
    assert len({photo.pdq for photo in photos}) == 3

    differ = {entry["field"]: entry for entry in snapshot.differences}
    assert (differ["price"]["desktop"], differ["price"]["mobile"]) == ("150000 KZT", "99000 KZT")
    assert differ["title"]["robot"] == "Обложка для паспорта"
    assert json.loads(files["vantages.json"])["differences"] == snapshot.differences
    assert {"mobile.png", "mobile.html", "robot.html"} <= set(files)

    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/desk/requests/{request.public_id}/").text
    for shown in ("Айбек", "+7 705 999 88 77", "150 000", "99000", "photo-03.jpg", "capture.wacz"):
        assert shown in page.replace(NARROW, " ").replace("\N{NO-BREAK SPACE}", " "), shown
    assert "ещё не заверено" in page

    (tmp_path / "capture.wacz").write_bytes(files["capture.wacz"])
    is_valid(tmp_path / "capture.wacz")
    assert partner.look_token in site.tokens
    assert not [name for name, content in unpacked(files).items() if b"given-by" in content]
    replays_without_the_site(files["capture.wacz"])


def unpacked(files: dict[str, bytes]) -> dict[str, bytes]:
    """All that a stranger could read in them."""
    with zipfile.ZipFile(io.BytesIO(files["capture.wacz"])) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    records = io.BytesIO(inside[wacz.WARC])
    plain = b"".join(
        record.http_headers.to_bytes() + record.content_stream().read()
        for record in ArchiveIterator(records)
        if record.http_headers
    )
    return {**files, **inside, "records": plain}


def is_valid(path: Path) -> None:
    tool = Path(sys.executable).parent / "wacz"
    done = subprocess.run(
        [tool, "validate", "-f", path], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Validation succeeded" in done.stdout, done.stdout + done.stderr
    assert wacz.problems(path.read_bytes()) == []


def replays_without_the_site(content: bytes) -> None:
    """The listed page opened from the archive alone: nothing that it asks for is missing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    records = {record.url: record for record in wacz.read(files)}
    (page,) = [json.loads(line) for line in files[wacz.PAGES].decode().splitlines()[1:]]
    missing: list[str] = []

    def answer(route: Route) -> None:
        record = records.get(route.request.url)
        if record is None:
            missing.append(route.request.url)
            route.abort()
        else:
            route.fulfill(status=record.status, headers=dict(record.headers), body=record.body)

    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        opened = browser.new_page()
        opened.route("**/*", answer)
        opened.goto(page["url"], wait_until="networkidle")
        opened.get_by_role("button", name="Показать телефон").click()
        opened.get_by_text("8 705 999 88 77").wait_for()
        widths = opened.evaluate("() => [...document.images].map(i => i.naturalWidth)")
        browser.close()
    assert missing == []
    assert widths == [640]


def test_a_page_that_attacks_reaches_nothing_and_is_captured_all_the_same(
    city: Unit, site: Hostile, canary: Canary
) -> None:
    """Private addresses by every road, dialogs, pop-ups, downloads, service workers, no end."""
    site.private = f"http://127.0.0.1:{canary.port}/"
    html = pages.ATTACK.format(tcp=canary.port, udp=canary.udp_port, text=pages.TEXT)
    request = captured(city, site.page("attack", html))
    assert request.state == State.CAPTURED, request.capture.why
    assert not canary.visited()
    files = files_of(request)
    assert Image.open(io.BytesIO(files["page.png"])).height <= 12_000
    assert "/worker.js" not in site.asked
    with zipfile.ZipFile(io.BytesIO(files["capture.wacz"])) as archive:
        assert str(canary.port).encode() not in archive.read(wacz.INDEX)


@pytest.mark.parametrize("script", [pages.NEVER_ENDS, pages.TAMPERS])
def test_a_page_that_does_not_let_itself_be_read_is_taken_without_its_scripts(
    city: Unit, site: Hostile, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    html = pages.GRASPING.format(text=pages.TEXT, script=script)
    monkeypatch.setattr(seeing, "PATIENCE", 3.0)
    request = captured(city, site.page("endless", html))
    assert request.state == State.CAPTURED, request.capture.why
    assert request.evidence is not None
    assert request.evidence.manifest["facts"]["without_scripts"] is True


def test_a_page_that_eats_memory_is_ended_and_taken_again_without_its_scripts(
    city: Unit, site: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = pages.GRASPING.format(text=pages.TEXT, script=pages.EATS_MEMORY)
    monkeypatch.setattr(seeing, "MOST_MEMORY", 600 << 20)
    before = set(tree(1))
    request = captured(city, site.page("hungry", html))
    assert (request.state, request.capture.why) == (State.DRAFTED, "memory")
    assert not [pid for pid in set(tree(1)) - before if is_browser(pid)]
    Capture.objects.update(next_action_at=now())
    run_captures()
    request.refresh_from_db()
    assert request.state == State.CAPTURED
    assert request.evidence is not None
    assert request.evidence.manifest["facts"]["without_scripts"] is True


def is_browser(pid: int) -> bool:
    try:
        return b"tereze.disruption.browser" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.parametrize(
    "way", ["<script>location='/inside'</script>", "<meta http-equiv=refresh content='0;/inside'>"]
)
def test_being_led_to_a_private_address_is_no_answer_of_the_site(
    city: Unit, site: Hostile, canary: Canary, way: str
) -> None:
    """Neither "empty" nor "forbidden": we did not go there, and a person is told so at once."""
    site.private = f"http://127.0.0.1:{canary.port}/"
    request = captured(city, site.page("led", f"<title>x</title>{way}"))
    assert (request.state, request.capture.why) == (State.DRAFTED, "refused")
    assert request.capture.next_action_at is None
    assert not canary.visited()


def test_half_a_letter_and_nothing_do_not_keep_a_page_from_being_sealed(
    city: Unit, site: Hostile
) -> None:
    """What scripts cut in two, and what no database takes: on the page and in what it embeds."""
    html = pages.advert("Mozilla").replace("iPhone", "i\\ud800Phone\\u0000")
    spoilt = "<script>document.title += '\\ud83d\\0'; document.body.append('\\ud83d')</script>"
    request = captured(city, site.page("cut", html + spoilt))
    assert request.state == State.CAPTURED, request.capture.why
    assert Snapshot.objects.get().title == "i?Phone 15 Pro"


def test_a_page_that_never_ends_is_taken_as_far_as_it_came(
    city: Unit, site: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeing, "PATIENCE", 2.0)
    request = captured(city, f"http://{site.host}/d/obyavlenie/drip-IDr9sfK.html")
    assert request.state == State.CAPTURED, request.capture.why
    assert pages.TEXT in files_of(request)["page.html"].decode()


def test_more_bytes_than_a_page_may_take_are_not_taken(city: Unit, site: Hostile) -> None:
    """A picture of a gigabyte, and four megabytes that become four gigabytes."""
    html = f"<title>Продам</title><h1>Продам</h1><p>{pages.TEXT}</p><img src='/endless.jpg'>"
    taken = captures.take(site.page("large", f"{html}<iframe src='/bomb'></iframe>"), "olx")
    # what a loaded machine cannot take is called by a name, and a person looks
    assert taken.view.seen.status == 200 or taken.view.seen.failure in {"memory", "network"}
    assert sum(len(content) for content in taken.files.values()) < 80 << 20
