"""Keys, limits, and problems as every way out."""

from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import User
from tereze.core.limits import Window
from tereze.disruption import actions
from tereze.disruption.models import Partner, PartnerKey
from tereze.disruption.partner_api import auth

from .conftest import ROOT, Api


pytestmark = pytest.mark.django_db


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
