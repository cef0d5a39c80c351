"""The partner's API: who sees what, one act per token, errors, pages."""

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate

from tereze.accounts.models import User
from tereze.core.clock import now
from tereze.core.limits import Window
from tereze.disruption import actions
from tereze.disruption.documents import STATUSES
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import (
    Operation,
    Partner,
    PartnerKey,
    PartnerNotice,
    Request,
    RequestStep,
    State,
    Word,
)
from tereze.disruption.models.request import Answer, Refusal
from tereze.disruption.partner_api import auth
from tereze.disruption.partner_api.application import api
from tereze.disruption.partner_api.guide import FOLDER
from tereze.disruption.partner_api.problems import PROBLEMS
from tereze.disruption.webhooks.outbox import TYPES

from .conftest import BY, Make, see


pytestmark = pytest.mark.django_db
ROOT = "/api/partner/v1"


class Api:
    def __init__(self, client: Client, partner: Partner, by: User) -> None:
        self.client = client
        self.key, self.secret = actions.issue_partner_key(
            partner=partner, label="модерация", by=by.actor
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"{ROOT}{path}", headers=self.sent(headers))

    def post(self, path: str, body: Any, token: str = "t1", **headers: str) -> Any:  # noqa: S107
        sent = self.sent({"Idempotency-Key": token, **headers})
        return self.client.post(
            f"{ROOT}{path}", json.dumps(body), content_type="application/json", headers=sent
        )

    def sent(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.secret}", **named}


@pytest.fixture
def platform(olx: Partner, client: Client, chief: User) -> Api:
    Partner.objects.filter(pk=olx.pk).update(channel="api")
    return Api(client, olx, chief)


@pytest.fixture
def other(city: Any, client: Client, chief: User) -> Api:
    return Api(client, Partner.objects.get(unit=city, slug="kolesa"), chief)


@pytest.fixture
def sign(make: Make, platform: Api, chief: User) -> Callable[..., Request]:
    """A request signed for a partner that has only the API: nobody has fetched it yet."""

    def get(**fields: Any) -> Request:
        request = make("captured", **fields)
        actions.approve(request=request, user=chief)
        return request

    return get


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


def test_nothing_of_another_partner_by_any_address(sign: Any, platform: Api, other: Api) -> None:
    """Every address of the API, with every id of the other platform's."""
    request = sign()
    platform.post(f"/requests/{request.public_id}/questions", {"text": "?"})
    ids = {
        "request_id": request.public_id,
        "operation_id": Operation.objects.get().public_id,
        "event_id": request.events.first().public_id,
        "name": "page.png",
    }
    before = RequestStep.objects.count()
    walked = 0
    for address, methods in api.get_openapi_schema(path_prefix="")["paths"].items():
        path = address.format(**ids)
        for method in methods:
            body = {"answer": "done", "text": "x"} if path.endswith("answer") else {"text": "x"}
            body = {} if path.endswith("acknowledge") else body
            reply = other.get(path) if method == "get" else other.post(path, body, f"t{walked}")
            walked += 1
            assert request.public_id not in reply.content.decode().replace(path, "")
            if "{" in address:
                assert reply.status_code == 404, (method, path, reply.content)
    assert walked > 15
    assert RequestStep.objects.count() == before


def test_what_was_not_sent_is_not_there(make: Make, platform: Api) -> None:
    for state in ("drafted", "captured"):
        assert platform.get(f"/requests/{make(state).public_id}").status_code == 404
    assert platform.get("/requests").json()["items"] == []


def test_pages_are_stable_while_new_ones_come(sign: Any, platform: Api) -> None:
    signed = [sign().public_id for _ in range(5)]
    first = platform.get("/requests?limit=2").json()
    signed += [sign().public_id for _ in range(2)]
    seen, cursor = [row["id"] for row in first["items"]], first["next_cursor"]
    while cursor:
        page = platform.get(f"/requests?limit=2&cursor={cursor}").json()
        seen, cursor = seen + [row["id"] for row in page["items"]], page["next_cursor"]
    assert seen == signed


