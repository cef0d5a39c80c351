"""Each answer as a statement of reasons: valid by the published schema, without personal data."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

import tereze.disruption
from tereze.accounts.models import User
from tereze.disruption import actions
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import Request
from tereze.disruption.models.request import Answer
from tereze.disruption.reasons import statement_of

from .conftest import BY, Make


pytestmark = pytest.mark.django_db
SCHEMA = json.loads((Path(tereze.disruption.__file__).parent / "reasons.schema.json").read_text())
CHECK = jsonschema.Draft202012Validator(SCHEMA)
CARD = "4400 4301 2345 6788"


def answered(make: Make, answer: str, **more: Any) -> Request:
    request = make("delivered", reason=f"Пишет с +7 701 123 45 67. {'Очень длинно. ' * 200}")
    actions.answer(
        request=request,
        answer=answer,
        by=BY,
        text=f"Карта {CARD}, ИИН нет. {'слово ' * 300}",
        **more,
    )
    return request


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("answer", Answer.values)
def test_every_answer_to_every_kind_has_a_valid_statement(make: Make, answer: str) -> None:
    request = answered(make, answer, refusal="no_violation" if answer == "refused" else "")
    for kind in KINDS:
        request.kind = kind
        statement = statement_of(request)
        CHECK.validate(statement)
        assert statement["territorial_scope"] == ["KZ"]
        text = json.dumps(statement, ensure_ascii=False)
        assert "123 45 67" not in text
        assert CARD not in text


@pytest.mark.parametrize(
    ("kind", "answer", "field", "value"),
    [
        ("remove_listing", "done", "decision_visibility", ["DECISION_VISIBILITY_CONTENT_REMOVED"]),
        ("close_account", "done", "decision_account", "DECISION_ACCOUNT_TERMINATED"),
        ("hold_money", "done", "decision_monetary", "DECISION_MONETARY_SUSPENSION"),
        ("remove_listing", "already_gone", "source_type", "SOURCE_VOLUNTARY"),
        ("remove_listing", "refused", "decision_visibility", ["DECISION_VISIBILITY_OTHER"]),
    ],
)
def test_what_was_decided(make: Make, kind: str, answer: str, field: str, value: Any) -> None:
    request = answered(make, answer)
    request.kind = kind
    statement = statement_of(request)
    assert statement[field] == value
    alleged = statement["illegal_content_explanation"].startswith("Alleged by the request")
    assert alleged == (answer == "refused")


@pytest.mark.parametrize(
    "change",
    [
        {"territorial_scope": ["DE"]},
        {"puid": "with space"},
        {"decision_facts": "x" * 5001},
        {"illegal_content_legal_ground": "x" * 501},
        {"source_type": "SOURCE_POLICE"},
        {"automated_detection": "maybe"},
        {"content_date": "01.02.2026"},
        {"decision_visibility": ["DECISION_VISIBILITY_OTHER"]},
    ],
)
def test_the_schema_refuses_what_the_database_would(make: Make, change: dict[str, Any]) -> None:
    statement = statement_of(answered(make, "done"))
    assert not CHECK.is_valid({**statement, **change})


@pytest.mark.parametrize("field", SCHEMA["required"])
def test_required_fields_are_required(make: Make, field: str) -> None:
    statement = statement_of(answered(make, "done"))
    assert not CHECK.is_valid({name: value for name, value in statement.items() if name != field})


def test_a_second_answer_is_a_statement_of_its_own(make: Make, chief: User) -> None:
    request = answered(make, "need_more")
    first = statement_of(request)
    actions.supply(request=request, text="Вот", by=chief.actor)
    with pytest.raises(ValueError, match="not answered"):
        statement_of(request)
    actions.answer(request=request, answer="done", by=BY)
    request.answered_at = request.answered_at.replace(year=2027)
    assert statement_of(request)["puid"] != first["puid"]


def test_both_sides_can_download_it(
    make: Make, client: Client, chief: User, moderator: User
) -> None:
    request, waiting = answered(make, "done"), make("delivered")
    backend = "django.contrib.auth.backends.ModelBackend"
    for user, place in ((chief, "desk/requests"), (moderator, "portal")):
        client.force_login(user, backend=backend)
        found = client.get(f"/{place}/{request.public_id}/reasons.json")
        CHECK.validate(json.loads(found.content))
        assert (
            f"/{place}/{request.public_id}/reasons.json"
            in client.get(f"/{place}/{request.public_id}/").text
        )
        assert client.get(f"/{place}/{waiting.public_id}/reasons.json").status_code == 404
