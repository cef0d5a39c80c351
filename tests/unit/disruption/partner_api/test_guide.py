"""The description and the guide are what the API does."""

import json
import re
import time
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate

from tereze.disruption.documents import STATUSES
from tereze.disruption.kinds import KINDS
from tereze.disruption.models.request import Answer, Refusal
from tereze.disruption.partner_api.guide import FOLDER
from tereze.disruption.partner_api.problems import PROBLEMS
from tereze.disruption.webhooks.outbox import TYPES

from .conftest import ROOT, Api


pytestmark = pytest.mark.django_db


def test_the_description_is_valid_openapi(client: Client) -> None:
    schema = client.get(f"{ROOT}/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    validate(schema)
    operation = schema["paths"]["/api/partner/v1/notices"]["post"]
    assert set(operation["responses"]["422"]["content"]) == {"application/problem+json"}
    assert [each["required"] for each in operation["parameters"]] == [True, False]
    assert "in" in schema["components"]["schemas"]["FieldProblem"]["properties"]
    assert "request.created" in schema["webhooks"]
    reply = client.get(ROOT, follow=True, headers={"Accept-Language": "kk"})
    assert (reply.status_code, reply["Content-Language"]) == (200, "kk, en")
    page = reply.text
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
