"""The partners' API: one key, one report, whatever the network does to the answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.intake.actions import close_key, forget_answers, issue_key
from tereze.intake.models import ApiKey, IdempotencyKey, Report
from tests.unit.intake.conftest import STORY


BODY = {"text": STORY, "loss": "lost", "amount": 150000, "money_when": "только что"}
Post = Callable[..., Any]


@pytest.fixture
def secret(unit: Unit, officer: Callable[[str], User]) -> str:
    return issue_key(unit=unit, partner="Банк", by=officer(Role.ADMINISTRATOR))[1]


@pytest.fixture
def post(client: Client, secret: str) -> Post:
    def do(body: Any = None, *, key: str = "k-1", token: str = secret) -> Any:
        return client.post(
            "/api/v1/reports",
            json.dumps(BODY if body is None else body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )

    return do


def test_a_report_is_registered_and_read_back(post: Post, client: Client) -> None:
    answer = post()
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert set(body) == {"number", "receipt", "advice"}
    assert body["advice"]["urgent"] is True
    report = Report.objects.get()
    assert (report.channel, report.partner) == ("api", "Банк")
    followed = client.get(f"/api/v1/reports/{body['receipt']}").json()
    assert followed["number"] == body["number"]
    assert (followed["state"], followed["kui"]) == ("open", None)


def test_the_same_key_and_body_get_the_same_answer(post: Post) -> None:
    first, second = post(), post()
    assert second.json() == first.json()
    assert second.status_code == 201
    assert second["Idempotent-Replayed"] == "true"
    assert Report.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(post: Post) -> None:
    post()
    assert post({**BODY, "amount": 1}).status_code == 422
    assert Report.objects.count() == 1


def test_another_partner_may_use_the_same_key(
    post: Post, unit: Unit, officer: Callable[[str], User]
) -> None:
    other = issue_key(unit=unit, partner="Оператор", by=officer(Role.ADMINISTRATOR))[1]
    post()
    assert post(token=other).status_code == 201
    assert Report.objects.count() == 2


def test_when_the_answers_term_is_over_the_key_still_makes_no_second_report(post: Post) -> None:
    number = post().json()["number"]
    IdempotencyKey.objects.update(answer_until="2020-01-01T00:00Z")
    forget_answers()
    assert IdempotencyKey.objects.get().answer is None
    answer = post()
    assert answer.status_code == 409
    assert number in answer.json()["detail"]
    assert Report.objects.count() == 1


@pytest.mark.parametrize("token", ["", "trz_wrong"])
def test_without_a_key_nothing_is_registered(post: Post, token: str) -> None:
    assert post(token=token).status_code == 401
    assert not Report.objects.exists()


def test_a_closed_key_opens_nothing(post: Post, officer: Callable[[str], User]) -> None:
    close_key(key=ApiKey.objects.get(), by=officer(Role.ADMINISTRATOR))
    assert post().status_code == 401


def test_keys_rest_as_hashes(secret: str) -> None:
    key = ApiKey.objects.get()
    assert secret not in (key.key_hash, key.hint)
    assert len(key.hint) < len(secret) / 2


def test_an_idempotency_key_is_needed(post: Post) -> None:
    assert post(key="").status_code == 400


def test_an_empty_report_is_refused(post: Post) -> None:
    assert post({}).status_code == 422


@pytest.mark.parametrize(
    "odd",
    [
        {"text": "\ud83d без пары"},
        {"text": "нуль \x00"},
        {"text": 12345},
        {"text": ["список"]},
        {"text": "т", "amount": {"v": 1}, "when": None, "fraudster": 8.7},
        {"text": "т", "unknown": "field"},
    ],
)
def test_nothing_is_refused_for_its_format(post: Post, odd: Any) -> None:
    answer = post(odd)
    assert answer.status_code == 201, answer.content


def test_a_wrong_receipt_opens_nothing(client: Client, unit: Unit) -> None:
    assert client.get("/api/v1/reports/123").status_code == 404
    assert client.get(f"/api/v1/reports/{'0' * 28}").status_code == 404


def test_the_description_is_served_and_complete(client: Client, db: None) -> None:
    schema = client.get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert set(schema["paths"]) >= {"/api/v1/reports", "/api/v1/reports/{receipt}"}
    asked = schema["paths"]["/api/v1/reports"]["post"]["parameters"]
    assert [(one["name"], one["required"]) for one in asked] == [("Idempotency-Key", True)]
    page = client.get("/api/docs/")
    assert "/api/v1/reports" in page.content.decode()
    assert "<script" not in page.content.decode()


def test_the_administrator_issues_keys_and_sees_each_once(
    client: Client, officer: Callable[[str], User]
) -> None:
    client.force_login(officer(Role.ADMINISTRATOR), "django.contrib.auth.backends.ModelBackend")
    page = client.post("/desk/intake/keys/", {"partner": "Банк"}).content.decode()
    assert "trz_" in page
    key = ApiKey.objects.get()
    again = client.get("/desk/intake/keys/").content.decode()
    assert key.hint in again
    assert '<code id="secret">' not in again
    client.post("/desk/intake/keys/close/", {"hint": key.hint})
    key.refresh_from_db()
    assert key.closed_at is not None
