"""Attachments: known by their content, bounded, dangerous ones sealed, voice notes audible."""

import io
import wave
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.intake import media, uploads
from tereze.intake.actions import Incoming
from tereze.intake.media import UNKNOWN, sniff
from tereze.intake.models import Attachment, Report
from tereze.intake.sound import CannotPlayError, to_wav
from tests.unit.intake.conftest import PNG, STORY, Submit, as_file
from tests.unit.intake.sounds import KINDS, voice_note
from tests.unit.intake.test_web import send


APK = b"PK\x03\x04" + b"\x00" * 26 + b"AndroidManifest.xml" + b"\x00" * 50
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0abc", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"#!AMR\n\x3c", "audio/amr"),
        (b"#!AMR-WB\n", "audio/amr"),
        (b"#!/bin/sh\nrm", "text/x-script"),
        (b"\x00\x00\x00\x18ftypheic\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftyphevc\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftyp3gp4....vmhd", "video/3gpp"),
        (b"MZ\x90\x00", "application/x-msdownload"),
        (APK, "application/vnd.android.package-archive"),
        (b"PK\x03\x04" + b"." * 26 + b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"PK\x03\x04...", "application/zip"),
        (b"<!DOCTYPE html><script>", "text/html"),
        ("переписка".encode(), "text/plain"),
        ("я".encode() * 3000, "text/plain"),
        (b"\x00\x01\x02", UNKNOWN),
        (b"\xff\xfe\xfa", UNKNOWN),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_says(content: bytes, kind: str) -> None:
    assert sniff(content) == kind


@pytest.mark.parametrize("name", KINDS)
def test_voice_notes_of_every_kind_become_sound(name: str) -> None:
    content = voice_note(name)
    assert sniff(content).startswith("audio/")
    with wave.open(io.BytesIO(to_wav(content))) as sound:
        assert 1.8 < sound.getnframes() / sound.getframerate() < 2.2


@pytest.mark.parametrize("content", [b"", b"#!AMR\nrubbish" * 50, PNG, b"\x00" * 1000])
def test_what_is_no_sound_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(CannotPlayError):
        to_wav(content)


def test_a_resident_attaches_files_and_the_officer_gets_the_same_bytes(
    client: Client, unit: Unit, officer: Callable[[str], User]
) -> None:
    files = [as_file("чек.png", PNG), as_file("голос.ogg", voice_note("note.ogg"))]
    send(client, text=STORY, files=files)
    rows = list(Attachment.objects.all())
    assert [row.media_type for row in rows] == ["image/png", "audio/ogg"]
    client.force_login(officer(Role.OPERATIVE), BACKEND)
    answer = client.get(reverse("intake:attachment", args=[rows[0].public_id]))
    assert answer.content == PNG
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.filter(kind="report.file_read").count() == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [(APK, "kaspi.apk"), (b"MZ\x90\x00rest", "чек.jpg"), (b"<html><script>x", "a.html")],
)
def test_what_could_run_is_never_opened_in_the_browser(
    submit: Submit, client: Client, officer: Callable[[str], User], content: bytes, name: str
) -> None:
    file = submit(files=(Incoming(name, content),)).report.attachments.get()
    client.force_login(officer(Role.OPERATIVE), BACKEND)
    answer = client.get(reverse("intake:attachment", args=[file.public_id]))
    assert answer["Content-Type"] == UNKNOWN
    assert answer["Content-Disposition"].startswith("attachment")
    if file.is_dangerous:
        assert ".evidence" in answer["Content-Disposition"]


def test_a_program_is_kept_as_evidence_and_the_resident_is_told(client: Client, unit: Unit) -> None:
    page = client.get(send(client, text=STORY, files=[as_file("kaspi.apk", APK)]))
    assert Attachment.objects.get().is_dangerous
    assert "kaspi.apk" in page.content.decode()


def test_too_large_and_too_many_are_named_and_the_rest_is_kept(
    client: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (uploads, media):
        monkeypatch.setattr(module, "MAX_FILE", 1000)
    files = [as_file("фильм.mp4", b"x" * 500_000), *(
        as_file(f"{n}.png", PNG + bytes([n])) for n in range(11)
    ), as_file("пусто.txt", b"")]  # fmt: skip
    page = client.get(send(client, text=STORY, files=files)).content.decode()
    report = Report.objects.get()
    assert report.text == STORY
    assert report.attachments.count() == 9  # ten files may come; one of the ten was too large
    for name in ("фильм.mp4", "9.png", "10.png"):
        assert name in page


def test_a_voice_note_alone_is_a_report(client: Client, unit: Unit) -> None:
    send(client, text="", files=[as_file("голос.amr", voice_note("note.amr"))])
    assert Report.objects.get().attachments.get().media_type == "audio/amr"


def test_the_officer_hears_what_no_browser_plays(
    submit: Submit, client: Client, officer: Callable[[str], User]
) -> None:
    report = submit(files=(Incoming("голос.amr", voice_note("note.amr")),)).report
    file = report.attachments.get()
    client.force_login(officer(Role.OPERATIVE), BACKEND)
    page = client.get(reverse("intake:report_page", args=[report.public_id])).content.decode()
    assert reverse("intake:listen", args=[file.public_id]) in page
    sound = client.get(reverse("intake:listen", args=[file.public_id]))
    assert sound["Content-Type"] == "audio/wav"
    assert sound.content[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, PNG[:4]),
        ("bytes=4-", 206, PNG[4:]),
        ("bytes=9999-", 416, b""),
        ("lines=1", 200, PNG),
    ],
)
def test_players_may_ask_for_a_part(
    submit: Submit, client: Client, officer: Callable[[str], User],
    asked: str, status: int, content: bytes,
) -> None:  # fmt: skip
    file = submit(files=(Incoming("a.png", PNG),)).report.attachments.get()
    client.force_login(officer(Role.OPERATIVE), BACKEND)
    address = reverse("intake:attachment", args=[file.public_id])
    answer = client.get(address, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, content)


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.PROSECUTOR, Role.PARTNER, Role.OBSERVER])
def test_others_open_no_file(
    submit: Submit, client: Client, officer: Callable[[str], User], role: str
) -> None:
    file = submit(files=(Incoming("a.png", PNG),)).report.attachments.get()
    client.force_login(officer(role), BACKEND)
    for name in ("attachment", "listen"):
        assert client.get(reverse(f"intake:{name}", args=[file.public_id])).status_code == 403


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\x00b\r\nSet-Cookie: x", "🔥" * 300, "", "CON"]
)
def test_hostile_file_names_do_no_harm(
    submit: Submit, client: Client, officer: Callable[[str], User], name: str
) -> None:
    file = submit(files=(Incoming(name, PNG),)).report.attachments.get()
    client.force_login(officer(Role.OPERATIVE), BACKEND)
    header = client.get(reverse("intake:attachment", args=[file.public_id]))["Content-Disposition"]
    assert "/" not in header.partition("filename")[2].replace("utf-8''", "")
    assert "\r" not in header


def test_a_chat_with_photos_is_no_spreadsheet() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("_chat.txt", "20.11.2026, 18:00 - A: да")
        archive.writestr("IMG-1.jpg", b"\xff\xd8\xff..xl/..word/..AndroidManifest.xml..")
    assert sniff(made.getvalue()) == "application/zip"
