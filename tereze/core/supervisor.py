"""Start processes, restart the ones that die, and take all of them along when we stop."""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tereze.core.clock import now
from tereze.core.processes import Stop


@dataclass
class Child:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    failures: int = 0
    restart_at: datetime | None = None

    def start(self) -> None:
        environment = {**os.environ, **self.environment, "TEREZE_SUPERVISED": "1"}
        try:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, env=environment)
        except OSError as error:  # no memory for one more process: later there may be
            self.put_off(f"cannot start: {error.strerror}")

    def put_off(self, why: str) -> None:
        self.failures += 1
        pause = min(30, self.failures)
        self.restart_at = now() + timedelta(seconds=pause)
        sys.stderr.write(f"tereze: {self.name} {why}, starting it again in {pause} s\n")

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def tereze(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tereze", *arguments]


class Supervisor:
    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.lock = threading.Lock()

    def add(self, *children: Child) -> None:
        """More of them, while it runs."""
        with self.lock:
            for child in children:
                child.start()
            self.children += children

    def run(self, stop: Stop) -> None:
        for child in self.children:
            child.start()
        try:
            while not stop.wait(0.3):
                with self.lock:
                    self.look_after()
        finally:
            self.stop_all()

    def look_after(self) -> None:
        for child in self.children:
            if child.restart_at is not None:
                if child.restart_at <= now():
                    child.restart_at = None
                    child.start()
            elif child.has_ended():
                child.put_off(f"ended ({child.process.returncode if child.process else None})")

    def stop_all(self) -> None:
        with self.lock:
            children = list(self.children)
        running = [c.process for c in children if c.process and c.process.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
