"""What their system reads: nothing of others, pages that stay, filters, files."""

from datetime import timedelta
from typing import Any

import pytest

from tereze.accounts.models import User
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Operation, RequestStep
from tereze.disruption.partner_api.application import api
from tests.unit.disruption.conftest import BY, Make

from .conftest import Api


pytestmark = pytest.mark.django_db


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


def test_evidence_holds_only_what_may_leave(make: Make, platform: Api) -> None:
    request = make("delivered")
    assert platform.get(f"/requests/{request.public_id}/files/page.png").status_code == 200
    assert platform.get(f"/requests/{request.public_id}/files/manifest.json").status_code == 404
    assert platform.get(f"/requests/{request.public_id}/package").content[:2] == b"PK"
    assert request.evidence.custody.filter(act="handed_over").count() == 2
