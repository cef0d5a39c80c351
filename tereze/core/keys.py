"""The keys: made once, kept outside the database, never made again over existing data.

Plain Python, because settings read it. A key comes from the environment (`TEREZE_DATA_KEY`), from
a file named there (`TEREZE_DATA_KEY_FILE`), or from `keys/` in the data folder.
"""

import base64
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tereze.core import environment


@dataclass(frozen=True, kw_only=True)
class Keyring:
    signing: str
    data: tuple[bytes, ...]


def nothing_stored_yet(database_url: str) -> bool:
    """Whether a missing key may be made: never beside a database that it should open."""
    if not database_url.startswith("sqlite:///"):
        return environment.flag("TEREZE_NEW_KEYS")
    return not Path(database_url.removeprefix("sqlite:///")).exists()


def open_keyring(data: Path, *, may_create: bool) -> Keyring:
    folder = data / "keys"
    signing = read_key(folder, "signing_key", may_create=may_create)
    listed = read_key(folder, "data_key", may_create=may_create).split(",")
    return Keyring(signing=signing, data=tuple(decoded(text) for text in listed))


def decoded(text: str) -> bytes:
    with suppress(ValueError):
        if len(key := base64.urlsafe_b64decode(text.strip())) == 32:
            return key
    raise ImproperlyConfigured("TEREZE_DATA_KEY: each key is 32 bytes in URL-safe base64")


def read_key(folder: Path, name: str, *, may_create: bool) -> str:
    variable = f"TEREZE_{name.upper()}"
    if value := environment.typed(variable, ""):
        return value
    named = environment.typed(f"{variable}_FILE", "")
    path = Path(named) if named else folder / name
    if path.is_file():
        return readable(path)
    if named:
        raise environment.wrong(f"{variable}_FILE", "a file that is there")
    if not may_create:
        raise ImproperlyConfigured(
            f"The key {path} is missing although data exist that it opens. Bring it back from the "
            f"backup, or name it in {variable} or {variable}_FILE. For a new city on PostgreSQL "
            "run the first command with TEREZE_NEW_KEYS=1."
        )
    return create_key(path)


def readable(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"The key {path} cannot be read: {error.strerror}") from error


def create_key(path: Path) -> str:
    try:
        private_folder(path.parent.parent)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return path.read_text().strip()
    except OSError as error:
        raise environment.wrong(
            "TEREZE_DATA", f"a folder that can be written to ({error.strerror})"
        ) from error
    value = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    return value


def private_folder(path: Path) -> None:
    """For nobody else to enter. A folder that already holds something is not ours to close."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not any(path.iterdir()):
        path.chmod(0o700)
