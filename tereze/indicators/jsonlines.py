"""JSON Lines, read and written: by msgspec where it is installed, else by the standard library.

Both read the same values and write lines that mean the same; what msgspec refuses (a lone half of
a surrogate pair, a number out of range) is left to the standard library, which decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any


# optional: reads and writes several times faster, see the extra "fast"
_msgspec: Any = import_module("msgspec") if find_spec("msgspec") else None


def decode(line: str) -> Any:
    """The value of one line. Raises ValueError where it is no JSON, RecursionError if too deep."""
    if _msgspec is not None:
        try:
            return _msgspec.json.decode(line)
        except (ValueError, RecursionError):
            pass
    return json.loads(line, parse_constant=_refuse)


def encode(item: Mapping[str, Any]) -> bytes:
    """One line, in UTF-8, with its end."""
    try:
        if _msgspec is not None:
            return bytes(_msgspec.json.encode(item)) + b"\n"
        return (json.dumps(item, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
    except UnicodeEncodeError:  # half of a surrogate pair, as JSON lets through
        return (json.dumps(item, separators=(",", ":")) + "\n").encode()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is none of its values")
