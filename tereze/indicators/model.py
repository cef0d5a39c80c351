"""What was found in a text, and the names of what can be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


TYPES: Final = (
    "phone",
    "whatsapp",
    "card",
    "iban",
    "iin",
    "bin",
    "url",
    "domain",
    "email",
    "telegram",
    "telegram_invite",
    "instagram",
    "listing",
    "btc",
    "eth",
    "trx",
    "plate",
    "lookalike",
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One identifier found in a text.

    type: one of `TYPES`.
    value: the canonical form, equal for all ways of writing the same thing.
    raw: as written: ``text[span[0]:span[1]]``.
    span: character offsets into the original text.
    confidence: 0-1, how sure we are that the text means such an identifier.
    note: for a lookalike the domain it imitates; otherwise empty.
    why: what the confidence rests on, in words listed in docs/indicators.md joined by "+":
        ``luhn+named`` is a card number whose check digit is right, next to a word for cards.
    """

    type: str
    value: str
    raw: str
    span: tuple[int, int]
    confidence: float
    note: str = ""
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """The item as the command lines print it; ``why`` and ``note`` only where there are any."""
        item: dict[str, Any] = {
            "type": self.type,
            "value": self.value,
            "raw": self.raw,
            "span": list(self.span),
            "confidence": self.confidence,
        }
        if self.why:
            item["why"] = self.why
        if self.note:
            item["note"] = self.note
        return item


@dataclass(frozen=True, slots=True)
class Found:
    """A find before it is told in the original's terms: a span of the original and a reading."""

    type: str
    value: str
    span: tuple[int, int]
    confidence: float
    note: str = ""
    why: str = ""
