"""What their system does: one act per token, in earnest, in batches, as a test."""

import json
from typing import Any

import pytest

from tereze.accounts.models import User
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Operation, PartnerNotice, RequestStep, State, Word
from tests.unit.disruption.conftest import Make, see

from .conftest import Api


pytestmark = pytest.mark.django_db


def test_the_first_fetch_delivers_and_starts_the_clock(sign: Any, platform: Api) -> None:
    request = sign()
    assert (request.state, request.next_deadline) == (State.APPROVED, None)
    (found,) = platform.get("/requests?your_turn=true").json()["items"]
    request.refresh_from_db()
    assert request.state == State.DELIVERED
    assert found["id"] == request.public_id
    assert found["clock"]["act_by"] is not None
    platform.get(f"/requests/{request.public_id}")
    assert request.steps.filter(event="delivered").count() == 1


def test_an_answer_straight_from_the_news_delivers_too(sign: Any, platform: Api) -> None:
    request = sign()
    assert (
        platform.post(f"/requests/{request.public_id}/answer", {"answer": "done"}).status_code
        == 202
    )
    events = list(request.steps.values_list("event", flat=True))
    assert events[-2:] == ["delivered", "answered"]


REFUSED = {"answer": "refused", "reason_code": "no_violation", "text": "Продавец проверен"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"answer": "done"}, 202),
        ({"answer": "account_closed", "who": "Дана"}, 202),
        ({"answer": "already_gone"}, 202),
        (REFUSED, 202),
        ({"answer": "need_more", "text": "Какой именно аккаунт?"}, 202),
        ({**REFUSED, "reason_code": "nonsense"}, "literal_error"),
        ({**REFUSED, "reason_code": None}, "reason_code_missing"),
        ({**REFUSED, "text": " "}, "words_missing"),
        ({"answer": "need_more"}, "words_missing"),
        ({"answer": "done", "reason_code": "other"}, "reason_code_unexpected"),
        ({"answer": "removed"}, "literal_error"),
        ({"answer": "done", "texte": "slip"}, "extra_forbidden"),
        ({"answer": "need_more", "text": "x" * 2001}, "string_too_long"),
        ({"answer": 1}, "literal_error"),
        ([], "model_attributes_type"),
        ({}, "missing"),
        ({"answer": "done", "text": "a\x00b"}, "not_text"),
    ],
)
def test_what_an_answer_may_say(sign: Any, platform: Api, body: Any, code: Any) -> None:
    request = sign()
    reply = platform.post(f"/requests/{request.public_id}/answer", body)
    if code == 202:
        assert reply.status_code == 202
        request.refresh_from_db()
        assert (request.answer, request.refusal) == (body["answer"], body.get("reason_code", ""))
    else:
        assert (reply.status_code, reply.json()["code"]) == (422, "invalid")
        assert [error["code"] for error in reply.json()["errors"]] == [code]
        assert not Operation.objects.exists()


def test_only_answers_that_fit_the_kind(sign: Any, platform: Api) -> None:
    request = sign(kind="preserve_data")
    path = f"/requests/{request.public_id}/answer"
    assert platform.post(path, {"answer": "already_gone"}).json()["code"] == "answer_not_possible"
    held = platform.post(path, {"answer": "done", "held_amount": "100.00"}, "t2")
    assert held.json()["code"] == "answer_not_possible"
    assert platform.post(path, {"answer": "done"}, "t3").status_code == 202


def test_one_token_one_act(sign: Any, platform: Api) -> None:
    request = sign()
    path = f"/requests/{request.public_id}/answer"
    first = platform.post(path, {"answer": "done"}, X_Correlation_Id="case-17")
    again = platform.post(path, {"answer": "done"})
    assert (first["X-Correlation-Id"], first.json()["correlation_id"]) == ("case-17", "case-17")
    assert {**first.json(), "replayed": True} == again.json()
    assert (
        platform.post(path, {"answer": "already_gone"}).json()["code"] == "idempotency_key_reused"
    )
    elsewhere = f"/requests/{sign().public_id}/answer"
    assert platform.post(elsewhere, {"answer": "done"}).status_code == 409
    assert RequestStep.objects.filter(event="answered").count() == 1
    assert platform.get("/operations?correlation_id=case-17").json()["items"][0] == first.json()


def test_what_was_refused_stays_refused_under_its_token(make: Make, platform: Api) -> None:
    request = make("answered")
    path = f"/requests/{request.public_id}/answer"
    for _ in range(2):
        assert platform.post(path, {"answer": "done"}).json()["code"] == "not_your_turn"
    see(request, "gone")
    see(request, "there")
    assert platform.post(path, {"answer": "done"}).json()["code"] == "not_your_turn"
    assert platform.post(path, {"answer": "done"}, "t2").status_code == 202


def test_a_token_is_the_partners_own(sign: Any, platform: Api, other: Api, make: Make) -> None:
    request = sign()
    theirs = make("delivered", url="https://kolesa.kz/a/show/150594149")
    assert platform.post(f"/requests/{request.public_id}/acknowledge", {}).status_code == 202
    assert other.post(f"/requests/{theirs.public_id}/acknowledge", {}).status_code == 202


@pytest.mark.parametrize("token", ["", "  ", "x" * 201])
def test_no_act_without_a_token(sign: Any, platform: Api, token: str) -> None:
    request = sign()
    reply = platform.post(f"/requests/{request.public_id}/acknowledge", {}, token)
    assert (reply.status_code, reply.json()["code"]) == (400, "idempotency_key_missing")


