"""The table of a chat, as a table."""

import itertools
from dataclasses import replace

import pytest

from tereze.detection import Outcome
from tereze.watch.policy import Course, Judged, Policy, cell, rule


NEVER = [o for o in Outcome if o is not Outcome.ILLEGAL]


def judged(outcome: str, p: float = 0.99, *, article: bool = True, exempt: str = "") -> Judged:
    return Judged(outcome=outcome, p_illegal=p, has_article=article, exempt=exempt)


def policy(mode: str, author_act: str = "none", threshold: float = 0.9) -> Policy:
    return Policy(mode=mode, threshold=threshold, author_act=author_act)


@pytest.mark.parametrize(
    ("mode", "p", "course"),
    [
        ("off", 0.99, Course.NOTHING),
        ("shadow", 0.99, Course.SHADOW),
        ("shadow", 0.89, Course.QUEUE),
        ("review", 0.99, Course.QUEUE),
        ("review", 0.10, Course.QUEUE),
        ("automatic", 0.90, Course.ACT),
        ("automatic", 0.8999, Course.QUEUE),
    ],
)
def test_an_illegal_text(mode: str, p: float, course: Course) -> None:
    assert rule(policy(mode), judged("illegal", p)).course == course


@pytest.mark.parametrize(
    ("outcome", "mode", "p"),
    list(itertools.product(NEVER, ["shadow", "review", "automatic"], [0.0, 0.5, 0.9, 1.0])),
)
def test_the_machine_never_acts_on_anything_else(outcome: Outcome, mode: str, p: float) -> None:
    assert rule(policy(mode, "ban"), judged(outcome, p)).course in {Course.NOTHING, Course.QUEUE}


@pytest.mark.parametrize(
    ("outcome", "course"),
    [
        ("incident_report", Course.QUEUE),
        ("suspicious", Course.QUEUE),
        ("warning_or_quotation", Course.NOTHING),
        ("job_or_promo", Course.NOTHING),
        ("harmless", Course.NOTHING),
    ],
)
def test_who_else_sees_it(outcome: str, course: Course) -> None:
    assert rule(policy("automatic"), judged(outcome)).course == course


@pytest.mark.parametrize(
    ("chat", "scheme", "mode", "threshold"),
    [
        ("automatic", {}, "automatic", 0.9),
        ("automatic", {"mode": "review"}, "review", 0.9),
        ("automatic", {"mode": "off"}, "off", 0.9),
        ("automatic", {"mode": "shadow", "threshold": 0.97}, "shadow", 0.97),
        ("automatic", {"threshold": 0.95}, "automatic", 0.95),
        ("automatic", {"threshold": 0.5}, "automatic", 0.9),  # never stricter than the chat
        ("review", {"mode": "automatic"}, "review", 0.9),
        ("shadow", {"mode": "automatic"}, "shadow", 0.9),
        ("off", {"mode": "automatic", "threshold": 0.5}, "off", 0.9),
    ],
)
def test_a_scheme_may_be_milder_than_its_chat_and_never_stricter(
    chat: str, scheme: dict[str, object], mode: str, threshold: float
) -> None:
    assert cell(policy(chat), scheme) == policy(mode, threshold=threshold)


def test_in_quiet_hours_the_machine_may_be_told_to_leave_it_to_people() -> None:
    ruling = rule(replace(policy("automatic"), leave=True), judged("illegal"))
    assert (ruling.course, ruling.why) == (Course.QUEUE, "quiet_hours")


@pytest.mark.parametrize("exempt", ["administrator", "akimat", "police", "verified"])
def test_some_authors_are_left_to_people(exempt: str) -> None:
    ruling = rule(policy("automatic"), judged("illegal", exempt=exempt))
    assert (ruling.course, ruling.why) == (Course.QUEUE, f"exempt:{exempt}")


def test_what_names_no_law_article_cannot_act() -> None:
    """A word somebody slips in, without a scheme of the typology, reaches people at most."""
    ruling = rule(policy("automatic"), judged("illegal", 1.0, article=False))
    assert (ruling.course, ruling.why) == (Course.QUEUE, "no_article")


@pytest.mark.parametrize(
    ("author_act", "ladder"),
    [("none", ("delete",)), ("restrict", ("delete", "restrict")), ("ban", ("delete", "ban"))],
)
def test_the_ladder_of_the_chat(author_act: str, ladder: tuple[str, ...]) -> None:
    assert rule(policy("automatic", author_act), judged("illegal")).ladder == ladder
