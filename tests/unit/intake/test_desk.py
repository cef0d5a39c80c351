"""The officers' pages: who sees what, what is masked, and what leaves a trace."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core.clock import now
from tereze.intake import actions
from tereze.intake.actions import Incoming
from tereze.intake.asking import SOURCES, register
from tereze.intake.models import Report, State
from tereze.intake.spans import NOTICED
from tereze.linking.models import Indicator
from tests.unit.intake.conftest import PNG, STORY, Submit


Officer = Callable[[str], User]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def desk(client: Client, officer: Officer) -> Callable[[str], Client]:
    def as_role(role: str) -> Client:
        client.force_login(officer(role), BACKEND)
        return client

    return as_role


def page(client: Client, name: str, *arguments: object, **query: str) -> str:
    answer = client.get(reverse(f"intake:{name}", args=arguments), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_list_is_masked_and_the_identity_is_not_on_the_page(
    desk: Callable[[str], Client], report: Report
) -> None:
    officer = desk(Role.OPERATIVE)
    for shown in (page(officer, "reports"), page(officer, "report_page", report.public_id)):
        assert report.number in shown
        assert "4400 43•• •••• 5679" in shown
        assert "Айгуль" not in shown
        assert "702 111 22 33" not in shown
    assert not AuditEvent.objects.filter(kind="report.identity_read").exists()


def test_reading_who_reported_leaves_a_trace(desk: Callable[[str], Client], report: Report) -> None:
    shown = desk(Role.OPERATIVE).post(reverse("intake:identity", args=[report.public_id]))
    assert "Айгуль" in shown.content.decode()
    assert "5679" in shown.content.decode()
    event = AuditEvent.objects.get(kind="report.identity_read")
    assert (event.actor_key, event.target) == ("operative", f"intake.Report:{report.public_id}")
    history = page(desk(Role.CHIEF), "report_history", report.public_id)
    assert "Ахметова operative" in history


def test_a_dispatcher_sees_only_what_they_took(
    desk: Callable[[str], Client], report: Report
) -> None:
    dispatcher = desk(Role.DISPATCHER)
    for name in ("reports", "report_page", "identity", "sheet"):
        arguments = [] if name == "reports" else [report.public_id]
        answer = dispatcher.get(reverse(f"intake:{name}", args=arguments))
        assert answer.status_code == 403, name


def test_another_units_report_does_not_exist(desk: Callable[[str], Client], report: Report) -> None:
    Report.objects.update(unit=Unit.objects.create(slug="other", name="Другой"))
    answer = desk(Role.CHIEF).get(reverse("intake:report_page", args=[report.public_id]))
    assert answer.status_code == 404


def test_every_indicator_and_reason_is_marked_in_place(
    desk: Callable[[str], Client], report: Report
) -> None:
    shown = page(desk(Role.OPERATIVE), "report_page", report.public_id)
    assert '<mark class="mark-indicator"' in shown
    for reason in report.assessment["reasons"]:
        if reason["spans"] or abs(reason["weight"]) >= NOTICED:
            assert reason["text"]["ru"] in shown
    assert report.assessment["reasons"][0]["spans"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 2),
        ({"state": "kui"}, 1),
        ({"state": "open"}, 1),
        ({"scheme": "bank_security_call"}, 1),
        ({"channel": "api"}, 0),
        ({"q": "8 701 555-66-77"}, 1),
        ({"q": "000002"}, 1),
        ({"q": "245500031000123"}, 1),
        ({"q": "нет такого"}, 0),
        ({"state": "выдумано", "page": "-7"}, 2),
    ],
)
def test_the_list_is_narrowed(
    desk: Callable[[str], Client],
    submit: Submit,
    officer: Officer,
    query: dict[str, str],
    found: int,
) -> None:
    submit()
    second = submit("Прислали ссылку на оплату доставки https://olx-pay.kz/a").report
    actions.enter_kui(report=second, number="245500031000123", at=now(), by=officer(Role.CHIEF))
    shown = page(desk(Role.OPERATIVE), "reports", **query)
    assert shown.count("data-item") == found


def test_links_to_other_reports_go_through_each_indicator(
    desk: Callable[[str], Client], submit: Submit
) -> None:
    first, second = submit().report, submit().report
    shown = page(desk(Role.OPERATIVE), "report_page", second.public_id)
    assert reverse("intake:report_page", args=[first.public_id]) in shown


def test_what_may_not_be_opened_names_whom_to_ask(
    desk: Callable[[str], Client], submit: Submit, officer: Officer
) -> None:
    first, second = submit().report, submit().report
    Report.objects.filter(pk=first.pk).update(unit=Unit.objects.create(slug="o", name="Другой"))
    register(lambda keys: {key: officer(Role.INVESTIGATOR) for key in keys})
    try:
        shown = page(desk(Role.OPERATIVE), "report_page", second.public_id)
    finally:
        SOURCES.pop()
    assert "Ахметова investigator" in shown
    assert first.public_id not in shown


def test_kui_is_typed_back_from_the_page(desk: Callable[[str], Client], report: Report) -> None:
    officer = desk(Role.DUTY_OFFICER)
    address = reverse("intake:enter_kui", args=[report.public_id])
    wrong = officer.post(address, {"number": "", "at": "сегодня"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    done = officer.post(address, {"number": "245500031000123", "at": "сегодня"})
    assert done.status_code == 302
    report.refresh_from_db()
    assert (report.state, report.kui_number) == (State.KUI, "245500031000123")
    again = officer.post(
        reverse("intake:transfer", args=[report.public_id]), {"to": "УП", "outgoing": "1"}
    )
    assert again.status_code == 409


def test_the_sheet_has_everything_once_and_its_reading_leaves_a_trace(
    desk: Callable[[str], Client], submit: Submit
) -> None:
    report = submit("=HYPERLINK(1) отдал деньги", contact="87021112233", name="Айгуль").report
    officer = desk(Role.DUTY_OFFICER)
    assert "Айгуль" in page(officer, "sheet", report.public_id)
    assert "Айгуль" in page(officer, "sheet_file", report.public_id, "txt")
    rows = list(
        csv.reader(
            io.StringIO(page(officer, "sheet_file", report.public_id, "csv").lstrip("\ufeff")),
            delimiter=";",
        )
    )
    assert ["Номер Tereze (не КУИ)", report.number] in rows
    assert not any(value.startswith("=") for _label, value in rows)
    assert AuditEvent.objects.filter(kind="report.sheet_read").count() == 3


def test_the_prosecutor_sees_that_it_is_not_in_kui_but_not_what_it_says(
    desk: Callable[[str], Client], report: Report
) -> None:
    prosecutor = desk(Role.PROSECUTOR)
    shown = page(prosecutor, "unregistered")
    assert report.number in shown
    assert "переводят деньги" not in shown
    answer = prosecutor.get(reverse("intake:report_page", args=[report.public_id]))
    assert answer.status_code == 403


def test_the_list_of_the_unregistered_empties_only_lawfully(
    desk: Callable[[str], Client], report: Report, officer: Officer
) -> None:
    actions.propose_no_offence(report=report, reason="реклама", by=officer(Role.OPERATIVE))
    assert report.number in page(desk(Role.CHIEF), "unregistered")
    actions.approve_no_offence(report=report, by=officer(Role.CHIEF))
    assert report.number not in page(desk(Role.CHIEF), "unregistered")


def test_an_officer_confirms_an_indicator(desk: Callable[[str], Client], report: Report) -> None:
    row = Indicator.objects.get(type="phone")
    address = reverse("intake:confirm", args=[report.public_id])
    typed = {"indicator": f"phone:{row.value_key}"}
    desk(Role.OPERATIVE).post(address, typed)
    row.refresh_from_db()
    assert row.confirmed_by == "officer:operative" or row.confirmed_by == "operative"
    assert desk(Role.DUTY_OFFICER).post(address, typed).status_code == 403


def test_an_officer_sets_the_scheme_and_adds_words_and_files(
    desk: Callable[[str], Client], report: Report
) -> None:
    officer = desk(Role.OPERATIVE)
    officer.post(reverse("intake:set_scheme", args=[report.public_id]), {"scheme": "safe_account"})
    file = io.BytesIO(PNG)
    file.name = "чек.png"
    officer.post(
        reverse("intake:supplement", args=[report.public_id]),
        {"text": "Вспомнила: писал @vor_kz", "files": file},
    )
    report.refresh_from_db()
    assert report.scheme == "safe_account"
    assert report.supplements.get().text == "Вспомнила: писал @vor_kz"
    assert report.attachments.get().name == "чек.png"
    assert Indicator.objects.of("report", report.public_id).filter(type="telegram").exists()


HOSTILE = ('<script>alert("x")</script>', '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% now %}")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_text(
    desk: Callable[[str], Client], submit: Submit, text: str
) -> None:
    report = submit(
        f"{STORY} {text}", fraudster=text, name=text, contact=text, district=text,
        files=(Incoming(text, PNG),),
    ).report  # fmt: skip
    officer = desk(Role.OPERATIVE)
    shown = page(officer, "report_page", report.public_id) + page(officer, "reports")
    shown += page(officer, "sheet", report.public_id)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert text not in shown or "<" not in text
