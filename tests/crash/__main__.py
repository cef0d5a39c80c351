"""`python -m tests.crash FOLDER report`: one scenario in a process of its own, its outcome as JSON.

FOLDER is a migrated data folder (`TEREZE_DATA`); the scenario's city is made in it.
"""

import dataclasses
import importlib
import json
import os
import sys
from pathlib import Path

import django


def main(folder: str, name: str) -> int:
    os.environ["TEREZE_DATA"] = folder
    os.environ.pop("DATABASE_URL", None)  # copies of a file are what makes it quick
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tereze.settings")
    django.setup()
    harness = importlib.import_module("tests.crash.harness")
    scenario = importlib.import_module(f"tests.crash.test_{name}").SCENARIO
    found = harness.Harness(scenario, Path(folder)).run()
    print(json.dumps(dataclasses.asdict(found), ensure_ascii=False))  # noqa: T201
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
