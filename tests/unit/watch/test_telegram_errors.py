"""What Telegram answers, in the ways that matter to us."""

import pytest
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import GetMe

from tereze.watch.connectors.base import BusyError
from tereze.watch.connectors.telegram.errors import translated


@pytest.mark.parametrize(("told", "seconds"), [(7, 7), (0, 0.5), (-5, 0.5), (10**12, 600)])
def test_the_service_sends_us_away_for_a_sensible_time(told: int, seconds: float) -> None:
    found = translated(TelegramRetryAfter(GetMe(), "", told), None)
    assert isinstance(found, BusyError)
    assert found.seconds == seconds
