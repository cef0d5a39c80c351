"""Two people at one moment: the one offers a shift elsewhere or withdraws it, the other takes it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.watch.actions import shifts
from tereze.watch.models import HandOver, Shift


pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each returns, or the exception it ends with."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return work()
        except shifts.CannotHandOverError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.parametrize("otherwise", ["withdraw", "another"])
def test_an_offer_is_either_taken_or_gone(
    otherwise: str, unit: Unit, officer: Callable[[str], User]
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("it lets one write at a time: nothing can meet")
    giver, taker, third = map(officer, (Role.DUTY_OFFICER, Role.OPERATIVE, Role.CHIEF))
    for _ in range(ROUNDS):
        shift = shifts.begin(by=giver)
        offer = shifts.hand_over(shift=shift, taker=taker, notes="", by=giver)

        def change(shift: Shift = shift) -> Any:
            if otherwise == "withdraw":
                return shifts.withdraw(shift=shift, by=giver)
            return shifts.hand_over(shift=shift, taker=third, notes="", by=giver)

        def take(offer: HandOver = offer) -> bool:
            return shifts.take_over(offer=offer, by=taker)

        taken, changed = together(take, change)
        offer.refresh_from_db()
        shift.refresh_from_db()
        assert offer.state == ("taken" if taken else "withdrawn")
        assert bool(shift.ended_at) is taken
        if otherwise == "another":
            assert isinstance(changed, shifts.CannotHandOverError) is taken
        Shift.objects.filter(ended_at=None).update(ended_at=shift.began_at)
        HandOver.objects.all().delete()
