"""Acts that go on where the messages are."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync

from tereze.watch.actions import acting
from tereze.watch.connectors import CONNECTORS
from tereze.watch.connectors.base import NotThereError, Target
from tereze.watch.handling import Handling
from tereze.watch.models import Act, Source
from tests.unit.watch.conftest import Say
from tests.watching import ADVERT


class Hands:
    """With a connection of their own: the reading, whose they would share, has ended."""

    def __init__(self, opened: list["Hands"]) -> None:
        self.is_open = True
        opened.append(self)

    async def delete(self, target: Target) -> None:
        """Taken."""

    async def restrict(self, target: Target, until: Any) -> None:
        """Taken."""

    async def look(self, kind: str, target: Target) -> bool:
        if kind == "delete":
            raise NotThereError("not_found")
        return True

    async def close(self) -> None:
        self.is_open = False


@pytest.mark.django_db
def test_what_an_act_opened_for_itself_is_closed_again(
    source: Source, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Hands] = []
    monkeypatch.setattr(CONNECTORS["telegram"], "hands", lambda source: Hands(opened))
    say(ADVERT)
    acts = Act.objects.select_related("source__unit", "decision__message__source__unit")
    async_to_sync(Handling().carry_out)(acting.permits(list(acts)))
    assert set(acts.values_list("state", flat=True)) == {"done"}
    assert opened
    assert not any(hands.is_open for hands in opened)
