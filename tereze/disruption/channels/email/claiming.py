"""Letters that are no partner's answer may be somebody's in a higher app: a resident hands over a
chat. Each app says what is its own; this room knows none of them."""

from collections.abc import Callable

from tereze.disruption.channels.email.parsing import Mail
from tereze.disruption.models import Incoming


# takes the letter when it is its own; must be safe to run twice
Claim = Callable[[Incoming, Mail, bytes], bool]
CLAIMS: list[Claim] = []


def register(claim: Claim) -> None:
    CLAIMS.append(claim)


def is_claimed(row: Incoming, mail: Mail, raw: bytes) -> bool:
    return any(claim(row, mail, raw) for claim in CLAIMS)
