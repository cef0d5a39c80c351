"""Limits of sending: 30 messages a second overall, one a second in a chat, 20 a minute in a group.

The real server allows short bursts above one a second; the stand-in does not, so that whoever
passes here passes there.
"""

import math
from collections import defaultdict, deque

from .errors import too_many


OVERALL = (30, 1.0)
PER_CHAT = (1, 1.0)
PER_GROUP = (20, 60.0)


class SendLimits:
    def __init__(self) -> None:
        self.sent: dict[tuple[str, int], deque[float]] = defaultdict(deque)
        self.on = True

    def check(self, *, bot_id: int, chat_id: int, now: float, edit: bool = False) -> None:
        """Counts one message, or raises 429 and counts nothing."""
        if not self.on:
            return
        windows = [(self.sent["bot", bot_id], OVERALL)]
        if not edit:
            windows.append((self.sent["chat", chat_id], PER_CHAT))
        if chat_id < 0:
            windows.append((self.sent["group", chat_id], PER_GROUP))
        wait = max(seconds_to_wait(times, now, *rule) for times, rule in windows)
        if wait > 0:
            raise too_many(max(1, math.ceil(wait)))
        for times, _ in windows:
            times.append(now)


def seconds_to_wait(times: deque[float], now: float, count: int, period: float) -> float:
    while times and times[0] <= now - period:
        times.popleft()
    return times[0] + period - now if len(times) >= count else 0.0
