"""How far a step reaches, and when that is too far for one person. Plain and without a database."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


FAR = ("ban", "ban_everywhere")  # the others touch one text and one voice in one chat


@dataclass(frozen=True, kw_only=True)
class Limits:
    chats: int
    people: int
    hour: int


@dataclass(frozen=True, kw_only=True)
class Radius:
    chats: int
    people: int  # members of these chats, as far as the services tell
    hour: int  # messages the same officer blocked within the last hour

    def beyond(self, limits: Limits) -> tuple[str, ...]:
        """Which limits it goes beyond, by name."""
        return tuple(
            name
            for name in ("chats", "people", "hour")
            if getattr(self, name) > getattr(limits, name)
        )


@dataclass(frozen=True, kw_only=True)
class Step:
    name: str
    radius: Radius


def needs_second(step: Step, limits: Limits) -> tuple[str, ...]:
    """A text or a voice in one chat needs a second person only when there are very many of them."""
    beyond = step.radius.beyond(limits)
    return beyond if step.name in FAR else tuple(name for name in beyond if name == "hour")


def told(steps: Sequence[Step], limits: Limits) -> dict[str, Any]:
    """What the second person is shown: the widest of the steps, and what it goes beyond."""
    widest = max(steps, key=lambda step: (step.radius.people, step.radius.chats))
    beyond = {name for step in steps for name in needs_second(step, limits)}
    return {**asdict(widest.radius), "beyond": sorted(beyond)}
