"""Keeps a process and everything it started within its time and memory, and ends all of it.

A browser reserves far more address space than it uses and is many processes, so no limit of the
kernel on one process bounds it; a control group would, but needs rights that the worker has not. So
the memory that belongs to nobody else is added up, four times a second, over the whole tree.
"""

import contextlib
import os
import resource
import signal
import threading
import time
from pathlib import Path


PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY = 0.25
LARGEST_FILE = 1 << 30  # a page that writes to the disk


def limit_ourselves() -> None:
    """And all that we start: no core dumps of foreign pages, no endless files."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))


def parents() -> dict[int, int]:
    found = {}
    for entry in PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # the name in brackets may hold anything, brackets too
            found[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    return found


def tree(root: int) -> list[int]:
    """The process and all that descend from it. Only itself where there is no /proc."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents().items():
        children.setdefault(parent, []).append(pid)
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def own_memory(pids: list[int]) -> int:
    """Bytes that no other process shares."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError):
            _size, resident, shared = (PROC / str(pid) / "statm").read_text().split()[:3]
            total += (int(resident) - int(shared)) * PAGE
    return total


def kill_tree(root: int) -> None:
    for pid in reversed(tree(root)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


class Watchdog:
    """`with Watchdog(pid, seconds=75, memory=…) as dog: …; dog.bitten` says why it was ended."""

    def __init__(self, root: int, *, seconds: float, memory: int) -> None:
        self.root, self.memory = root, memory
        self.end = time.monotonic() + seconds
        self.bitten = ""
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self) -> "Watchdog":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    def watch(self) -> None:
        while not self.done.wait(EVERY):
            if time.monotonic() > self.end:
                self.bitten = "hung"
            elif own_memory(tree(self.root)) > self.memory:
                self.bitten = "memory"
            if self.bitten:
                kill_tree(self.root)
                return
