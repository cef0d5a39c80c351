"""Reading one picture in a process of its own, which is killed when it takes too long."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tereze.watch.pictures.limits import PATIENCE


CHILD = Path(__file__).with_name("child.py")
LANGUAGES = ("kaz", "rus", "eng")
LOOKED_FOR = 60.0  # seconds for which it is remembered what this machine has


@dataclass(frozen=True, kw_only=True)
class Picture:
    """`why_not`: why its words were not read; codes and hash may be there all the same."""

    text: str = ""
    codes: tuple[str, ...] = ()
    photo_hash: str = ""  # PDQ, 256 bits in hexadecimal; empty where it shows too little
    why_not: str = ""
    shown: bytes = field(default=b"", repr=False)  # a copy drawn anew, a JPEG, safe to show
    width: int = 0
    height: int = 0

    @property
    def words(self) -> str:
        """All that is to be judged: what is written, and where its codes lead."""
        return "\n".join(part for part in (self.text, *self.codes) if part)


def drawn(data: bytes) -> bytes:
    """The picture as a JPEG, or nothing; its words are not looked for, which takes longest."""
    return run(data, "", PATIENCE).shown


def read(data: bytes, *, patience: float = PATIENCE) -> Picture:
    """Never raises for what the picture is. Takes a second or two: not for the hot path."""
    return run(data, "" if lacking() else "+".join(LANGUAGES), patience)


def run(data: bytes, tool: str, patience: float) -> Picture:
    with subprocess.Popen(
        [sys.executable, "-I", str(CHILD), tool],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ},
        start_new_session=True,  # so that Tesseract is killed together with it
    ) as process:
        try:
            out, _ = process.communicate(data, timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Picture(why_not="timeout")
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return understood(out) if process.returncode == 0 else Picture(why_not="crashed")


def understood(out: bytes) -> Picture:
    head, _, shown = out.partition(b"\n")
    try:
        found = json.loads(head)
        return Picture(**{**found, "codes": tuple(found.get("codes", ()))}, shown=shown)
    except (ValueError, TypeError):
        return Picture(why_not="crashed")


def lacking() -> tuple[str, ...]:
    """What this machine would need to read words: names of Debian packages; empty if nothing."""
    return look(int(time.monotonic() / LOOKED_FOR), os.environ.get("PATH", ""))


@lru_cache(maxsize=1)
def look(_minute: int, path: str) -> tuple[str, ...]:
    tool = shutil.which("tesseract", path=path)
    if tool is None:
        return ("tesseract-ocr", "tesseract-ocr-kaz", "tesseract-ocr-rus")
    told = subprocess.run([tool, "--list-langs"], capture_output=True, text=True, check=False)
    known = set(told.stdout.split())
    return tuple(f"tesseract-ocr-{name}" for name in LANGUAGES if name not in known)
