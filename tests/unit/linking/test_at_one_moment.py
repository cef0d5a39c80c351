"""Reports that name the same values at one moment: each is linked, whoever was first."""

from functools import partial
from itertools import permutations

import pytest

from tereze.accounts.models import Unit
from tereze.linking.actions import Linked
from tereze.linking.models import Indicator
from tests.meeting import insist_on_meeting, together
from tests.unit.linking.test_linking import see


pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


def phone(number: int) -> str:
    return f"+7 701 {100 + number // 80} {10 + number % 80} 55"


def test_two_who_join_the_same_two_series_end_in_one(unit: Unit) -> None:
    insist_on_meeting()
    for number in range(0, ROUNDS * 4, 4):
        one, other, third, fourth = (phone(number + place) for place in range(4))
        see(unit, f"a{number}", f"{one} {other}")
        see(unit, f"b{number}", f"{third} {fourth}")
        found = together(
            lambda words=f"{one} {fourth}", key=f"c{number}": see(unit, key, words),
            lambda words=f"{third} {other}", key=f"d{number}": see(unit, key, words),
        )
        assert all(isinstance(each, Linked) for each in found)
        newest = Indicator.objects.order_by("-pk")[:4]
        assert len({row.series_id for row in newest}) == 1


def test_new_values_in_another_order_are_named_once(unit: Unit) -> None:
    insist_on_meeting()
    for number in range(200, 200 + ROUNDS * 3, 3):
        words = [phone(number + place) for place in range(3)]
        orders = enumerate(permutations(words))
        together(*(partial(see, unit, f"{number}-{n}", " ".join(order)) for n, order in orders))
        newest = Indicator.objects.order_by("-pk")[:3]
        assert {row.reports for row in newest} == {6}
