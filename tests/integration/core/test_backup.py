"""A backup of a running city opens in another folder, keys and evidence included."""

import os
import stat
import tarfile
from pathlib import Path

import pytest

from tereze.core.backup import BackupError, restore
from tests.city import a_city


STORE = """
from tereze.accounts.models import Unit, User
from tereze.core import vault
from tereze.accounts.actions import found_city
from tereze.core.actor import Actor
found_city(slug="balqash", name="Балхаш", name_kk="Балқаш", region_slug="r", region="r", zone="Asia/Almaty", by=Actor.machine("t"))
from tereze.audit.chain import seal_committed
seal_committed()
print(vault.store("айғақ".encode()).sha256)
"""
READ = """
from tereze.accounts.models import Unit
from tereze.core import vault
print(Unit.objects.get(slug="balqash").name, vault.read({sha!r}).decode())
"""


def test_what_was_backed_up_comes_back(tmp_path: Path) -> None:
    with a_city() as city:
        sha = city.python(STORE).strip()
        file, folder = tmp_path / "copy.tar.gz", tmp_path / "restored"
        done = city.run("backup", str(file))
        assert done.returncode == 0, done.stderr
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert city.run("backup", str(file)).returncode == 1, "never over an older one"
        assert city.run("backup", str(tmp_path / "no" / "x")).stderr.count("\n") == 1
        assert list(tmp_path.glob(".*")) == [], "nothing half-written stays"
        city.environment["TEREZE_DATA"] = str(folder)  # as operations.md has it on the new machine
        assert city.run("restore", str(file), str(folder)).returncode == 0
        assert city.run("restore", str(file), str(folder)).returncode == 1, "never over a city"
        if not os.environ.get("DATABASE_URL"):
            assert city.run("audit", "verify").stdout.startswith("whole: ")
            assert city.python(READ.format(sha=sha)).split() == ["Балхаш", "айғақ"]


def test_a_copy_that_does_not_open_gets_no_name(tmp_path: Path) -> None:
    with a_city() as city:
        sha = city.python(STORE).strip()
        (city.folder / "evidence" / sha[:2] / sha).write_bytes(
            b"spoilt, but long enough to be tried"
        )
        done = city.run("backup", str(tmp_path / "copy.tar.gz"))
        assert done.returncode == 1
        assert f"evidence/{sha[:2]}/{sha} does not open" in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    with a_city() as city:
        (tmp_path / "x.tar.gz").write_bytes(b"nothing")
        done = city.run("restore", str(tmp_path / "x.tar.gz"), str(tmp_path / "new"))
    assert done.returncode == 1
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize("name", ["../out", "/out", "link"])
def test_a_copy_that_would_write_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    member = tarfile.TarInfo(name)
    if name == "link":
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        archive.addfile(member)
    with pytest.raises(BackupError, match="outside"):
        restore(tmp_path / "x.tar.gz", tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
