"""The figures: what is counted, from when, and who may open what stands behind them."""

import csv
import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.casework.actions.cases import add_report, open_case, register_offence
from tereze.casework.models import Case
from tereze.core import tables
from tereze.core.clock import now
from tereze.intake.models import Channel, Loss, Report
from tereze.statistics.figures import as_json, figures_of
from tereze.statistics.period import year_start
from tests.unit.disruption.conftest import Make


Officer = Callable[[str], User]


@pytest.fixture
def case(unit: Unit, chief: User) -> Case:
    return open_case(unit=unit, title="Айфоны", owner=chief, by=chief.actor, scheme="ad_prepayment")


def offence(case: Case, number: int, platform: str = "olx", **fields: Any) -> None:
    at = fields.pop("at", now())
    register_offence(
        case=case,
        erdr_number=f"26000{number:05}",
        at=at,
        by=case.owner.actor,
        platform=platform,
        **fields,
    )


def report(unit: Unit, number: int, **fields: Any) -> Report:
    return Report.objects.create(
        unit=unit,
        number=f"2026-{number:06}",
        channel=Channel.WEB,
        receipt_hash=str(number),
        kui_due_at=now() + timedelta(hours=3),
        text="…",
        **fields,
    )


def figures(unit: Unit) -> dict[str, Any]:
    return as_json(figures_of(unit, year_start(unit)))


def test_the_citys_year_is_computed_and_only_an_offence_changes_it(unit: Unit, case: Case) -> None:
    for n in range(161):
        offence(case, n)
    for n in range(31):
        offence(case, 500 + n, "kolesa")
    assert figures(unit)["platforms"]["olx"] == 161
    assert figures(unit)["platforms"]["kolesa"] == 31
    offence(case, 300)
    assert figures(unit)["platforms"]["olx"] == 162
    first = report(unit, 1, scheme="ad_prepayment", loss=Loss.LOST)
    second = report(unit, 2, scheme="ad_prepayment", loss=Loss.LOST)
    for told in (first, second):
        add_report(case=case, report=told, by=case.owner.actor)
    assert figures(unit)["platforms"]["olx"] == 162
    report(unit, 3, scheme="ad_prepayment", loss=Loss.ATTEMPT)
    found = figures(unit)
    assert found["platforms"]["olx"] == 162
    assert (found["reports"]["total"], found["attempts"]["total"]) == (2, 1)


def test_the_year_begins_when_it_begins_in_the_city(unit: Unit, case: Case) -> None:
    assert unit.zone == "Asia/Almaty"  # five hours before Greenwich
    year = now().year
    offence(case, 1, at=datetime(year - 1, 12, 31, 18, 59, tzinfo=UTC))
    offence(case, 2, at=datetime(year - 1, 12, 31, 19, 0, tzinfo=UTC))
    assert figures(unit)["platforms"]["olx"] == 1


def test_the_command_prints_what_programs_read(unit: Unit, case: Case) -> None:
    offence(case, 1, "krisha", scheme="rent_deposit", district="Центр")
    offence(case, 2, at=now() - timedelta(days=400))
    printed = json.loads(run("--json"))
    assert printed["platforms"] == {"krisha": 1, "kaspi": 0, "kolesa": 0, "olx": 0}
    assert printed["schemes"] == {"rent_deposit": 1}
    assert printed["districts"] == {"Центр": 1}
    assert printed["cases_in_production"] == 1
    olx = printed["removal_minutes"]["olx"]
    assert olx == {"delivered": 0, "n": 0, "open": 0, "median": None, "p90": None}
    since = (now() - timedelta(days=500)).date().isoformat()
    assert json.loads(run("--json", "--since", since))["platforms"]["olx"] == 1
    assert "krisha" in run()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("figures", *arguments, stdout=out)
    return out.getvalue()


def test_cases_on_fake_adverts_are_those_in_production(unit: Unit, chief: User) -> None:
    cases = [
        open_case(unit=unit, title=f"{n}", owner=chief, by=chief.actor, scheme=scheme)
        for n, scheme in enumerate(["ad_prepayment", "bank_security_call", "bank_security_call"])
    ]
    open_case(unit=unit, title="ещё нет ЕРДР", owner=chief, by=chief.actor, scheme="car_deposit")
    offence(cases[0], 1, "")
    offence(cases[1], 2, "kolesa")
    offence(cases[1], 3, "olx")  # a case counts once
    offence(cases[2], 4, "")
    found = figures(unit)
    assert found["cases_in_production"] == 3
    assert found["cases_on_fake_adverts"] == 2


