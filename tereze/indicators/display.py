"""How a secret value is shown to people."""

from __future__ import annotations

from tereze.indicators.model import Indicator


SECRET_TYPES = frozenset({"card", "iin"})


def mask(indicator: Indicator) -> str:
    """What may be shown of a value: of cards and ИИН the first six and last four digits.

    Six and four are what PCI DSS (requirement 3.4) lets be displayed of a card. Other types are
    shown in full.

    >>> mask(Indicator("card", "4400430123456789", "", (0, 0), 1.0))
    '440043******6789'
    """
    value = indicator.value
    if indicator.type not in SECRET_TYPES:
        return value
    return value[:6] + "*" * max(0, len(value) - 10) + value[-4:]
