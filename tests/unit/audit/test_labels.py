"""Every event that is written anywhere has a name in the journal, in each language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import tereze
from tereze.audit.labels import label_of
from tereze.disruption.models import PartnerNotice, Word
from tereze.disruption.transitions import TRANSITIONS
from tereze.watch.models.decisions import Agreement, AppealState


HOUSE = Path(tereze.__file__).parent
EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
# what a name that is put together can become
FILLED = {
    "agreement.{state}": ("agreed", "refused"),
    "appeal.{row.state}": [state for state in AppealState.values if state != "open"],
    "partner_notice.{kind}": PartnerNotice.Kind.values,
    "request.{event}": TRANSITIONS,
    "word.{kind}": Word.Kind.values,
}


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            if called == name:
                yield node


def literals(tree: ast.AST) -> set[str]:
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {text for text in values if isinstance(text, str) and EVENT.fullmatch(text)}


def events_in(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    for call in calls(tree, "record"):
        said = call.args[0]
        if isinstance(said, ast.JoinedStr):
            pattern = ast.unparse(said)[2:-1]
            yield from (pattern.partition("{")[0] + end for end in FILLED[pattern])
        elif isinstance(said, ast.Name):  # decided further up, or by whoever calls
            yield from literals(tree)
        else:
            yield from literals(said)


KINDS = sorted({kind for path in HOUSE.rglob("*.py") for kind in events_in(path)})


def test_the_states_an_agreement_can_end_in_are_those_named_here() -> None:
    assert set(Agreement.State.values) == {"open", "agreed", "refused", "withdrawn"}


def test_the_events_are_found() -> None:
    assert len(KINDS) > 150
    assert {"message.blocked", "rule.released", "task.done", "warning.written"} < set(KINDS)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_event_has_a_name(kind: str, language: str) -> None:
    with translation.override(language):
        said = label_of(kind)
        assert said != kind
        assert "_" not in said
        if language == "kk":
            with translation.override("ru"):
                assert label_of(kind) != said, "not translated"
