"""Every rule carries its own proof: examples where it must fire, counter-examples where not."""

from __future__ import annotations

import pytest

from tereze.detection.parts import fired
from tereze.detection.ruleset import Rule, default_rules


RULES = default_rules()


def fires(rule: Rule, text: str) -> bool:
    return any(hit.rule is rule for hit in fired(text, RULES))


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.name)
def test_a_rule_fires_on_its_examples_and_not_on_its_counter_examples(rule: Rule) -> None:
    assert rule.examples, "a rule without an example proves nothing"
    assert rule.counter_examples, "a rule without a counter-example proves nothing"
    assert [text for text in rule.examples if not fires(rule, text)] == []
    assert [text for text in rule.counter_examples if fires(rule, text)] == []
