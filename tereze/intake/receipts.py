"""The code by which a resident follows a report: 28 digits that can be read aloud.

27 random digits (89 bits) and a Damm check digit, which notices every single wrong digit and every
exchange of two neighbours. Only its hash is stored.
"""

import re
import secrets

from stdnum import damm
from stdnum.exceptions import ValidationError

from tereze.core.ids import token_hash


RANDOM_DIGITS = 27
LENGTH = RANDOM_DIGITS + 1
GROUP = 4
NOT_DIGITS = re.compile(r"\D")
WHOLE = re.compile(rf"(?<!\d)(?:\d[\s\-–.\u200b-\u200f]?){{{LENGTH}}}(?!\d)")


class WrongReceiptError(Exception):
    """Not a receipt: `reason` is `length` or `digit`."""

    def __init__(self, reason: str, length: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.length = reason, length


def new_receipt() -> str:
    return with_check_digit(secrets.randbelow(10**RANDOM_DIGITS))


def with_check_digit(number: int) -> str:
    """A code of the same form from a number that somebody else made random."""
    digits = f"{number % 10**RANDOM_DIGITS:0{RANDOM_DIGITS}d}"
    return digits + str(damm.calc_check_digit(digits))


def in_groups(receipt: str) -> list[str]:
    return [receipt[start : start + GROUP] for start in range(0, len(receipt), GROUP)]


def spoken(receipt: str) -> str:
    """`1234 5678 …`: how it is shown and read aloud."""
    return " ".join(in_groups(receipt))


def read_receipt(typed: str) -> str:
    """The digits of what was typed, however they were grouped; WrongReceiptError says what is off.

    A whole code among other words, as in a pasted link, is that code: letters of the link are none.
    """
    whole = WHOLE.search(typed)
    digits = NOT_DIGITS.sub("", whole[0] if whole else typed.translate(LOOKALIKES))
    digits = "".join(str(int(digit)) for digit in digits)  # Arabic and full-width digits are digits
    if len(digits) != LENGTH:
        raise WrongReceiptError("length", len(digits))
    try:
        damm.validate(digits)
    except ValidationError as error:
        raise WrongReceiptError("digit", len(digits)) from error
    return digits


LOOKALIKES = str.maketrans({"O": "0", "o": "0", "О": "0", "о": "0", "l": "1", "I": "1", "З": "3"})


def receipt_hash(receipt: str) -> str:
    return token_hash(f"receipt:{receipt}")
