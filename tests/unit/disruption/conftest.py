from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.casework.actions import Part, store_parts
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Partner, Request, State


BY = Actor.machine("test")
PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def city(unit: Unit) -> Unit:
    actions.register_known_partners(unit=unit, by=BY)
    return unit


@pytest.fixture
def olx(city: Unit) -> Partner:
    return Partner.objects.get(unit=city, slug="olx")


def member_of(partner: Partner, username: str) -> User:
    user = User.objects.create_user(
        username=username,
        password="correct horse battery",
        name=f"Модератор {partner.name}",
        role=Role.PARTNER,
        unit=partner.unit,
    )
    actions.add_member(partner=partner, user=user, by=BY)
    return user


@pytest.fixture
def moderator(olx: Partner) -> User:
    return member_of(olx, "olx.moderator")


Make = Callable[..., Request]


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def portal(moderator: User) -> Client:
    return log_in(moderator)


@pytest.fixture
def make(city: Unit, chief: User) -> Make:
    """`make("delivered", url=…)`: a request that has lawfully come as far as this state."""

    def get(state: str = State.CAPTURED, url: str = "", **fields: Any) -> Request:
        number = Request.objects.count() + 1
        request = actions.draft_request(
            unit=city,
            url=url or f"https://www.olx.kz/d/obyavlenie/iphone-IDr9s{number:02d}.html",
            reason=fields.pop("reason", "Предоплата без товара"),
            by=BY,
            user=chief,
            **fields,
        ).request
        bring(request, state, chief)
        return request

    return get


def bring(request: Request, state: str, chief: User) -> None:
    way = [State.DRAFTED, State.CAPTURED, State.DELIVERED, State.ANSWERED, State.VERIFIED]
    for reached in way[1 : way.index(State(state)) + 1]:
        if reached == State.CAPTURED:
            files = store_parts([Part("page.png", "image/png", PNG, outgoing=True)])
            actions.seal_capture(request=request, files=files, seen_at=now(), facts={}, by=BY)
        elif reached == State.DELIVERED:
            actions.approve(request=request, user=chief)
            if request.state == State.APPROVED:
                actions.mark_delivered(request=request, by=BY)
        elif reached == State.ANSWERED:
            actions.answer(request=request, answer="done", by=BY)
        else:
            see(request, "gone")


def see(request: Request, outcome: str, why: str = "not_found") -> str:
    """Our own look, with this outcome."""
    from tereze.disruption.models import Lookout
    from tereze.disruption.verification import Outcome, Verdict

    request.refresh_from_db()
    lookout = Lookout.objects.get(request=request)
    verdict = Verdict(Outcome(outcome), why, "200")
    event = actions.record_look(request=request, lookout=lookout, verdict=verdict, by=BY)
    request.refresh_from_db()
    return event