def test_filters(make: Make, sign: Any, platform: Api) -> None:
    fresh, done = sign(), make("answered")
    gone = make("verified")
    taken_back = sign(kind="preserve_data")
    actions.withdraw(request=taken_back, why="ошибка", by=BY)

    def ids(query: str) -> set[str]:
        return {row["id"] for row in platform.get(f"/requests?{query}").json()["items"]}

    assert ids("status=new") == ids("your_turn=true") == {fresh.public_id}
    assert ids("status=answered&status=verified") == {done.public_id, gone.public_id}
    assert ids("kind=preserve_data") == ids("status=withdrawn") == {taken_back.public_id}
    later = (now() + timedelta(minutes=1)).isoformat().replace("+", "%2B")
    assert ids(f"updated_since={later}") == set()
    assert len(ids("updated_since=2020-01-01T00:00:00Z")) == 4


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=101", "invalid"),
        ("limit=0", "invalid"),
        ("status=nonsense", "invalid"),
        ("updated_since=yesterday", "invalid"),
        ("updated_since=2026-01-01T00:00:00", "invalid"),
        ("cursor=nonsense", "bad_cursor"),
        ("cursor=%D0%B6", "bad_cursor"),
        ("updated_since=2026-01-01", "invalid"),
        ("updated_since=1700000000", "invalid"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "invalid"),
        ("updated_since=9999-12-31T23:59:59-14:00", "invalid"),
        ("kind=bogus", "invalid"),
        ("yourturn=true", "invalid"),
        ("cursor=AAAA", "bad_cursor"),
        ("cursor=OTk5OS0xMi0zMVQyMzo1OTo1OS0xNDowMCBh", "bad_cursor"),
    ],
)
def test_bad_questions(platform: Api, query: str, code: str) -> None:
    reply = platform.get(f"/requests?{query}")
    assert (reply.status_code, reply.json()["code"]) == (422, code)
    assert bool(reply.json().get("errors")) == (code == "invalid")


def test_a_cursor_belongs_to_its_list(sign: Any, platform: Api) -> None:
    for _ in range(2):
        sign()
    cursor = platform.get("/requests?limit=1").json()["next_cursor"]
    for other_list in ("/operations", "/webhooks/events"):
        reply = platform.get(f"{other_list}?cursor={cursor}")
        assert (reply.status_code, reply.json()["code"]) == (422, "bad_cursor")


def test_what_came_back_still_shows_the_last_answer(make: Make, platform: Api, chief: User) -> None:
    request = make("delivered")
    path = f"/requests/{request.public_id}"
    question = {"answer": "need_more", "text": "Чей: его, её?", "who": "Дана"}
    platform.post(f"{path}/answer", question)
    before = platform.get(path).json()
    request.refresh_from_db()
    actions.supply(request=request, text="Его", by=chief.actor)
    after = platform.get(path).json()
    assert (after["status"], after["your_turn"]) == ("reopened", True)
    assert (after["answer"], after["answer"]["text"]) == (before["answer"], question["text"])
    assert after["reason"].endswith("Его")
    assert (before["moments"]["reopened"], after["statement_of_reasons_url"]) == (None, None)
    assert after["moments"]["reopened"] > after["moments"]["answered"]


def test_operations_are_not_found_by_what_is_no_text(platform: Api) -> None:
    assert platform.get("/operations?correlation_id=%00").json()["code"] == "invalid"


def test_acknowledged_twice_has_a_code_of_its_own(sign: Any, platform: Api) -> None:
    path = f"/requests/{sign().public_id}/acknowledge"
    codes = [platform.post(path, {}, token).json().get("code") for token in ("a", "a", "b")]
    assert codes == [None, None, "already_acknowledged"]


def test_a_fault_of_ours_is_a_problem_document(
    platform: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("tereze.disruption.partner_api.requests.visible_to", breaks)
    reply = platform.get("/requests", X_Correlation_Id="case-18")
    assert (reply.status_code, reply["Content-Type"]) == (500, "application/problem+json")
    assert (reply.json()["code"], reply["X-Correlation-Id"]) == ("server_error", "case-18")
    assert "broken" in caplog.text


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "ключ"), ("kk", "кілт"), ("en", "key"), ("de", "ключ")]
)
def test_problems_speak_the_callers_language(client: Client, language: str, words: str) -> None:
    reply = client.get(f"{ROOT}/requests", headers={"Accept-Language": language})
    assert (reply.status_code, reply["Content-Type"]) == (401, "application/problem+json")
    assert reply["WWW-Authenticate"].startswith("Bearer")
    assert words in reply.json()["detail"]


def test_every_way_out_is_a_problem_document(platform: Api) -> None:
    long = {"CONTENT_LENGTH": str(300 * 1024)}
    path = f"{ROOT}/requests/answers"
    headers = platform.sent({"Idempotency-Key": "x"})
    replies = {
        "not_found": platform.get("/requests/%00"),
        "method_not_allowed": platform.client.delete(f"{ROOT}/requests", headers=headers),
        "not_json": platform.client.post(
            path, "{", content_type="application/json", headers=headers
        ),
        "too_large": platform.client.post(
            path, "{}", content_type="application/json", headers=headers, **long
        ),
        "length_required": platform.client.generic("POST", path, headers=headers),
    }
    for code, reply in replies.items():
        body = reply.json()
        assert (body["code"], body["status"]) == (code, reply.status_code)
        assert reply["Content-Type"] == "application/problem+json"
        assert {"type", "title", "detail", "instance"} <= set(body)


