"""The intervention register, the public totals and the times, over real rows of wall and line."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.disruption.models import Request, State
from tereze.statistics.figures import figures_of
from tereze.statistics.period import year_start
from tereze.statistics.removal import removal_minutes, removal_requests
from tereze.watch.actions.officers import undo
from tereze.watch.models import Message
from tests.watching import ADVERT


Officer = Callable[[str], User]
Say = Callable[..., Message]
Make = Callable[..., Request]


@pytest.fixture
def undone(say: Say, chief: User) -> Message:
    """Two adverts were blocked by the machine; the chief took the second one back."""
    say(ADVERT)
    message = say(ADVERT)
    undo(decision=message.decisions.get(), by=chief, why="не то")
    return message


def test_blocked_messages_are_counted_without_those_taken_back(unit: Unit, undone: Message) -> None:
    found = figures_of(unit, year_start(unit))
    assert (found.blocked_messages, found.undone_messages) == (1, 1)


def test_the_register_shows_acts_and_requests_with_their_basis(
    client: Client, undone: Message, make: Make, officer: Officer
) -> None:
    request = make("delivered")
    client.force_login(officer(Role.PROSECUTOR))
    assert client.get(reverse("desk")).headers["Location"] == reverse("statistics:interventions")
    page = client.get(reverse("statistics:interventions")).content.decode()
    for said in ("Соглашение с акиматом № 5", "Tereze, автоматически", request.number, "отменено"):
        assert said in page
    assert 'method="post"' not in page.split("<main")[1]  # nothing can be changed here
    assert client.post(reverse("statistics:interventions")).status_code == 405


@pytest.mark.parametrize(
    ("asked", "requests", "acts"),
    [
        ({"kind": "request"}, True, False),
        ({"kind": "delete"}, False, True),
        ({"who": "officer"}, True, False),
        ({"who": "machine"}, False, True),
        ({"only": "appealed"}, False, False),
        ({"since": "2020-01-01", "until": "2020-02-01"}, False, False),
        ({"since": "чушь", "until": "", "page": "999"}, True, True),
    ],
)
def test_the_register_is_filtered(
    client: Client,
    undone: Message,
    make: Make,
    officer: Officer,
    asked: dict[str, str],
    requests: bool,
    acts: bool,
) -> None:
    request = make("delivered")
    client.force_login(officer(Role.PROSECUTOR))
    for more in ({}, {"csv": "1"}):
        answer = client.get(reverse("statistics:interventions"), {**asked, **more})
        text = answer.content.decode()
        assert (request.number in text) == requests
        assert ("Балхаш объявления" in text) == acts


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.OPERATIVE, Role.PREVENTION])
def test_the_register_is_not_for_everybody(client: Client, officer: Officer, role: str) -> None:
    client.force_login(officer(role))
    assert client.get(reverse("statistics:interventions")).status_code == 403


def test_the_public_sees_monthly_totals_with_what_was_overturned(
    client: Client, undone: Message, make: Make
) -> None:
    request, *_others = (make("delivered") for _ in range(5))
    page = client.get(reverse("statistics:transparency"), headers={"Accept-Language": "ru"})
    text = page.content.decode().split("<main")[1]
    assert f"{now():%m.%Y}" in text
    cells = [part.split("<")[0] for part in text.split('data-label="')[1:]]
    numbers = {cell.split('">')[0]: int(cell.split('">')[1]) for cell in cells}
    assert numbers["Удалено публикаций"] == 2
    assert numbers["Уведомлений площадкам"] == 5
    assert numbers["Отменено решений"] == 1
    for hidden in (request.number, request.address, "Балхаш объявления"):
        assert hidden not in text


def test_removal_is_measured_from_delivery_to_our_own_look(unit: Unit, make: Make) -> None:
    for minutes in (5, 15, 40):
        request = make("verified")
        delivered = now() - timedelta(hours=3)
        Request.objects.filter(pk=request.pk).update(
            delivered_at=delivered, gone_at=delivered + timedelta(minutes=minutes)
        )
    make("answered")  # the platform says so; we have not looked
    found = removal_minutes(removal_requests(unit))["olx"]
    assert (found.n, found.open, found.median) == (3, 1, 15.0)


def test_the_overdue_list_names_both_sides(
    client: Client, unit: Unit, make: Make, chief: User
) -> None:
    request = make(State.DELIVERED)
    request.partner.our_officer = chief
    request.partner.contact = "Иванова, старший модератор"
    request.partner.save()
    Request.objects.filter(pk=request.pk).update(overdue_at=now(), act_by=now())
    client.force_login(chief)
    page = client.get(reverse("statistics:figures")).content.decode()
    overdue = page.split('id="overdue"')[1]
    assert request.number in overdue
    assert "Иванова" in overdue
    assert chief.name in overdue
    assert "tile-over" in page
