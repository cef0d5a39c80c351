"""The keys: made once, kept outside the database, never made again over existing data.

Plain Python, because settings read it. A key comes from the environment (`TEREZE_DATA_KEY`), from
a file named there (`TEREZE_DATA_KEY_FILE`), or from `keys/` in the data folder.
"""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, kw_only=True)
class Keyring:
    signing: str
    data: tuple[bytes, ...]


def nothing_stored_yet(database_url: str) -> bool:
    """Whether a missing key may be made: never beside a database that it should open."""
    if not database_url.startswith("sqlite:///"):
        return bool(os.environ.get("TEREZE_NEW_KEYS"))
    return not Path(database_url.removeprefix("sqlite:///")).exists()


def open_keyring(data: Path, *, may_create: bool) -> Keyring:
    folder = data / "keys"
    signing = read_key(folder, "signing_key", may_create=may_create)
    listed = read_key(folder, "data_key", may_create=may_create).split(",")
    keys = tuple(base64.urlsafe_b64decode(text) for text in listed)
    if any(len(key) != 32 for key in keys):
        raise ImproperlyConfigured("TEREZE_DATA_KEY: each key is 32 bytes in URL-safe base64")
    return Keyring(signing=signing, data=keys)


def read_key(folder: Path, name: str, *, may_create: bool) -> str:
    variable = f"TEREZE_{name.upper()}"
    if value := os.environ.get(variable):
        return value.strip()
    path = Path(os.environ.get(f"{variable}_FILE") or folder / name)
    if path.exists():
        return path.read_text().strip()
    if not may_create:
        raise ImproperlyConfigured(
            f"The key {path} is missing although data exist that it opens. Bring it back from the "
            f"backup, or name it in {variable} or {variable}_FILE. For a new city on PostgreSQL "
            "run the first command with TEREZE_NEW_KEYS=1."
        )
    return create_key(path)


def create_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.parent.chmod(0o700)
    value = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    return value
