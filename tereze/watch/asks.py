"""Colleagues who wait for a second person, as the wall shows them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from tereze.accounts.models import User
from tereze.watch.models import Agreement
from tereze.watch.rights import NEEDED


STEPS: dict[str, Any] = {
    "hold": gettext_lazy("придержать автора"),
    "delete": gettext_lazy("удалить"),
    "restrict": gettext_lazy("ограничить автора"),
    "ban": gettext_lazy("заблокировать автора в этом чате"),
    "ban_everywhere": gettext_lazy("заблокировать автора во всех чатах"),
}
SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Ask:
    agreement: Agreement
    steps: str
    text: str
    is_own: bool
    may_agree: bool

    @property
    def radius(self) -> dict[str, Any]:
        return dict(self.agreement.radius)


def asks_for(user: User) -> list[Ask]:
    found = Agreement.objects.filter(
        state=Agreement.State.OPEN, decision__message__source__unit=user.unit_id
    )
    rows = found.select_related("decision__message__source", "asked_by").order_by("pk")
    return [
        Ask(
            agreement=row,
            steps=", ".join(str(STEPS[step]) for step in row.ladder),
            text=row.decision.message.masked[:200],
            is_own=row.asked_by_id == user.pk,
            may_agree=row.asked_by_id != user.pk and all(user.can(NEEDED[s]) for s in row.ladder),
        )
        for row in rows[:SHOWN]
    ]
