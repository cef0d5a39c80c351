"""What a sentence leaves at the end of an address or a name: its next word, or a Kazakh ending.

"t.me/name-ға", "olx.kz-те", "…/a/show/698765432.Дёшево", "kaspi-pay.topПереходите": people forget the
space, and Kazakh puts its endings behind names.
"""

from __future__ import annotations

import re

from tereze.indicators.folding import to_latin


_CYRILLIC = r"\u0400-\u0482\u048a-\u052f"
KAZAKH_ENDING = (
    r"(?:[қкғг][ае]|[ндт][аеыіи](?:н|ң|ғы|гі|ги)?|н[ае]н|нда(?:ғы|гы)|нде(?:гі|ги)|[мбп]ен)(?!\w)"
)
_GLUED = re.compile(
    rf"(?<=[A-Za-z0-9])(?:[.,;:!?()…]{{0,3}}(?P<said>[{_CYRILLIC}]{{2,}})|-{KAZAKH_ENDING})",
    re.IGNORECASE,
)
_HOST_ENDING = re.compile(rf"(?P<own>[A-Za-z]{{2,10}})-?[{_CYRILLIC}]{{2}}[\w-]*")


def own_length(written: str) -> int:
    """How many characters of an address or a name are its own.

    Letters that all have Latin twins are its own in disguise. What a query says is never cut.

    >>> own_length("rabota_aktau.Пишите")
    12
    """
    end = written.find("=") if "=" in written else len(written)
    for match in _GLUED.finditer(written, 0, end):
        if not (match["said"] and to_latin(match["said"]).isascii()):
            return match.start()
    return len(written)


def host_ending(label: str) -> str:
    """The Latin letters before a Cyrillic word in the last label of a host, or nothing."""
    match = None if label.isascii() else _HOST_ENDING.fullmatch(label)
    return match["own"] if match else ""
