"""Requests about no page: what they need before they may be signed, and what leaves."""

import json
import shlex
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.casework.models import Evidence
from tereze.core import due
from tereze.core.clock import now
from tereze.disruption import actions, needs
from tereze.disruption.document import document_of
from tereze.disruption.forms.details import FORMS, about, stored
from tereze.disruption.models import Partner, Request, State
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.urgent import draft_for_fresh_losses
from tereze.intake.models import Report

from .conftest import BY, Make


pytestmark = pytest.mark.django_db
CARD = "4400430123456789"


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        ("hold_money", {"left_at": "2026-11-26T10:00", "amount": "500000", "to": CARD}, ""),
        ("hold_money", {"left_at": "2126-11-26T10:00"}, "left_at"),
        ("hold_money", {"left_at": ""}, "left_at"),
        ("hold_money", {"left_at": "0001-01-01T00:00"}, "left_at"),
        (
            "check_number",
            {"number": "+77011234567", "done": "звонил", "seen_at": "9999-12-31T23:59"},
            "seen_at",
        ),
        ("hold_money", {"left_at": "2026-11-26T10:00", "amount": "-5"}, "amount"),
        ("check_number", {"number": "8 (701) 123-45-67", "done": "звонил «из банка»"}, ""),
        ("check_number", {"number": "привет", "done": "звонил"}, "number"),
        ("check_number", {"number": "+7 701 123 45 67"}, "done"),
        ("provide_data", {"account": "olx:user:1", "wanted": ["logins"]}, ""),
        ("provide_data", {"account": "olx:user:1"}, "wanted"),
        (
            "provide_data",
            {
                "account": "x",
                "wanted": ["logins"],
                "since": "2026-11-02T00:00",
                "until": "2026-11-01T00:00",
            },
            "until",
        ),
        ("correct_removal", {"what": "olx:r9sfK", "why": "продавец настоящий"}, ""),
    ],
)
def test_a_form_says_what_is_wrong_with_it(kind: str, typed: dict[str, Any], wrong: str) -> None:
    form = FORMS[kind](typed)
    assert [*form.errors] == ([wrong] if wrong else [])


@pytest.mark.parametrize(
    ("kind", "form", "line"),
    [
        ("hold_money", {"to": CARD}, "440043******6789"),
        ("hold_money", {"to": "4400 4301 2345 0000 Kaspi"}, "440043******0000 Kaspi"),
        ("hold_money", {"to": "+77011234567"}, "+77011234567"),
        ("hold_money", {"to": "x", "amount": "480000"}, "480\u00a0000\u00a0₸ → x"),
        ("hold_money", {}, "получатель не назван"),
        ("check_number", {"number": "+77011234567"}, "+77011234567"),
    ],
)
def test_the_line_it_is_known_by_holds_no_whole_card(
    kind: str, form: dict[str, str], line: str
) -> None:
    assert about(kind, form) == line


def money(unit: Unit, **fields: Any) -> Request:
    form = stored({"left_at": now(), "to": CARD, "amount": 500_000, **fields})
    return actions.register_form(
        partner=Partner.objects.get(unit=unit, slug="antifraud_centre"),
        kind="hold_money",
        form=form,
        files=actions.store_form(form),
        reason="Схема «безопасный счёт».",
        links=[],
        by=BY,
        money_left_at=now(),
    ).request


def test_a_form_is_sealed_at_once_and_waits_for_a_signature(city: Unit) -> None:
    request = money(city)
    assert request.state == State.CAPTURED
    assert request.evidence is not None
    assert request.evidence.kind == Evidence.Kind.FORM
    (file,) = request.evidence.files.all()
    assert json.loads(file.content())["to"] == CARD
    with_card = Request.objects.filter(address__contains=CARD) | Request.objects.filter(
        reason__contains=CARD
    )
    assert not with_card.exists()


@pytest.mark.parametrize(
    ("slug", "kind", "given", "lacking"),
    [
        ("antifraud_centre", "hold_money", {}, ["kui_number"]),
        ("antifraud_centre", "hold_money", {"kui_number": "263500031000001"}, []),
        ("olx", "provide_data", {"kui_number": "263500031000001"}, ["erdr_number"]),
        ("olx", "provide_data", {"erdr_number": "263500031000002"}, []),
        ("banks", "provide_data", {"erdr_number": "263500031000002"}, ["prosecutor_sanction"]),
        ("banks", "provide_data", {"erdr_number": "1", "sanction": "прокурор, № 3"}, []),
        ("kcell", "check_number", {}, ["kui_number"]),
        ("olx", "correct_removal", {}, []),
    ],
)
def test_nothing_is_signed_without_what_its_ground_needs(
    city: Unit, chief: User, slug: str, kind: str, given: dict[str, str], lacking: list[str]
) -> None:
    form = {"to": CARD, "number": "+77011234567", "account": "x", "what": "x", "why": "y"}
    request = actions.register_form(
        partner=Partner.objects.get(unit=city, slug=slug),
        kind=kind,
        form=form,
        files=actions.store_form(form),
        reason="",
        links=[],
        by=BY,
    ).request
    actions.set_needs(request=request, by=BY, **given)
    assert needs.missing(request) == lacking
    if lacking:
        with pytest.raises(needs.NeedsMissingError):
            actions.approve(request=request, user=chief)
        assert Request.objects.get().number == ""
    else:
        actions.approve(request=request, user=chief)
        assert Request.objects.get().number


