"""The library's own data files: lists that people maintain, apart from the code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def data(name: str) -> dict[str, Any]:
    """The contents of ``data/<name>.toml``; read once, not to be changed."""
    return tomllib.loads((files(__package__) / "data" / f"{name}.toml").read_text("utf-8"))
