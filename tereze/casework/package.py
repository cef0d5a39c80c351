"""An exported evidence package: written here, and verified here without database or keys."""

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from tereze.casework.custody import digest, first_broken


FORMAT = "tereze-evidence-1"
LARGEST = 500 * 1024 * 1024
EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip's own epoch: the package's bytes depend on its content only
UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, RuntimeError)
INSTRUCTIONS = """\
ПАКЕТ ДОКАЗАТЕЛЬСТВА {key}
Айғақ пакеті {key}

Состав
  files/            сами файлы, как они были получены
  manifest.json     что, где и когда увидено; имя, размер и SHA-256 каждого файла
  custody.json      журнал: кто опечатал, смотрел, передавал, выгружал
  SHA256SUMS        контрольные суммы для стандартной программы

Как проверить без Tereze
  1. Файлы не изменены:          sha256sum -c SHA256SUMS
  2. SHA-256 манифеста должен быть
       {manifest}
     Он считается по содержимому manifest.json, записанному в одну строку:
       python3 -c 'import json,hashlib;m=json.load(open("manifest.json"));print(hashlib.sha256(json.dumps(m,ensure_ascii=False,sort_keys=True,separators=(",",":")).encode()).hexdigest())'
     То же число стоит в первой записи журнала (поле previous) и в журнале аудита органа,
     который выдал пакет: запросите его отдельно и сравните.
  3. Каждая запись журнала содержит печать предыдущей (previous -> seal).

С программой Tereze: tereze evidence verify ФАЙЛ.zip

Тексеру (қазақша)
  1. sha256sum -c SHA256SUMS командасы файлдардың өзгермегенін көрсетеді.
  2. Манифестің SHA-256 мәні жоғарыда жазылған; оны айғақты берген органның журналымен салыстырыңыз.
  3. Журналдағы әр жазбада алдыңғы жазбаның мөрі тұр.
"""


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


class NotAPackageError(Exception):
    """The file is no evidence package at all."""


def build(
    key: str, manifest: dict[str, Any], log: list[dict[str, Any]], contents: dict[str, bytes]
) -> Package:
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  files/{name}\n"
        for name, content in sorted(contents.items())
    )
    members = {
        "format": FORMAT.encode(),
        "manifest.json": pretty(manifest),
        "custody.json": pretty(log),
        "SHA256SUMS": sums.encode(),
        "КАК-ПРОВЕРИТЬ.txt": INSTRUCTIONS.format(key=key, manifest=digest(manifest)).encode(),
        **{f"files/{name}": content for name, content in sorted(contents.items())},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), content)
    return Package(f"evidence-{key}.zip", out.getvalue())


def pretty(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode()


def verify(file: BinaryIO) -> Verdict:
    """Everything that is wrong with the package, in words. No problems: it is whole."""
    try:
        with zipfile.ZipFile(file) as archive:
            return check(archive)
    except UNREADABLE as error:
        raise NotAPackageError(str(error)) from error


def check(archive: zipfile.ZipFile) -> Verdict:
    if sum(member.file_size for member in archive.infolist()) > LARGEST:
        raise NotAPackageError("larger than any evidence package")
    if archive.read("format").decode().strip() != FORMAT:
        raise NotAPackageError("unknown format")
    manifest = json.loads(archive.read("manifest.json"))
    log = json.loads(archive.read("custody.json"))
    if not isinstance(manifest, dict) or not isinstance(log, list) or not log:
        raise NotAPackageError("manifest or custody log is not what it should be")
    listed = {str(entry["name"]): str(entry["sha256"]) for entry in manifest["files"]}
    problems = [*check_files(archive, listed)]
    sealed = digest(manifest)
    broken = first_broken(log, sealed)
    if broken == 1:
        problems.append("manifest: it is not the one that was sealed (custody entry 1)")
    elif broken is not None:
        problems.append(f"custody log: entry {broken} does not follow from the one before")
    return Verdict(
        tuple(problems), str(manifest.get("evidence", "")), sealed, len(listed), len(log)
    )


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
    try:
        return hashlib.sha256(archive.read(name)).hexdigest()
    except (zipfile.BadZipFile, zlib.error, RuntimeError):
        return ""  # the archive itself knows that these bytes are not the ones put in