def test_the_number_of_the_register_is_taken_from_the_report(
    city: Unit, chief: User, lost: Callable[..., Report]
) -> None:
    report = lost()
    draft_for_fresh_losses()
    Report.objects.filter(pk=report.pk).update(kui_number="263500031000777")
    request = Request.objects.filter(kind="hold_money").first()
    assert request is not None
    actions.approve(request=request, user=chief)
    assert request.kui_number == "263500031000777"


@pytest.fixture
def lost(submit: Callable[..., Report], city: Unit) -> Callable[..., Report]:
    """A report that money left, minutes ago."""

    def make(minutes: float = 20, **told: Any) -> Report:
        story = f"Звонили «из банка», велели перевести. Перевела на карту {CARD}."
        words = {"amount": "500000", "bank_from": "Каспи", "name": "Айгүл", **told}
        report = submit(story, loss="lost", contact="+7 701 999 88 77", **words)
        left_at = now() - timedelta(minutes=minutes)
        Report.objects.filter(pk=report.pk).update(money_left_at=left_at)
        return report

    return make


def test_the_bank_is_told_when_the_money_left_as_the_story_says(
    submit: Callable[..., Report], city: Unit
) -> None:
    story = f"Перевела двадцать минут назад на карту {CARD}, звонили «из банка»."
    report = submit(story, loss="lost", money_when="hour")
    assert report.money_left_at is not None
    assert round((report.received_at - report.money_left_at).total_seconds() / 60) == 20
    draft_for_fresh_losses()
    assert {row.money_left_at for row in money_requests()} == {report.money_left_at}


def money_requests() -> list[Request]:
    return list(Request.objects.filter(kind="hold_money").order_by("pk"))


def test_fresh_money_has_its_requests_ready_without_a_hand(lost: Callable[..., Report]) -> None:
    report = lost()
    draft_for_fresh_losses()
    bank, centre = money_requests()
    assert (bank.partner.slug, centre.partner.slug) == ("banks", "antifraud_centre")
    assert {row.state for row in (bank, centre)} == {State.CAPTURED}
    assert bank.form["to"] == CARD
    assert bank.form["bank"] == "Каспи"
    assert bank.send_by is not None
    assert bank.links.get().key == report.public_id


def test_it_is_drafted_once_however_often_the_clock_ticks(lost: Callable[..., Report]) -> None:
    lost()
    for _tick in range(3):
        draft_for_fresh_losses()
    assert [row.asked for row in money_requests()] == [1, 1]


@pytest.mark.parametrize(
    ("minutes", "told", "drafted"),
    [
        (20, {}, 2),
        (60 * 23, {}, 2),
        (60 * 25, {}, 0),  # the money is long gone: an ordinary case
        (20, {"loss": "attempt"}, 0),
    ],
)
def test_only_money_that_may_still_be_stopped(
    lost: Callable[..., Report], minutes: float, told: dict[str, str], drafted: int
) -> None:
    report = lost(minutes)
    if told:
        Report.objects.filter(pk=report.pk).update(**told)
    draft_for_fresh_losses()
    assert len(money_requests()) == drafted


def test_a_bank_known_by_name_is_asked_itself(lost: Callable[..., Report], city: Unit) -> None:
    Partner.objects.create(unit=city, slug="kaspi_bank", kind="bank", name="Каспи")
    lost()
    draft_for_fresh_losses()
    assert money_requests()[0].partner.slug == "kaspi_bank"


def test_a_victims_own_card_and_name_stay_in_the_house(lost: Callable[..., Report]) -> None:
    lost()
    draft_for_fresh_losses()
    for row in money_requests():
        left = json.dumps(row.form, ensure_ascii=False) + row.reason
        assert "Айгүл" not in left
        assert "9998877" not in left


def test_held_back_until_its_hour_and_then_asked_about_again(make: Make, chief: User) -> None:
    request = make(State.CAPTURED)
    until = now() + timedelta(hours=2)
    actions.hold(request=request, user=chief, why="контрольная закупка", until=until)
    assert (request.state, request.held_by) == (State.HELD, chief.name)
    with pytest.raises(UnlawfulStepError):
        actions.approve(request=request, user=chief)
    actions.check_deadlines(request=request, at=until - timedelta(minutes=1))
    assert Request.objects.get().state == State.HELD
    actions.check_deadlines(request=request, at=until + timedelta(minutes=1))
    assert Request.objects.get().state == State.CAPTURED


@pytest.mark.parametrize("days", [-1, 31])
def test_a_hold_ends_within_thirty_days(make: Make, chief: User, days: int) -> None:
    request = make(State.CAPTURED)
    with pytest.raises(actions.EndMissingError):
        actions.hold(request=request, user=chief, why="x", until=now() + timedelta(days=days))


