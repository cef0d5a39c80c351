"""Two at one moment, as only PostgreSQL lets them meet."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections


def insist_on_meeting() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("it lets one write at a time: nothing can meet")


def together(*works: Callable[[], Any], late: tuple[type[Exception], ...] = ()) -> list[Any]:
    """What each returns, or with which of the `late` exceptions it came too late."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return work()
        except late as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
