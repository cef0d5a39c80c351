"""Files that must not be lost or altered: encrypted, named by the SHA-256 of what they hold."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tereze.core.encryption import decrypt, encrypt


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int


class DamagedFileError(Exception):
    """The file is missing, or no longer what its name says."""


def vault_folder() -> Path:
    return Path(settings.DATA) / "evidence"


def store(content: bytes) -> StoredFile:
    """Write the file so that a crash leaves all of it or none; the row comes afterwards."""
    name = hashlib.sha256(content).hexdigest()
    target = vault_folder() / name[:2] / name
    if not target.exists():
        vault_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        partial = target.with_name(f".{name}.{secrets.token_hex(4)}")
        with partial.open("wb") as file:
            file.write(encrypt(content))
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
        sync_folder(target.parent)
    return StoredFile(name, len(content))


def holds(sha256: str) -> bool:
    """Whether there is such a file; `read` says whether it is still what its name says."""
    return len(sha256) == 64 and (vault_folder() / sha256[:2] / sha256).exists()


def read(sha256: str, *, folder: Path | None = None) -> bytes:
    """The content, checked against its name; from a copy of the vault, where one is named."""
    try:
        content = decrypt(((folder or vault_folder()) / sha256[:2] / sha256).read_bytes())
    except FileNotFoundError as error:
        raise DamagedFileError(sha256) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedFileError(sha256)
    return content


def remove(sha256: str) -> None:
    """Delete at the end of its term. Only for a file that no row names any more."""
    (vault_folder() / sha256[:2] / sha256).unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
