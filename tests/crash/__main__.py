"""`python -m tests.crash`: every scenario, dying at each of its points, outcomes as JSON lines.

`python -m tests.crash life --points 36 --folder F`: one of them, at so many points, in a migrated
data folder (`TEREZE_DATA`) in which its city is made.
"""

import argparse
import dataclasses
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django


SCENARIOS = (
    "report", "request", "answer", "partner", "portal", "message", "submission", "picture", "life",
    "taking_back", "calls", "delivery", "feed",
)  # fmt: skip


def main() -> int:
    asked = arguments()
    if asked.scenario and asked.folder:
        return one(asked.scenario, Path(asked.folder), asked.points)
    names = [asked.scenario] if asked.scenario else SCENARIOS
    return max([in_a_fresh_city(name, asked.points) for name in names])


def in_a_fresh_city(name: str, points: int) -> int:
    """In a process of its own: a scenario puts stand-ins into the one it lives in."""
    with tempfile.TemporaryDirectory(prefix="crash-") as top:
        folder = str(Path(top) / "city")
        city = {**os.environ, "TEREZE_DATA": folder, "TEREZE_NEW_KEYS": "1"}
        city.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=city, check=True)
        command = [sys.executable, "-m", "tests.crash", name, "--folder", folder]
        return subprocess.run([*command, "--points", str(points)], env=city, check=False).returncode


def one(name: str, folder: Path, points: int) -> int:
    os.environ["TEREZE_DATA"] = str(folder)
    os.environ.pop("DATABASE_URL", None)  # copies of a file are what makes it quick
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tereze.settings")
    os.environ.setdefault(
        "TEREZE_LOOK_PACE", "0"
    )  # as under pytest: nobody waits for a host's turn
    django.setup()
    harness = importlib.import_module("tests.crash.harness")
    scenario = importlib.import_module(f"tests.crash.test_{name}").SCENARIO
    found = harness.Harness(scenario, folder).run(points)
    print(json.dumps({"scenario": name, **dataclasses.asdict(found)}, ensure_ascii=False))  # noqa: T201
    return 1 if found.failures else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("scenario", nargs="?", default="", help=", ".join(SCENARIOS))
    parser.add_argument("--points", type=int, default=0, help="a sample of so many; 0: all")
    parser.add_argument("--folder", default="", help="a migrated data folder")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
