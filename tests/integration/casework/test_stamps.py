"""Evidence and a real time authority: the token, and the stranger who checks it from the sheet."""

import io
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tereze.accounts.models import Unit
from tereze.audit.models import AuditEvent
from tereze.casework import actions, stamping, wacz
from tereze.casework.actions import Part, seal_evidence, store_parts
from tereze.casework.models import Evidence, Stamp
from tereze.casework.package import verify
from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.demo.standins.serving import running
from tereze.demo.standins.timestamp import ROOT, create_app


pytestmark = pytest.mark.django_db
BY = Actor("officer", "oper1", "Ахметов Б.")
URL = "https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html"
HTML = "<h1>Продам iPhone</h1>".encode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("authority")
    with running(create_app(folder)) as address:
        yield address, folder / ROOT


@pytest.fixture
def trusted(authority: tuple[str, Path], settings: Any) -> None:
    settings.TSA_URL, settings.TSA_TRUST = authority[0], str(authority[1])
    settings.TSA_LOCAL = True
    settings.ALLOWED_PRIVATE = [authority[0].removeprefix("http://")]


def sealed(unit: Unit) -> Evidence:
    record = wacz.Record(URL, now(), 200, "OK", [("Content-Type", "text/html")], HTML)
    page = wacz.WebPage(URL, now(), "Продам iPhone")
    capture = wacz.build([record], [page], wacz.About("Продам iPhone", "Tereze", now()))
    parts = [
        Part("page.html", "text/html", HTML),
        Part("capture.wacz", "application/wacz", capture),
    ]
    return seal_evidence(unit=unit, files=store_parts(parts), kind="capture", origin=URL, by=BY)


def ask_authority() -> Stamp:
    handler = next(handler for handler in due.HANDLERS if handler.model is Stamp)
    assert due.run_one(handler)
    return Stamp.objects.get()


def exported(evidence: Evidence, folder: Path) -> Path:
    package = actions.export(evidence=evidence, by=BY, to="прокурор")
    path = folder / package.name
    path.write_bytes(package.content)
    return path


def test_a_stranger_follows_the_sheet_word_by_word(
    unit: Unit, trusted: None, tmp_path: Path
) -> None:
    evidence = sealed(unit)
    stamp = ask_authority()
    assert (stamp.authority, stamp.local) == ("Tereze: местная служба времени", True)
    with zipfile.ZipFile(exported(evidence, tmp_path)) as archive:
        archive.extractall(tmp_path / "package")
    sheet = (tmp_path / "package" / "КАК-ПРОВЕРИТЬ.txt").read_text()
    assert "служба времени местная" in sheet
    assert "уақыт қызметі жергілікті" in sheet
    commands = [line.strip()[2:] for line in sheet.splitlines() if line.strip().startswith("$ ")]
    assert [command.split()[0] for command in commands] == [
        "sha256sum",
        "sha256sum",
        "openssl",
        "openssl",
        "wacz",
    ]
    said = "".join(by_hand(command, tmp_path / "package") for command in commands)
    for promised in ("capture.wacz: OK", evidence.manifest_sha256, "Verification: OK"):
        assert promised in said
    assert "Time stamp: " in said
    assert "Validation succeeded" in said


def by_hand(command: str, folder: Path) -> str:
    """In a plain shell, with nothing of Tereze's."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"  # where the wacz tool was installed
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={"PATH": path, "LANG": "C.UTF-8", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout + done.stderr


def test_our_own_verifier_comes_to_the_same_verdict(
    unit: Unit, trusted: None, authority: tuple[str, Path], tmp_path: Path
) -> None:
    evidence = sealed(unit)
    ask_authority()
    package = exported(evidence, tmp_path)
    for trust in (b"", authority[1].read_bytes()):
        verdict = verify(io.BytesIO(package.read_bytes()), trust)
        assert (verdict.problems, verdict.token is not None) == ((), True)
    acts = [entry.act for entry in evidence.custody.all()]
    assert acts == ["sealed", "stamped", "exported"]
    assert AuditEvent.objects.filter(kind="evidence.stamped").count() == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("manifest.tsr", "time stamp"),
        ("authority.pem", "time stamp"),
        ("manifest.json", "time stamp"),
    ],
)
def test_a_token_for_something_else_is_noticed(
    unit: Unit, trusted: None, tmp_path: Path, name: str, says: str
) -> None:
    evidence = sealed(unit)
    ask_authority()
    package = exported(evidence, tmp_path)
    changed = io.BytesIO()
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(changed, "w") as target:
        for member in source.namelist():
            content = source.read(member)
            if member == name == "manifest.json":
                content = content.replace(b"olx.kz", b"olx.uz")
            elif member == name:
                content = content[:-9] + b"x" * 9
            target.writestr(member, content)
    changed.seek(0)
    assert any(says in problem for problem in verify(changed).problems)


def test_a_stamp_cannot_be_taken_out_unnoticed(unit: Unit, trusted: None, tmp_path: Path) -> None:
    evidence = sealed(unit)
    ask_authority()
    package = exported(evidence, tmp_path)
    less = io.BytesIO()
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(less, "w") as target:
        for member in source.namelist():
            if member != "manifest.tsr":
                target.writestr(member, source.read(member))
    less.seek(0)
    assert verify(less).problems == ("time stamp: it was taken out of the package",)


def test_a_dead_authority_delays_the_stamp_and_nothing_else(
    unit: Unit, trusted: None, authority: tuple[str, Path], settings: Any, tmp_path: Path
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.TSA_URL = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        settings.ALLOWED_PRIVATE += [settings.TSA_URL.removeprefix("http://")]
        evidence = sealed(unit)
        stamp = ask_authority()
    assert (stamp.stamped_at, stamp.tries) == (None, 1)
    assert stamp.next_action_at is not None
    assert stamp.problem
    package = exported(evidence, tmp_path)
    assert verify(io.BytesIO(package.read_bytes())).problems == ()
    assert "Время ещё не заверено" in zipfile.ZipFile(package).read("КАК-ПРОВЕРИТЬ.txt").decode()
    settings.TSA_URL = authority[0]
    Stamp.objects.update(next_action_at=now())
    assert ask_authority().stamped_at is not None


def test_an_authority_that_is_not_ours_is_not_believed(
    unit: Unit, trusted: None, settings: Any, tmp_path: Path
) -> None:
    another = tmp_path / "another"
    create_app(another)
    settings.TSA_TRUST = str(another / ROOT)
    sealed(unit)
    stamp = ask_authority()
    assert stamp.stamped_at is None
    assert "BadTokenError" in stamp.problem


def test_what_was_sealed_before_there_was_an_authority_is_stamped_later(
    unit: Unit, trusted: None, settings: Any
) -> None:
    chosen, settings.TSA_URL = settings.TSA_URL, ""
    sealed(unit)
    stamping.catch_up()
    assert Stamp.objects.get().next_action_at is None
    settings.TSA_URL = chosen
    Stamp.objects.all().delete()  # as before there were stamps
    stamping.catch_up()
    assert ask_authority().stamped_at is not None


def test_the_tools_of_the_sheet_are_there() -> None:
    assert shutil.which("openssl")
    assert os.access(Path(sys.executable).parent / "wacz", os.X_OK)
