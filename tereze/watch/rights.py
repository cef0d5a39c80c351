"""Which right each step of the ladder needs. A short hold is the dispatcher's; more is not."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission


NEEDED = {
    "hold": Permission.WALL_HOLD,
    "delete": Permission.WALL_HOLD,
    "restrict": Permission.WALL_BAN,
    "ban": Permission.WALL_BAN,
    "ban_everywhere": Permission.WALL_BAN_EVERYWHERE,
}


def insist_on(officer: User, ladder: Sequence[str]) -> None:
    for step in ladder:
        if not officer.can(NEEDED[step]):
            raise PermissionDenied(NEEDED[step])