def test_weeks_without_offences_are_there(unit: Unit, case: Case) -> None:
    offence(case, 1, at=now() - timedelta(days=21))
    offence(case, 2)
    weeks = list(figures_of(unit, now() - timedelta(days=28)).weeks.values())
    assert sum(weeks) == 2
    assert 0 in weeks


def test_another_citys_rows_are_not_counted(unit: Unit, case: Case) -> None:
    offence(case, 1)
    other = Unit.objects.create(slug="other", name="Другой", parent=unit.parent)
    report(other, 9)
    assert figures(other)["offences"] == 0
    assert figures(unit)["reports"]["total"] == 0


def test_the_chief_opens_the_list_behind_every_number(
    client: Client, unit: Unit, case: Case, chief: User
) -> None:
    offence(case, 1, district="Центр")
    report(unit, 1, loss=Loss.LOST, amount=50000)
    client.force_login(chief)
    assert client.get(reverse("desk")).headers["Location"] == reverse("statistics:figures")
    page = client.get(reverse("statistics:figures")).content.decode()
    links = {part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]}
    behind = {link for link in links if link.startswith("/desk/figures/")}
    assert len([link for link in behind if "/list/" in link]) > 10
    for link in behind:
        assert client.get(link).status_code == 200, link
        if "/list/" in link:
            assert client.get(f"{link}&csv=1")["Content-Type"].startswith("text/csv")
    listed = client.get(reverse("statistics:list", args=["offences"]), {"platform": "olx"})
    assert "2600000001" in listed.content.decode()
    empty = client.get(reverse("statistics:list", args=["offences"]), {"platform": "kolesa"})
    assert "2600000001" not in empty.content.decode()


def listed(client: Client, address: str) -> tuple[int, int]:
    """Rows on the page and rows of its CSV."""
    page = client.get(address.replace("&amp;", "&")).content.decode()
    saved = client.get(address.replace("&amp;", "&") + "&csv=1").content.decode("utf-8-sig")
    return page.count('id="row-'), len(list(csv.reader(StringIO(saved), delimiter=";"))) - 1


def test_each_list_has_as_many_rows_as_its_number_says(
    client: Client, unit: Unit, case: Case, chief: User, make: Make
) -> None:
    for number in range(13):
        offence(case, number, scheme=f"scheme-{number}", district=f"D{number % 2}")
    offence(case, 20, "kolesa")
    report(unit, 1, loss=Loss.LOST, amount=50000)
    report(unit, 2, loss=Loss.ATTEMPT)
    report(unit, 3, received_at=now() - timedelta(days=500))
    for state in ("verified", "answered", "answered"):
        make(state)
    client.force_login(chief)
    page = client.get(reverse("statistics:figures"), {"since": str(now().date())})
    shown = re.findall(
        r'href="([^"]*/figures/list/[^"]*)"[^>]*>(?:<span class="tile-value">)?([\d ]+)<',
        page.content.decode(),
    )
    shown += re.findall(
        r'href="([^"]*/figures/list/[^"]*)">.*?class="bar-value">([\d ]+)<', page.content.decode()
    )
    numbers = {address: int(number) for address, number in shown}
    assert len(numbers) > 25
    assert {address: listed(client, address) for address in numbers} == {
        address: (number, number) for address, number in numbers.items()
    }
    assert 3 in numbers.values(), "what is not in КУИ counts however old it is"


def test_a_spreadsheet_gets_letters_and_decimals_and_nothing_to_calculate(
    client: Client, unit: Unit, case: Case, chief: User
) -> None:
    for number, name in enumerate(("=1+1", " @SUM(A1)", "Қала, =1+1", 'Ә"; =2')):
        offence(case, number, district=name)
    client.force_login(chief)
    raw = client.get(reverse("statistics:csv", args=["districts"])).content
    assert raw.startswith(b"\xef\xbb\xbf")
    for separator in ";,":
        cells = itertools.chain(*csv.reader(StringIO(raw.decode("utf-8-sig")), delimiter=separator))
        assert not [cell for cell in cells if cell.strip().startswith(("=", "@"))]
    assert "Қала, =1+1" in raw.decode()
    assert tables.plain(10.9) == "10,9"


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.PROSECUTOR, Role.INVESTIGATOR])
def test_others_see_the_same_numbers_without_lists(
    client: Client, unit: Unit, case: Case, officer: Officer, role: str
) -> None:
    offence(case, 1)
    client.force_login(officer(role))
    page = client.get(reverse("statistics:figures"))
    assert page.status_code == 200
    assert "/desk/figures/list/" not in page.content.decode()
    assert client.get(reverse("statistics:list", args=["offences"])).status_code == 403
    assert client.get(reverse("statistics:csv", args=["platforms"])).status_code == 200
