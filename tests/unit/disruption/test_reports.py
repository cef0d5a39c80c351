"""Requests that begin at a report: prefilled in one key, and nobody's data in them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.casework.actions.cases import open_case
from tereze.casework.models import Case
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Request, State
from tereze.indicators import extract
from tereze.intake.models import Report
from tereze.linking.actions import Subject, record_sightings

from .conftest import BY, Make


pytestmark = pytest.mark.django_db
Submit = Callable[..., Report]
ADVERT = "https://www.olx.kz/d/obyavlenie/iphone-IDr9sfK.html"
STORY = f"Продавец с {ADVERT} просит предоплату. Мой номер 8 701 123 45 67, карта 4400430123456783"


@pytest.fixture
def report(submit: Submit, city: Unit) -> Report:
    return submit(STORY, name="Айгүл Нұрланова", contact="+7 701 123 45 67")


def opened(chief: User, *reports: Report) -> Case:
    return open_case(
        unit=chief.unit, title="Телефоны", owner=chief, by=chief.actor, reports=reports
    )


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    return client


def panel(client: Client, report: Report) -> str:
    return client.get(reverse("disruption:report_panel", args=[report.public_id])).text


def test_one_key_on_the_reports_page_drafts_what_it_names(desk: Client, report: Report) -> None:
    assert "olx:r9sfK" in panel(desk, report)
    desk.post(reverse("disruption:draft_for_report", args=[report.public_id]))
    request = Request.objects.get()
    assert (request.listing, request.state) == ("olx:r9sfK", State.DRAFTED)
    assert list(Request.objects.about("report", report.public_id)) == [request]
    assert "Подготовить уведомление" not in panel(desk, report)


def test_an_account_on_a_network_goes_to_whoever_answers_for_it(
    desk: Client, city: Unit, submit: Submit
) -> None:
    report = submit("Магазин https://www.instagram.com/odezhda_kz/ взял деньги и пропал")
    assert "instagram.com/odezhda_kz" in panel(desk, report)
    desk.post(reverse("disruption:draft_for_report", args=[report.public_id]))
    request = Request.objects.get()
    assert (request.partner.slug, request.kind) == ("instagram", "close_account")


def test_a_second_report_about_the_same_advert_adds_to_the_request(
    desk: Client, report: Report, submit: Submit
) -> None:
    other = submit(f"И у меня то же: {ADVERT}")
    for each in (report, other):
        desk.post(reverse("disruption:draft_for_report", args=[each.public_id]))
    request = Request.objects.get()
    assert (request.asked, request.links.count()) == (2, 2)


def test_the_reporters_data_never_goes_out(report: Report) -> None:
    text = (
        "Айгүл Нұрланова, +77011234567, отдала карту 4400 4301 2345 6783 продавцу 8 705 111 22 33"
    )
    request = actions.draft_request(
        unit=report.unit, url=ADVERT, reason=text, by=BY, links=[("report", report.public_id)]
    ).request
    for own in ("Айгүл", "Нұрланова", "77011234567", "6783"):
        assert own not in request.reason
    assert "8 705 111 22 33" in request.reason


def test_a_report_that_shares_a_number_with_an_advert_gone_says_probably_again(
    desk: Client, make: Make, submit: Submit, chief: User
) -> None:
    gone = make(State.VERIFIED)
    record_sightings(
        unit=gone.unit,
        subject=Subject("listing", gone.listing, now()),
        found=extract("звонить 8 705 111 22 33"),
        by=BY,
    )
    report = submit(
        "Новое объявление https://www.olx.kz/d/obyavlenie/a-IDzzzzz.html, номер 87051112233"
    )
    html = panel(desk, report)
    assert "Вероятно, то же объявление снова" in html
    assert gone.number in html


def test_a_report_of_another_city_is_not_named(
    desk: Client, report: Report, unit: Unit, officer: Callable[[str], User]
) -> None:
    elsewhere = Unit.objects.create(slug="elsewhere", name="Другой город")
    stranger = User.objects.create_user(
        username="stranger",
        password="correct horse battery",
        name="С",
        role=Role.CHIEF,
        unit=elsewhere,
    )
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("report_panel", "draft_for_report"):
        address = reverse(f"disruption:{name}", args=[report.public_id])
        reply = client.get(address) if name == "report_panel" else client.post(address)
        assert reply.status_code == 404


def test_a_case_offers_the_pages_of_all_its_reports(
    desk: Client, report: Report, submit: Submit, chief: User
) -> None:
    other = submit("Ещё одно: https://kolesa.kz/a/show/150594149", name="Болат Сейтов")
    case = opened(chief, report, other)
    address = reverse("disruption:case_panel", args=[case.public_id])
    html = desk.get(address).text
    assert "olx:r9sfK" in html
    assert "kolesa:150594149" in html
    desk.post(reverse("disruption:draft_for_case", args=[case.public_id]))
    assert Request.objects.about("case", case.public_id).count() == 2
    assert list(Request.objects.about("report", other.public_id)) == [
        Request.objects.get(listing="kolesa:150594149")
    ]
    assert "Подготовить уведомление" not in desk.get(address).text


def test_what_is_drafted_for_a_case_keeps_all_its_reporters_out(
    report: Report, chief: User
) -> None:
    case = opened(chief, report)
    request = actions.draft_request(
        unit=report.unit,
        url=ADVERT,
        reason="Айгүл Нұрланова перевела деньги",
        by=BY,
        links=[("case", case.public_id)],
    ).request
    assert "Нұрланова" not in request.reason
