"""How a command was called, and the standard streams as it may find them."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def program() -> str:
    """The program's name as people type it: that of the library alone, or of the whole."""
    called = Path(sys.argv[0])  # by its name, or as `python -m tereze.detection`
    alone = called.stem == "tereze-detect" or called.parent.name == "detection"
    return "tereze-detect" if alone else "tereze"


def replace_closed_outputs() -> None:
    """Let a command run where nobody listens: ``tereze scan >&-``."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
