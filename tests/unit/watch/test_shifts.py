"""Duty at the wall: who is there, what passes to the next one, and what happens when nobody is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.actions import set_active
from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core import due
from tereze.watch.actions import officers, shifts
from tereze.watch.models import Call, HandOver, InHand, Shift, Source
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, Time


pytestmark = pytest.mark.django_db
Officer = Callable[..., User]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def giver(officer: Officer) -> User:
    return officer(Role.DUTY_OFFICER)


@pytest.fixture
def taker(officer: Officer) -> User:
    return officer(Role.DISPATCHER)


def logged_in(user: User) -> Client:
    client = Client(headers={"Accept-Language": "ru"})
    client.force_login(user, backend=BACKEND)
    return client


def test_a_shift_passes_with_what_was_in_hand_once_the_taker_says_so(
    source: Source, say: Say, giver: User, taker: User
) -> None:
    client, other = logged_in(giver), logged_in(taker)
    assert "НИКТО НЕ ДЕЖУРИТ" in client.get("/desk/wall/").content.decode()
    client.post("/desk/shift/begin/")
    assert "НИКТО НЕ ДЕЖУРИТ" not in client.get("/desk/wall/").content.decode()

    source.mode = "review"
    source.save()
    waiting, blocked = say(ADVERT), say(f"{ADVERT}, срочно")
    officers.block(message=blocked, ladder=["delete"], by=giver)
    client.post(f"/desk/wall/messages/{waiting.public_id}/do/take/")
    assert giver.name in client.get("/desk/wall/").content.decode()

    answer = client.post("/desk/shift/", {"taker": taker.pk, "notes": "Перезвонить в школу"})
    assert answer.status_code == 302
    offer = HandOver.objects.get()
    assert Shift.objects.on_duty().get().officer == giver  # until it is taken
    assert InHand.objects.get().officer == giver
    assert "Вам сдают смену" in other.get("/desk/shift/offers/").content.decode()
    sheet = other.get(f"/desk/shift/{offer.public_id}/").content.decode()
    for words in ("Перезвонить в школу", "ждёт решения", giver.name, "удалено людьми", "Подписи"):
        assert words in sheet

    client.post(f"/desk/shift/{offer.public_id}/take/")  # the giver cannot take it
    assert Shift.objects.on_duty().get().officer == giver
    other.post(f"/desk/shift/{offer.public_id}/take/")
    assert Shift.objects.on_duty().get().officer == taker
    assert InHand.objects.get().officer == taker
    kinds = set(AuditEvent.objects.filter(kind__startswith="shift").values_list("kind", flat=True))
    assert kinds == {"shift.began", "shift.offered", "shift.taken"}


def test_the_sheet_tells_what_is_open_by_age_and_what_was_taken_back(
    source: Source, say: Say, giver: User, time: Time
) -> None:
    shift = shifts.begin(by=giver)
    held = say(ADVERT)  # the machine deletes it
    officers.undo(decision=held.decisions.get(), by=giver)
    time.move(minutes=5)
    source.mode = "review"
    source.save()
    first, second = say(f"{ADVERT} один"), say(f"{ADVERT} два")
    officers.hold(message=second, by=giver)
    sheet = shifts.sheet_of(giver.unit, since=shift.began_at)
    rows = [row for row in sheet["open"] if row["kind"] in {"waiting", "held"}]
    assert [row["url"] for row in rows] == [first.get_absolute_url(), second.get_absolute_url()]
    assert [(row["who"], bool(row["due"])) for row in rows] == [("", False), (giver.name, True)]
    assert sheet["counts"] == {
        "block_machine": 1, "hold_officer": 1, "undone": 1, "overturned": 0
    }  # fmt: skip


def test_whom_nobody_relieves_calls_the_chief(
    source: Source, giver: User, taker: User, officer: Officer, time: Time
) -> None:
    chief = officer(Role.CHIEF)
    shift = shifts.begin(by=giver)
    offer = shifts.hand_over(shift=shift, taker=taker, notes="", by=giver)
    time.move(minutes=16)
    due.run_until_idle()
    call = Call.objects.get()
    assert (call.kind, call.person) == ("hand_over", chief)
    assert shifts.take_over(offer=offer, by=taker)
    assert not Call.objects.open().exists()


def test_whoever_cannot_take_a_shift_says_so_and_the_giver_hears_it(
    source: Source, giver: User, taker: User, officer: Officer, time: Time
) -> None:
    chief = officer(Role.CHIEF)
    shift = shifts.begin(by=giver)
    offer = shifts.hand_over(shift=shift, taker=taker, notes="", by=giver)
    address = f"/desk/shift/{offer.public_id}/decline/"
    logged_in(giver).post(address)  # not theirs to decline
    other = logged_in(taker)
    assert "Вам сдают смену" in other.get("/desk/shift/offers/").content.decode()
    other.post(address)
    assert "Вам сдают смену" not in other.get("/desk/shift/offers/").content.decode()
    assert "сдаваемую смену никто не принял" in str(
        logged_in(giver).get("/desk/wall/calls/").content, "utf-8"
    )
    assert Shift.objects.on_duty().get().officer == giver
    assert not shifts.take_over(offer=offer, by=taker)

    shifts.hand_over(shift=shift, taker=chief, notes="", by=giver)
    assert not Call.objects.open().exists()
    other.post(address)  # a second key finds nothing to decline
    assert HandOver.objects.offered().get().taker == chief


def test_nobody_on_duty_calls_the_one_named_until_somebody_comes(
    source: Source, giver: User, officer: Officer, time: Time
) -> None:
    named, chief = officer(Role.OPERATIVE), officer(Role.CHIEF)
    source.on_call = named
    source.save()
    shifts.look_who_is_there()
    shifts.look_who_is_there()
    assert Call.objects.get().person == named
    time.move(minutes=16)
    due.run_until_idle()
    assert set(Call.objects.open().values_list("person", flat=True)) == {named.pk, chief.pk}
    shifts.begin(by=giver)
    assert not Call.objects.open().exists()
    time.move(hours=15)  # the shift was forgotten
    shifts.look_who_is_there()
    assert Call.objects.open().get().person == named
    assert not Shift.objects.on_duty().exists()


def test_whose_account_was_closed_is_not_on_duty(source: Source, giver: User) -> None:
    shifts.begin(by=giver)
    assert shifts.is_deserted(giver.unit) is None
    set_active(user=giver, active=False, by=ADMINISTRATOR)
    assert shifts.is_deserted(giver.unit) == source


def test_an_offer_of_a_shift_that_ran_out_does_not_take_what_the_next_one_has_in_hand(
    source: Source, say: Say, giver: User, taker: User, time: Time
) -> None:
    offer = shifts.hand_over(shift=shifts.begin(by=giver), taker=taker, notes="", by=giver)
    time.move(hours=15)
    shifts.begin(by=giver)
    shifts.take_in_hand(message=say(ADVERT), by=giver)
    assert not shifts.take_over(offer=offer, by=taker)
    assert InHand.objects.get().officer == giver


def test_whoever_offers_a_shift_that_ran_out_is_told_and_keeps_what_they_wrote(
    source: Source, giver: User, taker: User, time: Time
) -> None:
    shifts.begin(by=giver)
    time.move(hours=15)
    fields = {"taker": taker.pk, "notes": "Перезвонить в школу"}
    answer = logged_in(giver).post("/desk/shift/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ваша смена уже закончилась" in page
    assert "Перезвонить в школу" in page
    assert not HandOver.objects.exists()


def test_where_no_chat_is_watched_nobody_need_be_there(giver: User) -> None:
    shifts.look_who_is_there()
    assert not Call.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "partner", "self"])
def test_only_a_colleague_who_may_decide_can_be_named(
    who: str, source: Source, giver: User, officer: Officer
) -> None:
    found: dict[str, Any] = {"self": giver}
    chosen = found.get(who) or officer(Role.OBSERVER if who == "stranger" else Role.PARTNER)
    shift = shifts.begin(by=giver)
    with pytest.raises(shifts.CannotHandOverError):
        shifts.hand_over(shift=shift, taker=chosen, notes="", by=giver)
