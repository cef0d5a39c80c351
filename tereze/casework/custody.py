"""The hashes that hold evidence together. Plain functions: the verifier needs nothing else.

A custody entry's seal is SHA-256 over its canonical JSON, which holds the seal before it.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def seal_of(entry: dict[str, Any]) -> str:
    return digest({key: value for key, value in entry.items() if key != "seal"})


def first_broken(entries: Iterable[dict[str, Any]], manifest_sha256: str) -> int | None:
    """Position of the first entry that does not follow from what is before it."""
    previous = manifest_sha256
    for expected, entry in enumerate(entries, start=1):
        if (
            entry.get("position") != expected
            or entry.get("previous") != previous
            or entry.get("seal") != seal_of(entry)
        ):
            return expected
        previous = str(entry["seal"])
    return None
