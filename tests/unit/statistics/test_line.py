"""The direct line's figures over requests that went their lawful way at chosen minutes."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.core.clock import moved_to, now
from tereze.disruption import actions
from tereze.disruption.models import Request, Snapshot
from tereze.disruption.moments import moments_of
from tereze.intake.models import Channel, Loss, Report
from tereze.statistics.line import Line, by_month, line_of
from tereze.statistics.lives import lives_of
from tereze.statistics.sellers import among, sellers_on
from tests.unit.disruption.conftest import BY, Make, see


Live = Callable[..., Request]
START = now() - timedelta(days=2)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.fixture
def live(make: Make) -> Live:
    """`live("sent 0, acknowledged 3, done 10, gone 12")`: a request that lived like this."""
    steps: dict[str, Callable[[Request], object]] = {
        "acknowledged": lambda r: actions.acknowledge(request=r, by=BY),
        "done": lambda r: actions.answer(request=r, answer="done", by=BY),
        "refused": lambda r: actions.answer(
            request=r, answer="refused", by=BY, text="не видно", refusal="no_violation"
        ),
        "more": lambda r: actions.answer(request=r, answer="need_more", by=BY, text="что это?"),
        "supplied": lambda r: actions.supply(request=r, text="вот", by=BY),
        "gone": lambda r: see(r, "gone"),
        "there": lambda r: see(r, "there"),
        "closed": lambda r: actions.close(request=r, why="всё", by=BY),
    }

    def get(story: str, **fields: Any) -> Request:
        (_sent, minute), *rest = (part.split() for part in story.split(","))
        with moved_to(at(float(minute))):
            request = make("delivered", **fields)
        for name, when in rest:
            with moved_to(at(float(when))):
                request.refresh_from_db()
                steps[name](request)
        return request

    return get


def line(unit: Unit) -> Line:
    return line_of(lives_of(unit, START - timedelta(days=1)))


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31", "вчера", "2026-02-30", ""])
def test_no_day_is_the_usual_day(client: Client, chief: User, unit: Unit, since: str) -> None:
    client.force_login(chief)
    usual = client.get(reverse("statistics:line")).context["since"]
    for name, args in (("line", []), ("figures", []), ("list", ["line"])):
        reply = client.get(reverse(f"statistics:{name}", args=args), {"since": since})
        assert reply.status_code == 200
        assert reply.context.get("since", usual) == usual


@pytest.mark.parametrize(
    ("story", "said"),
    [
        ("sent 0", "requests open"),
        ("sent 0, acknowledged 3", "requests acknowledged open"),
        ("sent 0, done 10", "requests acknowledged acted open"),
        ("sent 0, done 10, gone 12", "requests acknowledged acted verified"),
        ("sent 0, gone 12", "requests acted verified"),
        ("sent 0, done 10, there 11, there 12", "requests acknowledged open"),
        ("sent 0, refused 5", "requests acknowledged open refused"),
        ("sent 0, refused 5, closed 9", "requests acknowledged refused"),
        ("sent 0, refused 5, supplied 6, done 9", "requests acknowledged acted open"),
        (
            "sent 0, done 10, gone 12, there 90",
            "requests acknowledged acted verified open reappeared",
        ),
        (
            "sent 0, done 10, gone 12, there 90, done 95, gone 96",
            "requests acknowledged acted verified reappeared",
        ),
    ],
)
def test_what_a_request_counts_for(unit: Unit, live: Live, story: str, said: str) -> None:
    live(story)
    found = line(unit)
    names = [
        "requests",
        "acknowledged",
        "acted",
        "verified",
        "open",
        "refused",
        "overturned",
        "reappeared",
    ]
    assert [name for name in names if getattr(found, name)] == said.split()


@pytest.mark.parametrize(
    ("story", "step", "median"),
    [
        ("sent 0, acknowledged 3, done 10, gone 12", "sent_acknowledged", 3),
        ("sent 0, acknowledged 3, done 10, gone 12", "sent_acted", 10),
        ("sent 0, acknowledged 3, done 10, gone 12", "sent_verified", 12),
        ("sent 0, gone 12", "sent_acted", 12),  # without a word
        ("sent 0, done 10, there 11, there 12, done 30, gone 31", "sent_acted", 30),
        ("sent 0, done 10, gone 12, there 90, done 95, gone 96", "sent_verified", 12),
        ("sent 0, done 10, gone 12, there 90, done 95, gone 96", "online", 18),
        ("sent 0, done 10, gone 12, there 90", "online", None),
        ("sent 0", "sent_acknowledged", None),
    ],
)
def test_minutes_of_a_step(
    unit: Unit, live: Live, story: str, step: str, median: float | None
) -> None:
    live(story)
    found = line(unit).steps[step]
    assert (found.median, found.n + found.open) == (median, 1)


def test_a_request_that_waits_holds_the_median_back(unit: Unit, live: Live) -> None:
    for story in ("sent 0, done 5, gone 6", "sent 0, done 9, gone 10", *["sent 0"] * 3):
        live(story)
    found = line(unit).steps["sent_verified"]
    assert (found.n, found.open, found.median, found.p90) == (2, 3, None, None)


def test_victims_and_money_are_those_between_the_first_report_and_the_removal(
    unit: Unit, live: Live
) -> None:
    request = live("sent 0, done 10, gone 12")
    other = live("sent 0, done 10, gone 12")
    told = [
        # minute, who, loss, amount
        (-60, "a", Loss.LOST, 50_000),
        (-30, "a", Loss.LOST, 20_000),  # the same person once more
        (-20, "", Loss.LOST, 10_000),  # nobody who could be asked
        (-10, "b", Loss.ATTEMPT, None),
        (11, "c", Loss.LOST, 5_000),
        (13, "d", Loss.LOST, 99_000),  # it was gone
    ]
    for number, (minute, teller, loss, amount) in enumerate(told):
        report = Report.objects.create(
            unit=unit,
            number=f"2026-{number:06}",
            channel=Channel.WEB,
            receipt_hash=str(number),
            received_at=at(minute),
            kui_due_at=at(minute + 180),
            text="…",
            reporter_key=teller,
            loss=loss,
            amount=amount,
        )
        for row in (request, other):  # two adverts in one report: its money was lost once
            row.links.create(kind="report", key=report.public_id)
    found = line(unit)
    assert (found.victims, found.money) == (3, Decimal(85_000))
    assert found.steps["report_sent"].median == 60
    assert found.steps["report_verified"].median == 72
    assert found.steps["online"].median == 72


def test_months_are_the_citys(unit: Unit, live: Live) -> None:
    request = live("sent 0")
    Request.objects.filter(pk=request.pk).update(
        delivered_at=datetime.fromisoformat("2026-03-31T19:30:00+00:00")  # April in Almaty
    )
    lives = lives_of(unit, datetime.fromisoformat("2026-01-01T00:00:00+05:00"))
    assert [f"{month:%Y-%m}" for month in by_month(lives, unit)] == ["2026-04"]


def test_what_was_put_right_at_our_own_request_counts_as_overturned(
    unit: Unit, live: Live, chief: User
) -> None:
    request = live("sent 0, done 10, gone 12")
    live("sent 0, done 10, gone 12")
    form = {"what": request.address, "why": "это магазин"}
    correction = actions.register_form(
        partner=request.partner,
        kind="correct_removal",
        form=form,
        files=actions.store_form(form),
        reason="Наше уведомление было ошибкой.",
        links=[("request", request.public_id)],
        by=BY,
    ).request
    actions.approve(request=correction, user=chief)
    assert line(unit).overturned == 0
    actions.answer(request=correction, answer="done", by=BY)
    found = line(unit)
    assert (found.overturned, found.reappeared) == (1, 0)


def test_an_appeal_that_was_right_counts_as_overturned(unit: Unit, live: Live, chief: User) -> None:
    for upheld in (True, False):
        request = live("sent 0")
        actions.say(request=request, kind="appeal", text="это магазин", by=BY, from_partner=True)
        actions.decide_appeal(request=request, upheld=upheld, text="да", user=chief)
    assert line(unit).overturned == 1


def test_a_seller_with_several_adverts_is_one_repeat_seller(unit: Unit, live: Live) -> None:
    for phone in ("+77051112233", "+77051112233", "+77059998877"):
        request = live("sent 0")
        assert request.evidence
        row = Snapshot.objects.create(
            unit=unit,
            request=request,
            evidence=request.evidence,
            platform="olx",
            listing=request.listing,
            address=request.address,
            seller="Айбек",
            phones=[phone],
        )
        actions.keep_traits(snapshot=row)
    lives = lives_of(unit, START - timedelta(days=1))
    (seller,) = among(sellers_on(unit, lives), lives)
    assert among([seller], lives[2:]) == []
    assert (seller.platform, seller.title, seller.listings) == ("olx", "Айбек", 2)


def test_programs_read_all_of_it(unit: Unit, live: Live) -> None:
    live("sent 0, acknowledged 3, done 10, gone 12, there 90")
    live("sent 0, refused 5")
    out = StringIO()
    call_command(
        "figures", "--json", "--since", f"{START - timedelta(days=1):%Y-%m-%d}", stdout=out
    )
    printed = json.loads(out.getvalue())
    assert printed["removal_minutes"]["olx"] == {
        "delivered": 2,
        "n": 1,
        "open": 2,
        "median": 12.0,
        "p90": None,
    }
    olx = printed["direct_line"]["olx"]
    assert olx["refusals"] == {"no_violation": 1}
    assert (olx["requests"], olx["verified"], olx["open"], olx["reappeared"]) == (2, 1, 2, 1)
    assert olx["minutes"]["sent_acknowledged"] == {"n": 2, "open": 0, "median": 4.0, "p90": 5.0}
    (month,) = olx["months"].values()
    assert month["requests"] == 2


def test_every_number_opens_as_many_rows(
    client: Client, unit: Unit, live: Live, chief: User
) -> None:
    live("sent 0, acknowledged 3, done 10, gone 12, there 90")
    live("sent 0, refused 5")
    live("sent 0, done 4, gone 6")
    live("sent 0", url="https://kolesa.kz/a/show/150594149")
    client.force_login(chief)
    since = f"{START - timedelta(days=1):%Y-%m-%d}"
    for asked in ({}, {"platform": "olx"}, {"month": f"{START:%Y-%m}"}):
        page = client.get(reverse("statistics:line"), {"since": since, **asked}).text
        shown = re.findall(
            r'href="([^"]*/figures/list/[^"]*)"[^>]*>(?:<span class="tile-value">)?(\d+)<', page
        )
        assert len(shown) >= 30
        for address, number in shown:
            listed = client.get(address.replace("&amp;", "&"))
            assert listed.text.count('id="row-') == int(number), address
    for table in ("steps", "platforms", "months"):
        saved = client.get(reverse("statistics:line_csv", args=[table]), {"since": since})
        assert saved["Content-Type"].startswith("text/csv")


def test_thousands_of_requests_take_a_handful_of_queries(
    unit: Unit, live: Live, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        live("sent 0, done 10, gone 12")
    with django_assert_max_num_queries(8):
        line(unit)


@pytest.mark.parametrize(
    "story",
    [
        "sent 0",
        "sent 0, acknowledged 3, done 10, gone 12",
        "sent 0, done 10, gone 12, there 90",
        "sent 0, done 10, gone 12, there 90, gone 96, closed 99",
        "sent 0, refused 5, closed 9",
    ],
)
def test_many_lives_read_at_once_have_the_moments_of_each(
    unit: Unit, live: Live, story: str
) -> None:
    request = live(story)
    (life,) = lives_of(unit, START - timedelta(days=1))
    alone = moments_of(Request.objects.get(pk=request.pk), until=life.at)
    for name in ("first_seen", "reported", "sent", "acknowledged", "verified"):
        assert getattr(life, name) == alone[name], name
    assert life.online == alone.online
    assert len(life.backs) == alone.times_back
