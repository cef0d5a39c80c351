"""What may be written down as a rule of the house."""

from typing import Any

import pytest

from tereze.accounts.models import Unit, User
from tereze.watch.workshop import actions, clearing, entries, trying, words
from tereze.watch.workshop.entries import EntryError
from tereze.watch.workshop.forms import RuleForm
from tests.unit.watch.workshop.conftest import ENTRY, NAME


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"scheme": "politics"}, "scheme", "no_article"),
    ({"scheme": ""}, "scheme", "no_article"),
    ({"any": []}, "any", "empty_field"),
    ({"any": ["[очень]"]}, "any", "no_beginning"),
    ({"any": [".. карта"]}, "any", "gap_first"),
    ({"any": ["(карта|)"]}, "any", "empty"),
    ({"any": ["(карта"]}, "any", "missing"),
    ({"any": ["карта)"]}, "any", "unexpected"),
    ({"any": ["{чужой_набор}"]}, "any", "no_word_set"),
    ({"any": ["к*"]}, "any", "short_stem"),
    ({"any": ["карта }"]}, "any", "unreadable"),
    ({"any": ["слово " * 200]}, "any", "too_long"),
    ({"any": [f"слово{n} раз" for n in range(130)]}, "any", "too_many"),
    ({"any": ["карт* ... карт* ... карт* ... карт* ... карт* ... дом"]}, "any", "too_many_ways"),
    ({"any": ["карт* ... (а|б) ... карт* ... карт* ... дом"] * 2}, "any", "too_many_ways"),
    ({"unless": ["(карта"]}, "unless", "missing"),
    ({"with": [["(карта"]]}, "with", "missing"),
    ({"weight": 9.0}, "weight", "weight"),
    ({"within": 5000}, "within", "within"),
    ({"examples": ["один"]}, "examples", "too_few"),
    ({"counter_examples": []}, "counter_examples", "too_few"),
    ({"examples": ["а" * 1001, "б"]}, "examples", "too_long"),
    ({"text": {"ru": "по-русски", "kk": ""}}, "reason_kk", "reason"),
    ({"outcome": "certain"}, "outcome", "unknown"),
]


@pytest.mark.parametrize(("changed", "field", "code"), FAULTS)
def test_a_faulty_rule_is_refused_in_words(changed: dict[str, Any], field: str, code: str) -> None:
    found = entries.faults_of({**ENTRY, **changed})
    assert (field, code) in {(fault.field, fault.code) for fault in found}
    assert all(words.fault_words(fault) for fault in found)


def test_the_rule_of_the_tests_is_good() -> None:
    assert entries.faults_of(ENTRY) == []
    assert trying.failed(NAME, ENTRY) == 0


def test_a_faulty_rule_is_not_written_down_without_the_form_either(
    unit: Unit, editor: User
) -> None:
    with pytest.raises(EntryError):
        actions.begin(
            unit=unit, name="x.y", entry={**ENTRY, "scheme": "politics"}, why="x", by=editor
        )


def test_examples_are_tried_and_what_they_say_is_marked() -> None:
    found = trying.try_entry(NAME, ENTRY, trying.Changes())
    assert [one.holds for one in found] == [True] * 4
    start, end = found[0].spans[0]
    assert found[0].text[start:end] == "карта напрокат"
    assert found[1].after.p_illegal > found[1].before.p_illegal


@pytest.mark.parametrize(
    ("phrase", "scheme"),
    [
        ("митинг*", "drug_sale"),
        ("(голосуйте|выборы)", "pyramid"),
        ("аким*", "fake_police_call"),
        ("сайлау*", "task_job"),
        ("намаз*", "fake_charity"),
        ("ереуіл*", "online_casino"),
    ],
)
def test_talk_that_is_nobodys_business_cannot_be_looked_for(phrase: str, scheme: str) -> None:
    """A political word under the cover of a scheme."""
    assert clearing.forbidden("x.y", {**ENTRY, "scheme": scheme, "any": [phrase]})


def test_ordinary_rules_are_not_taken_for_that() -> None:
    assert clearing.forbidden(NAME, ENTRY) == []


def test_the_form_says_what_is_wrong_beside_the_field() -> None:
    form = RuleForm({"scheme": "dropper_recruitment", "name": "Карта", "any": "карта"})
    assert not form.is_valid()
    assert {"name", "reason_kk", "examples", "why"} <= form.errors.keys()


def test_the_form_keeps_lines_and_groups() -> None:
    given = {
        **{name: ENTRY[name] for name in ("scheme", "language", "outcome", "weight", "within")},
        "name": "card_for_hire",
        "any": "карт* напрокат\n\n карты внаём ",
        "with_": "дорого\nсрочно\n\nпиши*",
        "unless": "",
        "reason_ru": "карту просят",
        "reason_kk": "картаны сұрайды",
        "examples": "\n".join(ENTRY["examples"]),
        "counter_examples": "\n".join(ENTRY["counter_examples"]),
        "why": "новое",
    }
    form = RuleForm(given)
    assert form.is_valid(), form.errors
    assert form.entry is not None
    assert form.entry["any"] == ["карт* напрокат", "карты внаём"]
    assert form.entry["with"] == [["дорого", "срочно"], ["пиши*"]]
    assert form.full_name == NAME


def test_a_difference_names_what_went_and_what_came() -> None:
    new = {**ENTRY, "weight": 5.0, "unless": []}
    assert entries.difference(ENTRY, new) == [
        ("weight", ["6.0"], ["5.0"]),
        ("unless", ENTRY["unless"], []),
    ]
