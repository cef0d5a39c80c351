"""Names of officers end with an initial: «Сейітов Е. М.» brings its own full stop."""

import re
from pathlib import Path

import pytest


CATALOGUES = sorted((Path(__file__).parents[3] / "tereze").glob("*/locale/*/LC_MESSAGES/django.po"))
SECOND_STOP = re.compile(r"%\((?:who|name|by|chief|officer|person|editor)\)s\.\"$", re.MULTILINE)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "/".join(path.parts[-5:-2]))
def test_no_sentence_puts_a_full_stop_behind_a_name(path: Path) -> None:
    assert not SECOND_STOP.findall(path.read_text(encoding="utf-8"))
