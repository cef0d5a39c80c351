from datetime import timedelta

import pytest

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.disruption.figures import Removal, quantile, removal_minutes
from tereze.disruption.models import Request, State

from .conftest import Make


pytestmark = pytest.mark.django_db


def test_minutes_from_delivery_to_our_first_look_gone(make: Make, city: Unit) -> None:
    at = now()
    for minutes in (5, 9, 30):
        request = make(State.VERIFIED)
        Request.objects.filter(pk=request.pk).update(
            delivered_at=at - timedelta(minutes=minutes), gone_at=at
        )
    make(State.DELIVERED)
    make(State.CAPTURED)  # never sent: counts nowhere
    make(State.DELIVERED, url="https://kolesa.kz/a/show/150594149")
    found = removal_minutes(city, at - timedelta(days=1))
    assert found["olx"] == Removal(n=3, open=1, median=9.0, p90=25.8)
    assert found["kolesa"] == Removal(n=0, open=1, median=None, p90=None)
    assert removal_minutes(city, at + timedelta(minutes=1)) == {}


@pytest.mark.parametrize(
    ("values", "share", "result"),
    [([], 0.5, None), ([4.0], 0.9, 4.0), ([1.0, 2.0], 0.5, 1.5), ([3.0, 1.0, 2.0], 0.5, 2.0)],
)
def test_quantiles(values: list[float], share: float, result: float | None) -> None:
    assert quantile(values, share) == result
