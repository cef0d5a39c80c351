"""An exported evidence package: written here, and verified here without database or keys."""

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from tereze.casework import timestamps, wacz
from tereze.casework.custody import canonical, digest, first_broken
from tereze.casework.instructions import StampFiles, instructions
from tereze.casework.timestamps import BadTokenError, Token, certificates_in


FORMATS = ("tereze-evidence-2", "tereze-evidence-1")  # the first is written, all are read
LARGEST = 500 * 1024 * 1024
EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip's own epoch: the package's bytes depend on its content only
STORED = (".wacz", ".png", ".jpg", ".webp")  # compressed already
UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, RuntimeError)
TOKEN, AUTHORITY, CHAIN = "manifest.tsr", "authority.pem", "chain.pem"


@dataclass(frozen=True)
class Package:
    name: str
    content: bytes


@dataclass(frozen=True)
class Verdict:
    problems: tuple[str, ...]
    key: str = ""
    manifest_sha256: str = ""
    files: int = 0
    entries: int = 0
    token: Token | None = None


class NotAPackageError(Exception):
    """The file is no evidence package at all."""


def build(
    key: str,
    manifest: dict[str, Any],
    log: list[dict[str, Any]],
    contents: dict[str, bytes],
    stamp: StampFiles | None = None,
) -> Package:
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  files/{name}\n"
        for name, content in sorted(contents.items())
    )
    members = {
        "format": FORMATS[0].encode(),
        # byte for byte what was sealed and stamped: its own SHA-256 is the evidence's
        "manifest.json": canonical(manifest),
        "custody.json": pretty(log),
        "SHA256SUMS": sums.encode(),
        "КАК-ПРОВЕРИТЬ.txt": instructions(key, manifest, stamp).encode(),
        **({TOKEN: stamp.answer, AUTHORITY: stamp.root, CHAIN: stamp.chain} if stamp else {}),
        **{f"files/{name}": content for name, content in sorted(contents.items())},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            kind = zipfile.ZIP_STORED if name.endswith(STORED) else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), content, kind)
    return Package(f"evidence-{key}.zip", out.getvalue())


def pretty(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode()


def verify(file: BinaryIO, trusted: bytes = b"") -> Verdict:
    """Everything that is wrong with the package, in words. No problems: it is whole.

    `trusted`: certificates (PEM) of the time authority, had from elsewhere than the package.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return check(archive, trusted)
    except UNREADABLE as error:
        raise NotAPackageError(str(error)) from error


def check(archive: zipfile.ZipFile, trusted: bytes) -> Verdict:
    if sum(member.file_size for member in archive.infolist()) > LARGEST:
        raise NotAPackageError("larger than any evidence package")
    if archive.read("format").decode().strip() not in FORMATS:
        raise NotAPackageError("unknown format")
    manifest = json.loads(archive.read("manifest.json"))
    log = json.loads(archive.read("custody.json"))
    if not isinstance(manifest, dict) or not isinstance(log, list) or not log:
        raise NotAPackageError("manifest or custody log is not what it should be")
    listed = {str(entry["name"]): str(entry["sha256"]) for entry in manifest["files"]}
    problems = [*check_files(archive, listed), *check_captures(archive, listed)]
    sealed = digest(manifest)
    broken = first_broken(log, sealed)
    if broken == 1:
        problems.append("manifest: it is not the one that was sealed (custody entry 1)")
    elif broken is not None:
        problems.append(f"custody log: entry {broken} does not follow from the one before")
    token, wrong = check_stamp(archive, manifest, log, trusted)
    return Verdict(
        problems=(*problems, *wrong),
        key=str(manifest.get("evidence", "")),
        manifest_sha256=sealed,
        files=len(listed),
        entries=len(log),
        token=token,
    )


def check_stamp(
    archive: zipfile.ZipFile, manifest: dict[str, Any], log: list[Any], trusted: bytes
) -> tuple[Token | None, list[str]]:
    if TOKEN not in archive.namelist():
        stamped = any(entry.get("act") == "stamped" for entry in log)
        return None, ["time stamp: it was taken out of the package"] if stamped else []
    try:
        roots = certificates_in(trusted or archive.read(AUTHORITY))
        return timestamps.check(archive.read(TOKEN), canonical(manifest), roots), []
    except BadTokenError as error:
        return None, [f"time stamp: {error}"]


def check_captures(archive: zipfile.ZipFile, listed: dict[str, str]) -> list[str]:
    """Web archives have hashes of their own inside: a stranger's tool will look at them."""
    inside = set(archive.namelist())
    return [
        f"{name}: {problem}"
        for name in listed
        if name.endswith(".wacz") and f"files/{name}" in inside
        for problem in wacz.problems(read_member(archive, f"files/{name}"))
    ]


def check_files(archive: zipfile.ZipFile, listed: dict[str, str]) -> list[str]:
    names = [member.filename for member in archive.infolist() if not member.is_dir()]
    inside = [
        str(PurePosixPath(*PurePosixPath(name).parts[1:]))
        for name in names
        if name.startswith("files/")
    ]
    problems = [
        f"{name}: twice in the package" for name in sorted(set(inside)) if inside.count(name) > 1
    ]
    problems += [f"{name}: not in the manifest" for name in inside if name not in listed]
    for name, wanted in listed.items():
        if name not in inside:
            problems.append(f"{name}: missing")
        elif hash_of(archive, f"files/{name}") != wanted:
            problems.append(f"{name}: content was changed")
    return problems


def hash_of(archive: zipfile.ZipFile, name: str) -> str:
    return hashlib.sha256(read_member(archive, name)).hexdigest()


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, RuntimeError):
        return b""  # the archive itself knows that these bytes are not the ones put in
