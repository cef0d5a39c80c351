"""Slows floods and guessing, per process and in memory: a limit is no fact worth a database row.

Whole neighbourhoods share one address of a mobile operator, so limits on an address are wide, and
what a limit does is ask or slow down; what is provably right is let through before it is asked.
"""

import threading
import time
from collections import OrderedDict, deque

from django.http import HttpRequest


MOST_KEYS = 20_000


class Window:
    """At most `limit` hits of one key in `seconds`."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.seconds = limit, seconds
        self.hits: OrderedDict[str, deque[float]] = OrderedDict()
        self.lock = threading.Lock()

    def hit(self, key: str) -> bool:
        """Count one. True while the key stays within its limit."""
        with self.lock:
            times = self.recent(key)
            if len(times) <= self.limit:
                times.append(time.monotonic())
            return len(times) <= self.limit

    def is_full(self, key: str) -> bool:
        with self.lock:
            return len(self.recent(key)) >= self.limit

    def wait(self, key: str) -> float:
        """Seconds until one more hit of it would be within the limit."""
        with self.lock:
            times = self.recent(key)
            if len(times) < self.limit:
                return 0
            return times[len(times) - self.limit] + self.seconds - time.monotonic()

    def recent(self, key: str) -> deque[float]:
        times = self.hits.setdefault(key, deque())
        self.hits.move_to_end(key)
        while len(self.hits) > MOST_KEYS:
            self.hits.popitem(last=False)
        while times and times[0] < time.monotonic() - self.seconds:
            times.popleft()
        return times


def address_of(request: HttpRequest) -> str:
    """The network address, as uvicorn saw it (it believes only its own proxy)."""
    return str(request.META.get("REMOTE_ADDR", ""))


def device_of(request: HttpRequest) -> str:
    """Tells devices behind one address apart, roughly; whoever hides it only limits themselves."""
    return f"{address_of(request)} {request.headers.get('User-Agent', '')[:200]}"
