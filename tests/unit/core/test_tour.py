"""docs/tour.md names files and functions; a newcomer opens them beside it."""

import re
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[3]
NAMED = re.compile(r"`((?:[a-z_]+/)+(?:[a-z_]+\.py)?)(?::(\w+))?`")
TOUR = sorted(set(NAMED.findall((ROOT / "docs" / "tour.md").read_text())))


def test_the_tour_names_much() -> None:
    assert len(TOUR) > 30


@pytest.mark.parametrize(("path", "function"), TOUR)
def test_what_the_tour_names_is_there(path: str, function: str) -> None:
    found = next((f for top in ("", "tereze") if (f := ROOT / top / path).exists()), None)
    assert found, path
    assert not function or re.search(rf"^def {function}\b", found.read_text(), re.MULTILINE)
