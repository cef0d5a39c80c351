"""The library installs alone: its wheel in an empty environment runs every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import numpy
import pytest


ROOT = Path(__file__).parents[3]
ADVERT = "Куплю карту Kaspi, оплата сразу, +7 701 123 45 67"


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment in which nothing but the wheel is installed."""
    made = tmp_path_factory.mktemp("library")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(build, cwd=ROOT / "packages" / "tereze-detection", check=True)
    (wheel,) = made.glob("*.whl")
    venv.create(made / "env", with_pip=True)
    programs = made / "env" / ("Scripts" if os.name == "nt" else "bin")
    _lend_numpy(made / "env")
    pip = [str(programs / "python"), "-m", "pip", "install", "-q", "--no-index", str(wheel)]
    subprocess.run(pip, check=True)
    return programs


def _lend_numpy(environment: Path) -> None:
    """Its only dependency, from here: nothing is fetched."""
    (packages,) = environment.glob("lib/python*/site-packages")
    for folder in Path(numpy.__file__).parents[1].glob("numpy*"):
        (packages / folder.name).symlink_to(folder)


def _run(program: Path, *arguments: str, given: str = "") -> str:
    bare = {"PATH": os.environ["PATH"], "TEREZE_CACHE": "off", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [str(program), *arguments],
        input=given, text=True, capture_output=True, env=bare, cwd=program.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_scan_extract_and_explain_run_alone(bin_folder: Path) -> None:
    command = bin_folder / "tereze-detect"
    line = json.dumps({"id": "a", "text": ADVERT}) + "\n"
    scanned = json.loads(_run(command, "scan", "--fingerprint", "-", given=line))
    assert (scanned["id"], scanned["outcome"]) == ("a", "illegal")
    found = json.loads(_run(command, "extract", "-", given=line))["indicators"]
    assert [(item["type"], item["value"]) for item in found] == [("phone", "+77011234567")]
    assert "карт" in _run(command, "explain", ADVERT)
    assert "explain" in _run(command, "--help")
    assert "usage: tereze-detect scan" in _run(command, "scan", "--help")
    told = json.dumps({"text": ADVERT, "date": "2026-11-20"})
    assert "Nothing new" in _run(command, "radar", given=told)


def test_it_brings_numpy_and_nothing_else(bin_folder: Path) -> None:
    listed = _run(bin_folder / "python", "-m", "pip", "list", "--format=json")
    names = {package["name"] for package in json.loads(listed)}
    assert names <= {"pip", "setuptools", "numpy", "tereze-detection"}
