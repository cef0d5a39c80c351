"""Our XARF reports against the project's own JSON schemas (the `xarf` package carries them)."""

import base64
import hashlib
import io
import json
import random
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from PIL import Image
from referencing import Registry, Resource

from tereze.accounts.models import User
from tereze.casework.actions import Part, store_parts
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.channels.email import xarf
from tereze.disruption.channels.email.letters import write_letter
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import Letter, Request, State

from .conftest import BY, Make


SCHEMAS = files("xarf") / "schemas"


def validator() -> jsonschema.Draft202012Validator:
    loaded = [
        json.loads(path.read_text())
        for folder in (SCHEMAS, SCHEMAS / "types")
        for path in folder.iterdir()
        if path.name.endswith(".json")
    ]
    registry: Registry[Any] = Registry().with_resources(
        (one["$id"], Resource.from_contents(one)) for one in loaded
    )
    master = next(one for one in loaded if one["$id"].endswith("master.json"))
    checker = jsonschema.FormatChecker()
    return jsonschema.Draft202012Validator(master, registry=registry, format_checker=checker)


VALIDATOR = validator()


def problems(report: dict[str, Any]) -> list[str]:
    return [f"{list(e.path)}: {e.message[:200]}" for e in VALIDATOR.iter_errors(report)]


def letter_for(request: Request, purpose: str = "request") -> Letter:
    request.partner.email = "abuse@olx.example"
    return write_letter(request, purpose)


def report_for(request: Request) -> dict[str, Any]:
    return json.loads(xarf.as_json(xarf.report_of(letter_for(request))))


def test_the_schemas_do_reject() -> None:
    assert problems({"category": "content", "type": "fraud"})


@pytest.mark.django_db
def test_a_report_holds_against_the_official_schemas(make: Make, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Киберпол <kiberpol@police.example>"
    request = make(State.DELIVERED, reason="Предоплата 50 000 ₸, " * 80)
    report = report_for(request)
    assert problems(report) == []
    assert (report["category"], report["type"], report["fraud_type"]) == (
        "content",
        "fraud",
        "shopping",
    )
    assert report["source_identifier"] == report["domain"] == "www.olx.kz"
    assert report["sender"] == {
        "org": "Балхаш",
        "contact": "kiberpol@police.example",
        "domain": "police.example",
    }
    assert (report["reference"], report["listing"]) == (request.number, request.listing)
    assert "_internal" not in report
    for item in report["evidence"]:
        content = base64.b64decode(item["payload"])
        assert item["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert item["size"] == len(content)
    assert json.loads(base64.b64decode(report["evidence"][0]["payload"]))["files"]


ADDRESSES = {
    "https://мошенник.қаз/жарнама?a=б#низ": ("xn--", "/%D0%B6"),
    "http://127.0.0.1:8810/olx/d/x-IDabc.html": ("127.0.0.1:8810", "/olx/"),
    "https://[2001:db8::1]/x": ("[2001:db8::1]", "/x"),
    "https://site.example": ("site.example", "/"),
    "https://a_b.example/<script>\"'": ("a_b.example", "%3Cscript%3E"),
    "https://t.me/c/1234/5": ("t.me", "/c/1234/5"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_any_address_makes_a_valid_report(address: str, make: Make) -> None:
    request = make(State.DELIVERED)
    request.address = address
    report = report_for(request)
    assert problems(report) == []
    for part in ADDRESSES[address]:
        assert part in report["url"]
    assert report["url"].isascii()


@pytest.mark.django_db
def test_the_same_letter_is_the_same_report_and_another_try_another(make: Make) -> None:
    request = make(State.DELIVERED)
    letter, again = letter_for(request), letter_for(request, "again")
    first = xarf.as_json(xarf.report_of(letter))
    assert xarf.as_json(xarf.report_of(Letter.objects.get(pk=letter.pk))) == first
    assert xarf.report_id(letter) != xarf.report_id(again)
    assert xarf.report_id(letter).version == 4


@pytest.mark.django_db
def test_a_tower_of_a_page_goes_as_a_copy_and_rubbish_not_at_all(make: Make, chief: User) -> None:
    noise = Image.frombytes("RGB", (1200, 1600), random.Random(1).randbytes(1200 * 1600 * 3))
    out = io.BytesIO()
    noise.save(out, "PNG")
    broken = b"\x89PNG\r\n\x1a\n" + b"\0" * (xarf.LARGEST_PICTURE + 1)
    request = make(State.CAPTURED)
    parts = [
        Part("page.png", "image/png", out.getvalue(), outgoing=True),
        Part("photo-1.png", "image/png", broken, outgoing=True),
        Part("reporter.png", "image/png", b"\x89PNG victim", outgoing=False),
    ]
    actions.seal_capture(request=request, files=store_parts(parts), seen_at=now(), facts={}, by=BY)
    report = report_for(request)
    assert problems(report) == []
    assert [item["content_type"] for item in report["evidence"]] == [
        "application/json",
        "image/jpeg",
    ]
    assert "Reduced copy of page.png" in report["evidence"][1]["description"]
    assert len(json.dumps(report)) < 4 * 1024 * 1024


def test_only_pages_are_reported_as_content() -> None:
    assert {*KINDS} >= xarf.REPORTED
    for kind in ("hold_money", "check_number", "provide_data", "correct_removal"):
        request = Request(kind=kind, address="https://www.olx.kz/x")
        assert not xarf.is_reported(request)
    assert not xarf.is_reported(Request(kind="remove_listing", address="Kaspi *1234"))