def signed(document: bytes, folder: Path) -> bytes:
    """A detached CMS signature by a key made for this test."""
    key, cert, text, out = (folder / name for name in ("key", "cert", "text", "out"))
    text.write_bytes(document)
    subject = ["-subj", "/CN=Ахметова А.", "-utf8"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*make, "-keyout", key, "-out", cert], check=True, capture_output=True)
    sign = ["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-signer", cert]
    subprocess.run([*sign, "-inkey", key, "-in", text, "-out", out], check=True)
    return out.read_bytes()


@pytest.mark.parametrize(
    ("tool", "tampered", "state"),
    [(True, False, "holds"), (True, True, "broken"), (False, False, "no_tool")],
)
def test_a_signature_is_carried_and_checked_by_the_citys_own_tool(
    make: Make, tmp_path: Path, settings: Any, tool: bool, tampered: bool, state: str
) -> None:
    request = make(State.DELIVERED)
    signature = signed(document_of(request) + (b"!" if tampered else b""), tmp_path)
    settings.SIGNATURE_VERIFIER = (
        shlex.split(
            "openssl cms -verify -binary -inform DER -in {signature} -content {document}"
            f" -CAfile {tmp_path / 'cert'} -purpose any"
        )
        if tool
        else []
    )
    files = actions.store_enclosure(request, "signature", "sign.cms", signature)
    actions.enclose(request=request, kind="signature", name="sign.cms", files=files, by=BY)
    due.run_until_idle()
    assert request.enclosures.get().state == state


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_officer_fills_in_signs_and_prints_the_form(
    desk: Client, lost: Callable[..., Report]
) -> None:
    lost()
    draft_for_fresh_losses()
    centre = money_requests()[1]
    page = reverse("disruption:request", args=[centre.public_id])
    assert "номер КУИ" in desk.get(page).text
    desk.post(reverse("disruption:approve", args=[centre.public_id]))
    assert Request.objects.get(pk=centre.pk).number == ""
    desk.post(
        reverse("disruption:fill", args=[centre.public_id]),
        {"left_at": "2026-11-26T10:00", "amount": "450000", "to": CARD, "to_bank": "Halyk"},
    )
    desk.post(
        reverse("disruption:needs", args=[centre.public_id]), {"kui_number": "263500031000001"}
    )
    desk.post(reverse("disruption:approve", args=[centre.public_id]))
    centre.refresh_from_db()
    assert centre.form["to_bank"] == "Halyk"
    assert centre.state == State.APPROVED
    for form in ("csv", "json", "sheet"):
        sheet = desk.get(reverse("disruption:export", args=[centre.public_id, form]))
        assert sheet.status_code == 200
        assert CARD in sheet.text


def test_our_own_mistake_is_put_right_with_a_request_of_its_own(make: Make, desk: Client) -> None:
    wrong = make(State.VERIFIED)
    to_form = desk.get(reverse("disruption:correction_of", args=[wrong.public_id]))
    filled = desk.get(to_form["Location"])
    form = filled.context["forms"]
    data = {**form[0].initial, "why": "Продавец настоящий", "partner": wrong.partner.pk}
    data |= {"reason": "Ошибка", "link": f"request:{wrong.public_id}"}
    desk.post(reverse("disruption:draft_form", args=["correct_removal"]), data)
    right = Request.objects.get(kind="correct_removal")
    assert wrong.number in right.form["what"]
    assert right.links.get(kind="request").key == wrong.public_id


def test_a_victims_story_in_a_form_leaves_without_the_victim(
    desk: Client, make: Make, submit: Callable[..., Report], city: Unit
) -> None:
    report = submit("Звонили «из банка»", name="Айгүл Нұрланова", contact="+7 701 999 88 77")
    told = f"Нурлановой звонили на 8 701 999 88 77, узнали карту {CARD}; сказали: из банка"
    operator = Partner.objects.filter(unit=city, kind="operator").first()
    desk.post(
        reverse("disruption:draft_form", args=["check_number"]),
        {
            "number": "+7 705 111 22 33",
            "done": told,
            "partner": operator.pk,
            "reason": told,
            "link": f"report:{report.public_id}",
        },
    )
    wrong = make(links=[("report", report.public_id)])
    desk.post(
        reverse("disruption:draft_form", args=["correct_removal"]),
        {
            "what": "olx:r9sfK",
            "why": told,
            "partner": wrong.partner.pk,
            "reason": "Ошибка",
            "link": f"request:{wrong.public_id}",
        },
    )
    for row in Request.objects.filter(kind__in=["check_number", "correct_removal"]):
        (file,) = row.evidence.files.all()
        left = "".join([*row.form.values(), row.reason, file.content().decode()])
        assert "из банка" in left
        assert [word for word in ("Нурланов", "999 88 77", CARD) if word in left] == []
    assert Request.objects.filter(kind__in=["check_number", "correct_removal"]).count() == 2