def test_a_batch_answers_each_for_itself_and_once(sign: Any, platform: Api, make: Make) -> None:
    requests = [sign() for _ in range(3)]
    answers = [
        {"request_id": requests[0].public_id, "answer": "done"},
        {"request_id": "nobody", "answer": "done"},
        {"request_id": requests[1].public_id, **REFUSED},
        {"request_id": make("answered").public_id, "answer": "done"},
    ]
    reply = platform.post("/requests/answers", {"answers": answers})
    problems = [item["problem"] for item in reply.json()["items"]]
    assert problems == [None, "not_found", None, "not_your_turn"]
    named = [item["request_id"] for item in reply.json()["items"]]
    assert named == [answer["request_id"] for answer in answers]
    again = platform.post("/requests/answers", {"answers": answers}).json()
    assert again == {**reply.json(), "replayed": True}
    one_wrong = [*answers[:1], {"request_id": "r", "answer": "refused"}]
    wrong = platform.post("/requests/answers", {"answers": one_wrong}, "t2").json()["errors"]
    assert [error["field"] for error in wrong] == ["body.answers.1"]
    twice = platform.post("/requests/answers", {"answers": answers[:1] * 2}, "t2")
    assert twice.json()["errors"][0]["code"] == "twice"
    many = [{"request_id": f"r{n}", "answer": "done"} for n in range(101)]
    assert platform.post("/requests/answers", {"answers": many}, "t3").status_code == 422


def test_a_batch_broken_off_is_finished_by_its_repetition(
    sign: Any, platform: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [sign() for _ in range(4)]
    body = {"answers": [{"request_id": r.public_id, "answer": "done"} for r in requests]}
    real, calls = actions.answer, []

    def dies_at_the_third(**arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise SystemExit
        real(**arguments)

    with monkeypatch.context() as broken:
        broken.setattr(actions, "answer", dies_at_the_third)
        with pytest.raises(SystemExit):
            platform.post("/requests/answers", body)
    (operation,) = platform.get("/operations").json()["items"]
    assert (operation["status"], len(operation["items"])) == ("incomplete", 2)
    reply = platform.post("/requests/answers", body).json()
    assert (reply["id"], reply["status"], reply["replayed"]) == (
        operation["id"],
        "completed",
        False,
    )
    assert [r.steps.filter(event="answered").count() for r in requests] == [1, 1, 1, 1]


def test_a_test_validates_everything_and_processes_nothing(
    sign: Any, platform: Api, make: Make
) -> None:
    request, answered = sign(), make("answered")
    path = f"/requests/{request.public_id}"
    before = list(RequestStep.objects.values_list("pk", flat=True))
    for action, body in (
        ("acknowledge", {}),
        ("answer", {"answer": "done"}),
        ("questions", {"text": "?"}),
        ("appeals", {"text": "!"}),
    ):
        reply = platform.post(f"{path}/{action}", {**body, "test": True}).json()
        assert (reply["id"], reply["status"], reply["test"]) == (None, "validated", True)
    wrong = platform.post(
        f"/requests/{answered.public_id}/answer", {"answer": "done", "test": True}
    )
    assert wrong.json()["code"] == "not_your_turn"
    assert platform.post(f"{path}/answer", {"answer": "refused", "test": True}).status_code == 422
    notice = {"kind": "seller_again", "url": request.address, "test": True}
    assert platform.post("/notices", notice).json()["status"] == "validated"
    assert list(RequestStep.objects.values_list("pk", flat=True)) == before
    assert not (Operation.objects.exists())
    assert not (Word.objects.exists())
    assert not (PartnerNotice.objects.exists())
    # the token was not used up
    assert platform.post(f"{path}/answer", {"answer": "done"}).status_code == 202


def test_thread_and_appeal(sign: Any, platform: Api, chief: User) -> None:
    request = sign()
    path = f"/requests/{request.public_id}"
    platform.post(f"{path}/questions", {"text": "Чей номер?", "who": "Дана"})
    platform.post(f"{path}/appeals", {"text": "Это магазин"}, "t2")
    actions.say(
        request=request, kind=Word.Kind.REPLY, text="Продавца", by=chief.actor, from_partner=False
    )
    thread = platform.get(path).json()["thread"]
    assert [(word["kind"], word["from_partner"]) for word in thread] == [
        ("question", True),
        ("appeal", True),
        ("reply", False),
    ]
    assert platform.post(f"{path}/questions", {"text": ""}, "t3").status_code == 422
    news = platform.get("/webhooks/events").json()["items"][-1]
    assert (news["type"], news["payload"]["data"]["word"]["kind"]) == ("word.created", "reply")
    assert "Продавца" not in json.dumps(news, ensure_ascii=False)


def test_what_a_partner_tells_unasked_makes_us_look(make: Make, platform: Api) -> None:
    request = make("verified")
    body = {"kind": "seller_again", "url": request.url}
    reply = platform.post("/notices", body).json()["items"][0]["result"]
    assert reply["request_id"] == request.public_id
    assert request.lookout.next_action_at <= now()
    assert request.steps.filter(event="look_asked").exists()
    wrong = platform.post("/notices", {**body, "url": "не адрес"}, "t2")
    assert wrong.json()["code"] == "not_an_address"


def test_acknowledged_twice_has_a_code_of_its_own(sign: Any, platform: Api) -> None:
    path = f"/requests/{sign().public_id}/acknowledge"
    codes = [platform.post(path, {}, token).json().get("code") for token in ("a", "a", "b")]
    assert codes == [None, None, "already_acknowledged"]
