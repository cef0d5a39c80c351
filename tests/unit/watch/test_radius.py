"""How far a step reaches, as a table, and four eyes in the rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core.clock import now
from tereze.watch.actions import agreeing, officers, sources
from tereze.watch.models import Act, Agreement, Decision, Message, Source
from tereze.watch.radius import Limits, Radius, Step, needs_second
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, Time, lawful


Officer = Callable[[str], User]
LIMITS = Limits(chats=3, people=1000, hour=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.mark.parametrize(
    ("step", "chats", "people", "hour", "beyond"),
    [
        ("delete", 1, 50_000, 0, ()),
        ("restrict", 1, 50_000, 10, ()),
        ("hold", 1, 0, 11, ("hour",)),
        ("delete", 1, 10, 11, ("hour",)),
        ("ban", 1, 1000, 10, ()),
        ("ban", 1, 1001, 0, ("people",)),
        ("ban_everywhere", 3, 1000, 10, ()),
        ("ban_everywhere", 4, 0, 0, ("chats",)),
        ("ban_everywhere", 4, 1001, 11, ("chats", "people", "hour")),
    ],
)
def test_what_one_officer_may_do_alone(
    step: str, chats: int, people: int, hour: int, beyond: tuple[str, ...]
) -> None:
    radius = Radius(chats=chats, people=people, hour=hour)
    assert needs_second(Step(name=step, radius=radius), LIMITS) == beyond


@pytest.fixture
def five_chats(unit: Unit, source: Source) -> list[Source]:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    source.refresh_from_db()
    more = [
        sources.add_source(
            unit=unit, kind="telegram", chat_id=f"-{number}", title=f"Чат {number}",
            by=ADMINISTRATOR, **lawful(mode="review", token="1:a"),
        )
        for number in range(4)
    ]  # fmt: skip
    return [source, *more]


@pytest.fixture
def asked(five_chats: list[Source], say: Say, officer: Officer) -> Agreement:
    officers.block(
        message=say(ADVERT), ladder=("delete", "ban_everywhere"), by=officer(Role.OPERATIVE)
    )
    return Agreement.objects.get()


def states(kind: str) -> set[str]:
    return set(Act.objects.filter(kind=kind).values_list("state", flat=True))


@pytest.mark.django_db
def test_a_ban_in_many_chats_waits_while_the_deletion_goes_on(asked: Agreement) -> None:
    assert (states("delete"), states("ban")) == ({"waiting"}, {"asked"})
    assert asked.radius["beyond"] == ["chats"]
    assert asked.radius["chats"] == 5
    assert not Act.objects.filter(kind="ban", next_action_at__isnull=False).exists()
    assert Message.objects.get().standing == "blocked"


@pytest.mark.django_db
def test_whoever_asked_cannot_agree_however_they_try(asked: Agreement, officer: Officer) -> None:
    with pytest.raises(agreeing.SamePersonError):
        agreeing.agree(agreement=asked, by=officer(Role.OPERATIVE))
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.update(
            state="agreed", answered_by=asked.asked_by, answered_at=asked.asked_at
        )
    with pytest.raises(officers.AlreadyDecidedError):  # the same step once more asks nobody anew
        officers.block(
            message=asked.decision.message, ladder=("ban_everywhere",), by=officer(Role.OPERATIVE)
        )
    assert states("ban") == {"asked"}


@pytest.mark.django_db
def test_the_second_needs_the_same_right(asked: Agreement, officer: Officer) -> None:
    with pytest.raises(PermissionDenied):
        agreeing.agree(agreement=asked, by=officer(Role.DUTY_OFFICER))
    agreeing.agree(agreement=asked, by=officer(Role.CHIEF))
    assert states("ban") == {"waiting"}
    with pytest.raises(agreeing.AlreadyDecidedError):
        agreeing.refuse(agreement=asked, by=officer(Role.CHIEF))
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"agreement.asked", "agreement.agreed"} <= kinds


@pytest.mark.django_db
def test_a_refusal_leaves_what_was_done_alone(asked: Agreement, officer: Officer) -> None:
    agreeing.refuse(agreement=asked, by=officer(Role.DUTY_OFFICER))
    assert (states("delete"), states("ban")) == ({"waiting"}, {"cancelled"})
    decision = Decision.objects.get()
    assert (decision.ladder, decision.undone_at) == (["delete"], None)


@pytest.mark.django_db
def test_a_decision_taken_back_needs_no_second_any_more(asked: Agreement, officer: Officer) -> None:
    officers.undo(decision=asked.decision, by=officer(Role.DUTY_OFFICER))
    assert (states("ban"), Agreement.objects.get().state) == ({"cancelled"}, "withdrawn")
    assert not Act.objects.filter(kind="unban").exists()


@pytest.mark.django_db
def test_who_blocks_very_many_in_an_hour_needs_a_second_for_each_more(
    five_chats: list[Source], say: Say, officer: Officer, settings: object
) -> None:
    settings.WATCH_ALONE = {"chats": 3, "people": 1000, "hour": 2}  # type: ignore[attr-defined]
    found = [say(f"{ADVERT} номер {number}") for number in range(4)]
    for message in found:
        officers.block(message=message, ladder=("delete",), by=officer(Role.DISPATCHER))
    assert [Message.objects.get(pk=m.pk).standing for m in found] == [
        "blocked", "blocked", "blocked", "asked",
    ]  # fmt: skip
    asked = Agreement.objects.get()
    agreeing.refuse(agreement=asked, by=officer(Role.CHIEF))
    assert Message.objects.get(pk=found[3].pk).standing == "waiting"
    officers.block(message=found[3], ladder=("delete",), by=officer(Role.CHIEF))
    assert Message.objects.get(pk=found[3].pk).standing == "blocked"


@pytest.mark.django_db
def test_the_wall_asks_the_other_officer_with_a_key(
    asked: Agreement, client: Client, officer: Officer
) -> None:
    client.force_login(officer(Role.OPERATIVE), backend=BACKEND)
    own = client.get("/desk/wall/", headers={"Accept-Language": "ru"}).content.decode()
    assert "Согласиться должен другой сотрудник" in own
    assert 'data-key="y"' not in own
    address = f"/desk/wall/agreements/{asked.public_id}"
    answer = client.post(f"{address}/agree/", headers={"HX-Request": "true"})
    assert "другой сотрудник" in answer.content.decode()
    client.force_login(officer(Role.CHIEF), backend=BACKEND)
    assert 'data-key="y"' in client.get("/desk/wall/").content.decode()
    assert client.post(f"{address}/nonsense/").status_code == 404
    client.post(f"{address}/agree/", headers={"HX-Request": "true"})
    assert Agreement.objects.get().answered_by == officer(Role.CHIEF)


def test_a_restriction_agreed_to_the_next_day_holds_its_whole_term(
    say: Say, source: Source, officer: Officer, time: Time, settings: Any
) -> None:
    settings.WATCH_ALONE = {**settings.WATCH_ALONE, "hour": 0}
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    duty = officer(Role.DUTY_OFFICER)
    for number in range(2):
        officers.block(message=say(f"{ADVERT}, {number}"), ladder=["delete", "restrict"], by=duty)
    asked = Agreement.objects.get()
    time.move(hours=30)
    agreeing.agree(agreement=asked, by=officer(Role.CHIEF))
    act = asked.acts.get(kind="restrict")
    assert act.until is not None
    assert act.until > now() + timedelta(hours=23)