def test_a_key_is_kept_as_a_hash_and_closes_at_once(platform: Api, chief: User) -> None:
    assert platform.secret not in str(PartnerKey.objects.values().get())
    assert platform.get("/requests").status_code == 200
    platform.key.refresh_from_db()
    assert platform.key.last_used_at is not None
    actions.close_partner_key(key=platform.key, by=chief.actor)
    assert platform.get("/requests").status_code == 401


def test_a_partner_we_no_longer_work_with_is_locked_out(platform: Api, olx: Partner) -> None:
    Partner.objects.filter(pk=olx.pk).update(is_active=False)
    assert platform.get("/requests").status_code == 401


def test_too_often_is_told_when_to_come_back(
    platform: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "BY_KEY", Window(2, 60))
    replies = [platform.get("/requests") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert 50 < int(replies[-1]["Retry-After"]) <= 60


def test_evidence_holds_only_what_may_leave(make: Make, platform: Api) -> None:
    request = make("delivered")
    assert platform.get(f"/requests/{request.public_id}/files/page.png").status_code == 200
    assert platform.get(f"/requests/{request.public_id}/files/manifest.json").status_code == 404
    assert platform.get(f"/requests/{request.public_id}/package").content[:2] == b"PK"
    assert request.evidence.custody.filter(act="handed_over").count() == 2


def test_the_description_is_valid_openapi(client: Client) -> None:
    schema = client.get(f"{ROOT}/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    validate(schema)
    operation = schema["paths"]["/api/partner/v1/notices"]["post"]
    assert set(operation["responses"]["422"]["content"]) == {"application/problem+json"}
    assert [each["required"] for each in operation["parameters"]] == [True, False]
    assert "in" in schema["components"]["schemas"]["FieldProblem"]["properties"]
    assert "request.created" in schema["webhooks"]
    page = client.get(f"{ROOT}/docs/").text
    assert "idempotency_key_reused" in page
    assert "webhook-signature" in page


def test_the_guide_names_every_code_type_and_parameter(client: Client) -> None:
    """The page a client is written from leaves nothing out."""
    text = (FOLDER / "developer.md").read_text()
    schema = client.get(f"{ROOT}/openapi.json").json()
    fields = {
        name
        for part in ("RequestOut", "OperationOut", "ItemOut", "EventOut", "AnswerIn", "NoticeIn")
        for name in schema["components"]["schemas"][part]["properties"]
    }
    named = {*PROBLEMS, *TYPES, *STATUSES, *KINDS, *Answer.values, *Refusal.values, *fields}
    assert {name for name in named if name not in text} == set()


def blocks(language: str) -> list[str]:
    text = (FOLDER / "developer.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_guides_python_verifies_a_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = blocks("python")
    written: dict[str, Any] = {}
    exec(code, written)  # noqa: S102 - our own guide
    monkeypatch.setattr(time, "time", lambda: 1614265330.0)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,other v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert written["is_ours"](secret, headers, body)
    assert not written["is_ours"](secret, headers, body + b" ")


def test_the_guides_examples_have_the_real_shape(sign: Any, platform: Api, other: Api) -> None:
    """Every JSON example: the same fields as the real thing gives."""
    operation, problem, _page, request, batch, notice, news = (
        json.loads(re.sub(r"\{…[^}]*\}", "{}", text)) for text in blocks("json")
    )
    row = sign()
    real = platform.get(f"/requests/{row.public_id}").json()
    assert shape(request) == shape(real)
    made = platform.post(f"/requests/{row.public_id}/acknowledge", {}).json()
    assert shape(operation) == shape(made)
    wrong = platform.post(f"/requests/{row.public_id}/answer", {"answer": "refused"}, "t2").json()
    assert shape(problem) == shape(wrong)
    told = platform.get("/webhooks/events").json()["items"][0]["payload"]
    assert shape(news) == shape(told)
    assert other.post("/requests/answers", batch).status_code == 202
    assert platform.post("/notices", notice, "t3").status_code == 202


def shape(value: Any) -> Any:
    """Names only; of a list, those of its first item, and nothing of an empty one."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items() if name != "thread"}
    return [shape(value[0])] if isinstance(value, list) and value else None
