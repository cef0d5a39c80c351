"""Whose word counts: for opening the automatic, and for the precision of a rule."""

from collections.abc import Callable
from typing import Any

import pytest

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.watch.actions import agreeing, officers, sources, trial
from tereze.watch.actions.trial import NotProvenError
from tereze.watch.models import Agreement, Message, Source
from tereze.watch.received import Author
from tereze.watch.words import not_proven_words
from tereze.watch.workshop import precision
from tests.unit.watch.conftest import Say
from tests.unit.watch.submissions.conftest import CHAT, Send, send
from tests.watching import ADMINISTRATOR, ADVERT


__all__ = ["send"]
pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]


def counts(source: Source) -> set[tuple[int, int]]:
    """(verdicts, of them right): of the chat, and of every rule that spoke."""
    rules = precision.by_rule(source.unit).values()
    of_chat = trial.trial_of(source)
    return {(of_chat.verdicts, of_chat.right)} | {(one.verdicts, one.right) for one in rules}


def act(what: str, message: Message, by: User) -> None:
    message.refresh_from_db()
    if what == "block":
        officers.block(message=message, ladder=["delete"], by=by)
    elif what == "release":
        officers.release(message=message, by=by)
    else:
        officers.undo(decision=message.decisions.exclude(officer=None).latest("pk"), by=by)


@pytest.mark.parametrize(
    ("steps", "right"),
    [
        ("block:1", 1),
        ("release:1", 0),
        ("release:1 block:1", 1),  # thought better
        ("release:1 block:2", 0),  # two of two minds
        ("release:1 undo:1 block:2", 1),
        ("release:1 undo:2 block:2", 0),
        ("block:1 undo:1", 0),
        ("block:1 undo:2", 0),
        ("block:1 undo:2 block:1", 0),
        ("block:1 undo:2 block:2", 1),
    ],
)
def test_a_word_against_stands_until_whoever_said_it_takes_it_back(
    steps: str, right: int, shadowed: Source, say: Say, officer: Officer
) -> None:
    people = {"1": officer(Role.DUTY_OFFICER), "2": officer(Role.CHIEF)}
    message = say(ADVERT, source=shadowed)
    for step in steps.split():
        what, who = step.split(":")
        act(what, message, people[who])
    assert counts(shadowed) == {(1, right)}


@pytest.mark.parametrize(("answer", "right"), [("agree", 1), ("refuse", 0)])
def test_what_waits_for_the_second_officer_is_no_verdict_yet(
    answer: str, right: int, shadowed: Source, say: Say, officer: Officer, settings: Any
) -> None:
    settings.WATCH_ALONE = {"chats": 9, "people": 9, "hour": -1}
    message = say(ADVERT, source=shadowed)
    officers.block(message=message, ladder=["delete"], by=officer(Role.DUTY_OFFICER))
    assert counts(shadowed) == {(0, 0)}
    getattr(agreeing, answer)(agreement=Agreement.objects.get(), by=officer(Role.CHIEF))
    assert counts(shadowed) == {(1, right)}


def test_where_only_its_administrator_can_delete_asking_them_is_the_word(
    send: Send, officer: Officer
) -> None:
    message = send(**{"Чат WhatsApp с контактом Дом 5.txt": CHAT.encode()}).findings.get().message
    officers.ask_to_delete(message=message, by=officer(Role.DUTY_OFFICER))
    assert precision.by_rule(message.source.unit)
    assert counts(message.source) == {(1, 1)}
    act("undo", message, officer(Role.CHIEF))
    assert counts(message.source) == {(1, 0)}


def move(chat: Source, threshold: float) -> Source:
    return sources.change_source(source=chat, by=ADMINISTRATOR, threshold=threshold)


@pytest.mark.parametrize(
    ("moves", "counted"),
    [
        ((0.99,), 1),
        ((0.99, 0.9), 2),  # the one between, and what is said from here on
        ((0.99, 0.9, 0.99), 2),  # what is deleted at 0.99 was proven there
        ((0.99, 0.9, 0.95), 1),
    ],
)
def test_what_was_found_right_above_a_higher_threshold_proves_no_lower_one(
    moves: tuple[float, ...], counted: int, shadowed: Source, say: Say, officer: Officer
) -> None:
    def decide(number: int, p_illegal: float) -> None:
        message = say(f"{ADVERT} {number}", source=shadowed, author=Author(id=str(number)))
        Message.objects.filter(pk=message.pk).update(p_illegal=p_illegal)
        act("block", message, officer(Role.CHIEF))

    for number, p_illegal in enumerate((0.995, 0.92)):
        decide(number, p_illegal)
    chat = shadowed
    for threshold in moves:
        chat = move(chat, threshold)
    if len(moves) > 1:
        decide(2, 0.995)
    assert trial.trial_of(chat).verdicts == counted


def test_lowering_the_threshold_of_an_automatic_chat_asks_for_proof_of_what_is_new(
    source: Source,
) -> None:
    move(source, 0.95)
    with pytest.raises(NotProvenError) as refused:
        move(source, 0.8)
    assert refused.value.trial.lacks == ("verdicts",)
    assert "0.95" in not_proven_words(refused.value.trial).replace(",", ".")
    chat = sources.change_source(source=source, by=ADMINISTRATOR, mode="review", threshold=0.8)
    with pytest.raises(NotProvenError):
        sources.set_mode(source=chat, mode="automatic", by=ADMINISTRATOR)
    chat = sources.change_source(source=chat, by=ADMINISTRATOR, mode="automatic", threshold=0.95)
    assert trial.is_open(chat)
