"""Every event of the journal has a name on screen."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import tereze.watch
from tereze.audit.labels import label_of
from tereze.watch.models.decisions import Agreement, AppealState


WRITTEN = re.compile(r'\brecord\(\s*f?"([a-z_{}.]+)"')
FILLED = {
    "agreement.{state}": [f"agreement.{state}" for state in ("agreed", "refused")],
    "appeal.{row.state}": [f"appeal.{state}" for state in AppealState.values if state != "open"],
}
ROOM = Path(tereze.watch.__file__).parent
KINDS = sorted({kind for path in ROOM.rglob("*.py") for kind in WRITTEN.findall(path.read_text())})


def test_the_states_an_agreement_can_end_in_are_those_named_here() -> None:
    assert set(Agreement.State.values) == {"open", "agreed", "refused", "withdrawn"}


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_watch_names_its_events(kind: str, language: str) -> None:
    with translation.override(language):
        for name in FILLED.get(kind, [kind]):
            assert label_of(name) != name
            assert "_" not in label_of(name)
