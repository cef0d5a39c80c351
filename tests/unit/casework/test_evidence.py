import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

from tereze.accounts.models import Unit
from tereze.audit.models import AuditEvent
from tereze.casework import actions
from tereze.casework.actions import Part, seal_evidence, store_parts
from tereze.casework.models import Evidence
from tereze.casework.models.evidence import ImmutableError
from tereze.core.actor import Actor


pytestmark = pytest.mark.django_db
BY = Actor("officer", "oper1", "Ахметов Б.")
PNG, HTML = b"\x89PNG not really", "<h1>Продам iPhone</h1>".encode()


@pytest.fixture
def evidence(unit: Unit) -> Evidence:
    files = store_parts(
        [
            Part("page.png", "image/png", PNG, outgoing=True),
            Part("page.html", "text/html", HTML),
        ]
    )
    return seal_evidence(
        unit=unit, files=files, kind="capture", origin="https://www.olx.kz/d/x", by=BY
    )


@pytest.fixture
def package(evidence: Evidence, tmp_path: Path) -> Path:
    actions.hand_over(evidence=evidence, to="OLX", by=BY)
    exported = actions.export(evidence=evidence, by=BY, to="прокурор")
    path = tmp_path / exported.name
    path.write_bytes(exported.content)
    return path


def verify(path: Path) -> tuple[int, str]:
    out, errors = io.StringIO(), io.StringIO()
    try:
        call_command("evidence", "verify", str(path), stdout=out, stderr=errors)
    except SystemExit as stopped:
        return int(str(stopped.code)), errors.getvalue()
    return 0, out.getvalue()


def altered(path: Path, name: str, content: bytes | None) -> Path:
    """The package with one member replaced, removed (None) or added."""
    source = zipfile.ZipFile(path)
    changed = path.with_name("altered.zip")
    with source, zipfile.ZipFile(changed, "w") as target:
        for member in source.namelist():
            if member != name:
                target.writestr(member, source.read(member))
        if content is not None:
            target.writestr(name, content)
    return changed


def test_sealing_fixes_files_time_and_hand(evidence: Evidence) -> None:
    names = [file["name"] for file in evidence.manifest["files"]]
    assert names == ["page.html", "page.png"]
    assert [entry.act for entry in evidence.custody.all()] == ["sealed"]
    event = AuditEvent.objects.get(kind="evidence.sealed")
    assert event.detail["manifest_sha256"] == evidence.manifest_sha256


def test_only_marked_files_may_leave(evidence: Evidence) -> None:
    assert [file.name for file in evidence.outgoing_files()] == ["page.png"]


def test_sealed_rows_cannot_be_changed(evidence: Evidence) -> None:
    with pytest.raises(ImmutableError):
        evidence.custody.update(actor_name="другой")
    with pytest.raises(ImmutableError):
        evidence.files.all().delete()


def test_a_whole_package_verifies(package: Path) -> None:
    code, said = verify(package)
    assert (code, "2 files, 3 custody entries" in said) == (0, True)


def test_a_stranger_verifies_it_with_standard_tools(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path / "out")
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out" / "КАК-ПРОВЕРИТЬ.txt").read_text()
    said = subprocess.run(
        ["sha256sum", "manifest.json"],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split()[0] in text
    assert "Время ещё не заверено" in text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("files/page.png", b"another picture", "page.png: content was changed"),
        ("files/page.html", None, "page.html: missing"),
        ("files/more.txt", b"added", "more.txt: not in the manifest"),
    ],
)
def test_a_changed_file_is_named(
    package: Path, name: str, content: bytes | None, says: str
) -> None:
    code, said = verify(altered(package, name, content))
    assert (code, says in said) == (1, True)


def test_a_changed_manifest_is_noticed(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    manifest["origin"] = "https://www.olx.kz/d/another"
    code, said = verify(altered(package, "manifest.json", json.dumps(manifest).encode()))
    assert (code, "manifest" in said) == (1, True)


@pytest.mark.parametrize("change", ["drop", "rename", "reorder"])
def test_a_changed_custody_log_is_noticed(package: Path, change: str) -> None:
    with zipfile.ZipFile(package) as archive:
        log = json.loads(archive.read("custody.json"))
    if change == "drop":
        del log[1]
    elif change == "rename":
        log[1]["to"] = "никому"
    else:
        log[1], log[2] = log[2], log[1]
    code, said = verify(altered(package, "custody.json", json.dumps(log).encode()))
    assert (code, "entry 2" in said) == (1, True)


def test_a_flipped_byte_is_noticed(package: Path) -> None:
    content = bytearray(package.read_bytes())
    at = content.find(PNG[:4]) if PNG[:4] in content else len(content) // 3
    content[at + 2] ^= 0xFF
    package.write_bytes(bytes(content))
    assert verify(package)[0] in {1, 2}


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_package_gets_its_own_exit_code(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert verify(path)[0] == 2
    assert verify(tmp_path / "absent.zip")[0] == 2
