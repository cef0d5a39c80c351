import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


ROOT = Path(__file__).resolve().parents[2]
Crash = Callable[..., dict[str, Any]]


def city(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "TEREZE_DATA": str(folder)}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty data folder: made once, whatever the number of test processes."""
    top = tmp_path_factory.getbasetemp()
    shared = (top.parent if os.environ.get("PYTEST_XDIST_WORKER") else top) / "crash-city"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            making = shared.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)  # of one that ran out of time
            command = [sys.executable, "manage.py", "migrate", "-v0"]
            subprocess.run(command, cwd=ROOT, env=city(making), check=True, timeout=200)
            making.rename(shared)
    return shared


@pytest.fixture
def every_death(migrated: Path, tmp_path: Path) -> Crash:
    """`every_death("report")`: the scenario, dying at every point, or at so many of them; how many,
    how long, what failed."""

    def run(name: str, points: int = 0) -> dict[str, Any]:
        folder = shutil.copytree(migrated, tmp_path / "city")
        command = [sys.executable, "-m", "tests.crash", name, "--folder", str(folder)]
        command += ["--points", str(points)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=city(folder),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=400,
        )
        assert done.stdout, f"the harness ended with {done.returncode}"
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run


@pytest.fixture
def crash(every_death: Crash) -> Crash:
    """The same; fails with what was lost where."""

    def run(name: str, points: int = 0) -> dict[str, Any]:
        found = every_death(name, points)
        failures = found.pop("failures")
        print(f"{name}: {found}")  # noqa: T201
        assert not failures, f"{len(failures)} of {found['ran']}\n" + "\n\n".join(failures[:5])
        return found

    return run
