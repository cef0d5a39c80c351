"""What identifies a person is encrypted where it rests; what must be found again is hashed."""

import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


NONCE = 12


class WrongKeyError(Exception):
    """The value was encrypted with a key that is not in the key ring."""


def encrypt(plain: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(settings.DATA_KEYS[0]).encrypt(nonce, plain, None)


def decrypt(sealed: bytes) -> bytes:
    for key in settings.DATA_KEYS:
        try:
            return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except InvalidTag:
            continue
    raise WrongKeyError


def keyed_hash(value: str, *, purpose: str) -> str:
    """Find a value again without storing it. `purpose` keeps equal values of two kinds apart.

    HMAC-SHA-256 (RFC 2104) under a key derived from the last data key of the ring: keys are
    rotated by putting a new one in front, and hashes must outlive that.
    """
    derived = hmac.digest(settings.DATA_KEYS[-1], f"hash:{purpose}".encode(), "sha256")
    return hmac.new(derived, value.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg] # django-stubs: not generic at run time
    """Text that only the running application can read. It cannot be searched."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def get_default(self) -> Any:
        if not self.has_default():
            return None if self.null else ""
        return self.default() if callable(self.default) else self.default

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = None if value is None else encrypt(self.to_text(value).encode())
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.from_text(decrypt(bytes(value)).decode())

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text

    def value_to_string(self, obj: models.Model) -> str:
        return self.to_text(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        return value


class EncryptedJSONField(EncryptedTextField):
    """A small JSON value, encrypted."""

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def from_text(self, text: str) -> Any:
        return json.loads(text)
