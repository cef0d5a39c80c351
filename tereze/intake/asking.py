"""Whom to ask about a report that somebody works on, without telling what is in it.

Apps above register what they know: `asking.register(function)`, which maps report keys to a person.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role


@dataclass(frozen=True)
class Person:
    name: str
    post: str
    phone: str

    @staticmethod
    def of(user: User) -> "Person":
        return Person(user.name, user.post, user.phone)

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.post, self.phone) if part)


Source = Callable[[Iterable[str]], dict[str, User]]
SOURCES: list[Source] = []


def register(source: Source) -> None:
    """`source(report_keys)` answers who works on which of them."""
    SOURCES.append(source)


def whom_to_ask(keys: Iterable[str], unit: Unit) -> Person | None:
    """The first who works on one of these reports; else the group's chief."""
    wanted = list(keys)
    for source in SOURCES:
        known = source(wanted)
        if user := next((known[key] for key in wanted if key in known), None):
            return Person.of(user)
    chief = User.objects.filter(unit=unit, role=Role.CHIEF, is_active=True).order_by("pk").first()
    return Person.of(chief) if chief else None
