"""Answers are taken by their mark and their sender, or stand before an officer."""

import email
import email.policy
from datetime import timedelta
from typing import Any

import pytest

from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Incoming, Lookout, State

from .conftest import OLX, Line, reply


pytestmark = pytest.mark.django_db


def test_an_answer_is_taken_sealed_and_looked_after(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Здравствуйте!\n\nУдалено.\n\nДана Ким"))
    line.read()
    request.refresh_from_db()
    assert (request.state, request.answer) == (State.ANSWERED, "done")
    assert request.answered_by == OLX
    row = Incoming.objects.get()
    assert (row.state, row.kind) == (Incoming.State.TAKEN, Incoming.Kind.ANSWER)
    step = request.steps.get(event="answered")
    assert step.evidence == row.evidence
    file = row.evidence.files.get()  # type: ignore[union-attr]
    assert (
        "Удалено"
        in email.message_from_bytes(file.content(), policy=email.policy.default)
        .get_body(("plain",))
        .get_content()
    )  # type: ignore[union-attr]
    assert not file.outgoing
    assert Lookout.objects.get(request=request).next_action_at is not None
    assert line.post.seen() == 0


SAID = {
    "Жойылды, рахмет": ("done", ""),
    "removed": ("done", ""),
    "Уже удалено": ("already_gone", ""),
    "Аккаунт закрыт. Объявление снято.": ("account_closed", ""),
    "Отказ: нарушения правил не видно": ("refused", "нарушения правил не видно"),
    "Бас тарту: бұл біздің бет емес": ("refused", "бұл біздің бет емес"),
    "Вопрос: какой это продавец?": ("need_more", "какой это продавец?"),
}


def test_answers_in_three_languages(line: Line) -> None:
    sent = [line.send() for _ in SAID]
    line.post.put(*(reply(letter, text) for (_, letter), text in zip(sent, SAID, strict=True)))
    line.read()
    for (request, _), (text, (answer, words)) in zip(sent, SAID.items(), strict=True):
        request.refresh_from_db()
        assert request.answer == answer, text
        if answer in {"refused", "need_more"}:
            assert request.answer_text == words


def test_accepted_stops_the_first_clock(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Принято в работу"))
    line.read()
    request.refresh_from_db()
    assert request.state == State.ACKNOWLEDGED


@pytest.mark.parametrize("by", ["thread", "reply address", "subject"])
def test_each_mark_alone_is_enough(line: Line, by: str) -> None:
    request, letter = line.send()
    headers = {
        "thread": {"To": "kiberpol@police.example", "Subject": "ответ"},
        "reply address": {"Subject": "ответ"},
        "subject": {"To": "kiberpol@police.example"},
    }[by]
    line.post.put(reply(letter, "Удалено", thread=by == "thread", **headers))
    line.read()
    request.refresh_from_db()
    assert request.answer == "done"


def test_the_sender_alone_recognises_nothing(line: Line) -> None:
    request, letter = line.send()
    headers = {"To": "kiberpol@police.example", "Subject": f"Re: № {request.number}"}
    line.post.put(reply(letter, "Удалено", thread=False, **headers))
    line.read()
    request.refresh_from_db()
    assert request.state == State.DELIVERED
    row = Incoming.objects.get()
    assert (row.state, row.request) == (Incoming.State.UNKNOWN, None)
    assert actions.place_letter(row=row, number=request.number, user=line.chief)
    actions.take_letter(row=row, said="done", user=line.chief)
    request.refresh_from_db()
    assert (request.answer, request.answered_by) == ("done", OLX)


def test_a_mark_from_a_stranger_waits_for_an_officer(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Отказ: всё чисто", sender="seller@mail.ru"))
    line.read()
    request.refresh_from_db()
    assert request.state == State.DELIVERED
    row = Incoming.objects.get()
    assert (row.state, row.why, row.guess) == (Incoming.State.WAITING, "sender", "refused")
    assert actions.dismiss_letters(rows=[row], user=line.chief) == 1
    request.refresh_from_db()
    assert request.state == State.DELIVERED


def test_a_colleague_in_the_partners_domain_may_answer(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено", sender="dana.kim@olx.example"))
    line.read()
    request.refresh_from_db()
    assert request.answer == "done"


def test_where_our_server_checks_senders_a_forged_one_waits(line: Line, settings: Any) -> None:
    settings.MAIL_AUTHSERV = "mx.police.example"
    (forged, first), (genuine, second) = line.send(), line.send()
    failed = "mx.police.example; dmarc=fail header.from=olx.example"
    passed = "mx.police.example; spf=pass smtp.mailfrom=olx.example; dmarc=pass"
    line.post.put(
        reply(first, "Удалено", Authentication_Results=failed),
        reply(second, "Удалено", Authentication_Results=passed),
    )
    line.read()
    forged.refresh_from_db()
    genuine.refresh_from_db()
    assert (forged.answer, genuine.answer) == ("", "done")
    assert Incoming.objects.get(request=forged).why == "sender"


def test_what_is_not_understood_stands_before_an_officer(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено, но не всё: второе объявление осталось"))
    line.read()
    request.refresh_from_db()
    assert request.state == State.DELIVERED
    row = Incoming.objects.get()
    assert (row.state, row.why) == (Incoming.State.WAITING, "unclear")
    assert "второе объявление" in row.content["words"]


def test_a_late_answer_to_an_earlier_turn_is_not_taken(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено"))
    later = now() + timedelta(hours=1)
    request.steps.model.objects.bulk_create(
        [
            request.steps.model(
                request=request, event="supplied", state_after="delivered", actor_kind="x", at=later
            )
        ]
    )
    line.read()
    assert Incoming.objects.get().why == "earlier"


def test_a_second_different_answer_waits(line: Line) -> None:
    request, letter = line.send()
    line.post.put(reply(letter, "Удалено"), reply(letter, "Отказ: передумали"))
    line.read()
    request.refresh_from_db()
    assert request.answer == "done"
    assert [row.why for row in Incoming.objects.filter(state="waiting")] == ["not_their_turn"]
