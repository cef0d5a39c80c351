"""The copy for screens: as long as the text itself, so that every span still points right."""

import re
from collections.abc import Iterable

from tereze.indicators import Indicator


HIDDEN = "•"
DIGITS = re.compile(r"\d")
LONG_RUN = re.compile(r"(?<!\d)(?:\d[ -]?){11,18}\d(?!\d)")  # 12 to 19 digits: ИИН, cards
PRIVATE = {"card", "iin", "iban"}


def mask(text: str, found: Iterable[Indicator]) -> str:
    """Cards keep the first six and last four digits, ИИН nothing, IBAN the last four.

    >>> mask("ИИН 900101300126", [])
    'ИИН ••••••••••••'
    """
    spans = [(match.span(), "card") for match in LONG_RUN.finditer(text)]
    spans += [(item.span, item.type) for item in found if item.type in PRIVATE]
    letters = list(text)
    for (start, end), kind in spans:
        places = [i for i in range(start, min(end, len(letters))) if text[i].isalnum()]
        for place in places[slice(*kept(kind, len(places)))]:
            letters[place] = HIDDEN
    return "".join(letters)


def kept(kind: str, length: int) -> tuple[int, int | None]:
    """Which places of the value are hidden: from, to."""
    if kind == "iin" or length <= 12:
        return 0, None
    return (6 if kind == "card" else 4), length - 4
