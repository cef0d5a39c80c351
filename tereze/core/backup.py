"""One file with everything a city is: database, evidence, keys. Made while it runs, then opened."""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from tereze.core import vault
from tereze.core.encryption import WrongKeyError


FIRST = ("journal-head",)  # before the database: it may lag behind the journal, never lead it
PARTS = ("evidence", "keys")
SQLITE_COPY = "tereze.sqlite3"
POSTGRESQL_COPY = "tereze.pgdump"


class BackupError(Exception):
    """The copy could not be made, does not open, or has no place to go."""


@dataclass(frozen=True)
class Proof:
    tables: int
    rows: int
    files: int


def back_up(target: Path) -> Proof:
    """Write the copy to a temporary name, prove that it opens, then give it its name."""
    if target.exists():
        raise BackupError(f"{target} is there already; name a new file")
    partial = target.with_name(f".{target.name}.partial")
    try:
        write(partial)
        proof = prove(partial)
        partial.rename(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return proof


def write(partial: Path) -> None:
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        tempfile.TemporaryDirectory(prefix="tereze-backup-") as folder,
        os.fdopen(descriptor, "wb") as out,
        tarfile.open(fileobj=out, mode="w:gz") as archive,
    ):
        add(archive, FIRST)
        database = copy_database(Path(folder))
        archive.add(database, arcname=database.name)
        # evidence after the database: a file without its row harms nothing, a row without its file does
        add(archive, PARTS)


def add(archive: tarfile.TarFile, parts: tuple[str, ...]) -> None:
    for part in parts:
        if (settings.DATA / part).exists():
            archive.add(settings.DATA / part, arcname=part)


def copy_database(folder: Path) -> Path:
    if settings.SQLITE:
        copy = folder / SQLITE_COPY
        name = str(settings.DATABASES["default"]["NAME"])
        with closing(sqlite3.connect(name)) as live, closing(sqlite3.connect(copy)) as out:
            live.backup(out)
        return copy
    copy = folder / POSTGRESQL_COPY
    run(["pg_dump", "--format=custom", f"--file={copy}", settings.DATABASE_URL])
    return copy


def run(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise BackupError(
            f"{command[0]} is not installed; on Debian: apt-get install postgresql-client"
        )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(done.stderr.strip())


def prove(archive: Path) -> Proof:
    """Unpack the copy beside and open all of it: the only proof that it is one."""
    with tempfile.TemporaryDirectory(prefix="tereze-proof-") as folder:
        unpack(archive, Path(folder))
        files = open_evidence(Path(folder) / "evidence")
        copy = Path(folder) / SQLITE_COPY
        if copy.exists():
            return Proof(*count(copy), files)
        run(["pg_restore", "--list", str(Path(folder) / POSTGRESQL_COPY)])
        return Proof(0, 0, files)


def open_evidence(folder: Path) -> int:
    """Every file decrypts, and is what its name says."""
    names = [path.name for path in folder.glob("*/*") if not path.name.startswith(".")]
    for name in names:
        try:
            vault.read(name, folder=folder)
        except (vault.DamagedFileError, WrongKeyError) as error:
            raise BackupError(f"evidence/{name[:2]}/{name} does not open") from error
    return len(names)


def count(copy: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(copy)) as opened:
        verdict = opened.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise BackupError(f"the copy is damaged: {verdict}")
        names = [
            r[0] for r in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        rows = sum(opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names)  # noqa: S608 - names of our own tables
    return len(names), rows


def unpack(archive: Path, folder: Path) -> None:
    try:
        with tarfile.open(archive) as opened:
            members = opened.getmembers()
            if not all(is_harmless(member) for member in members):
                raise BackupError(f"{archive} would write outside of {folder}")
            # Debian 12's Python knows no filters yet, newer ones ask for one
            opened.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            opened.extractall(folder, members)  # noqa: S202 - looked at above
    except OSError as error:
        raise BackupError(f"{archive} cannot be read: {error.strerror or 'damaged'}") from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupError(f"{archive} cannot be read: it is no whole `tereze backup`") from error


def is_harmless(member: tarfile.TarInfo) -> bool:
    path = PurePosixPath(member.name)
    plain = member.isfile() or member.isdir()
    return plain and not path.is_absolute() and ".." not in path.parts


def restore(archive: Path, folder: Path) -> None:
    """Bring a copy into a folder that holds nothing yet."""
    if folder.exists() and any(path.is_file() for path in folder.rglob("*")):
        raise BackupError(f"{folder} is not empty; name another one")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise BackupError(f"{folder} cannot be made: {error.strerror}") from error
    unpack(archive, folder)
    for key in (folder / "keys").glob("*"):
        key.chmod(0o600)
    copy = folder / SQLITE_COPY
    if copy.exists():
        (folder / "db").mkdir(mode=0o700)
        copy.rename(folder / "db" / SQLITE_COPY)
