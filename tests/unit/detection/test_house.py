"""Rules of a house beside the shipped ones, and the short way to compare two sets of rules."""

import json
from pathlib import Path
from typing import Any

import pytest

from tereze.detection import Document, assess, assess_many
from tereze.detection.comparing import Comparer, View
from tereze.detection.house import (
    Changes,
    entry_of,
    is_of_a_house,
    joined,
    readable,
)
from tereze.detection.patterns import PatternError, compile_phrase
from tereze.detection.ruleset import RuleError, default_rules


NEW: dict[str, Any] = {
    "scheme": "dropper_recruitment",
    "outcome": "illegal",
    "weight": 6.0,
    "any": ["карты напрокат", "(пиши|пишите) .. мне", "@contact"],
    "text": {"ru": "карту просят напрокат", "kk": "картаны жалға сұрайды"},
}
TEXTS = Path(__file__).parents[3] / "corpus" / "texts" / "market1.jsonl"
CHANGED = "rent_deposit.deposit_unseen"


def changed(**fields: Any) -> dict[str, Any]:
    rules = default_rules()
    return {**entry_of(rules.rule(CHANGED), rules), **fields}


def test_a_rule_written_down_again_is_the_same_rule() -> None:
    assert joined(Changes({CHANGED: changed()})).rule(CHANGED) == default_rules().rule(CHANGED)


def test_no_changes_are_the_shipped_rules() -> None:
    assert joined(Changes()) is default_rules()
    assert not is_of_a_house(assess("Добрый день").engine)


def test_an_assessment_names_the_rules_of_the_house() -> None:
    rules = joined(Changes({"dropper_recruitment.new": NEW}))
    found = assess("Карты напрокат, дорого", rules=rules)
    assert found.engine.endswith(rules.version)
    assert is_of_a_house(found.engine)
    assert "dropper_recruitment.new" in {reason.name for reason in found.reasons}


def test_what_cannot_be_read_is_named_and_left_out() -> None:
    broken = Changes({"a.b": {**NEW, "any": ["{нет_такого}"]}, "a.c": NEW}, ("rent_deposit.gone",))
    with pytest.raises(RuleError, match=r"a\.b"):
        joined(broken)
    kept, names = readable(broken)
    assert (list(kept.rules), kept.off, names) == (["a.c"], (), ["a.b"])


CHANGES = {
    "new": Changes({"dropper_recruitment.new": NEW}),
    "heavier": Changes({CHANGED: changed(weight=7.0)}),
    "narrower": Changes({CHANGED: changed(within=20)}),
    "off": Changes({}, (CHANGED, "task_job.signal")),
    "other scheme": Changes({CHANGED: changed(scheme="ad_prepayment")}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_short_way_finds_what_judging_everything_twice_finds(name: str) -> None:
    rows = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    documents = [Document(row["text"]) for row in rows]
    documents += [Document("смотри", quoted=row["text"], profile=row["text"]) for row in rows[:40]]
    comparer = Comparer(Changes(), CHANGES[name])
    short = {one.place: (one.old, one.new) for one in comparer.compare(documents).differences}
    both = zip(
        assess_many(documents, rules=comparer.old),
        assess_many(documents, rules=comparer.new),
        strict=True,
    )
    views = [(View.of(old), View.of(new)) for old, new in both]
    assert short == {place: pair for place, pair in enumerate(views) if pair[0] != pair[1]}


@pytest.mark.parametrize(
    "source",
    [
        "аба* ... аба* ... аба* ... аба* ... аба* ... вгде",
        "аба* " + "[аба*] " * 13 + "вгде",
        "аба* " + "(аба*|аб*|абан*|абанк*) " * 7 + "вгде",
    ],
)
def test_a_pattern_that_would_hold_up_a_chat_is_refused(source: str) -> None:
    with pytest.raises(PatternError) as caught:
        compile_phrase(source, {})
    assert caught.value.code == "too_many_ways"


def test_choices_that_fit_different_words_do_not_count_together() -> None:
    compile_phrase(" ".join(["(карт*|счет*|деньг*|телефон*|код*)"] * 6), {})
