"""What somebody told the window, as it was told: the same for every channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any


LONGEST_TEXT = 60_000  # the rest of a longer text is kept as an attached file
LONGEST_FIELD = 2_000
UNSTORABLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


@dataclass(frozen=True, kw_only=True)
class Statement:
    text: str = ""
    language: str = "ru"
    fraud_channel: str = ""  # a slug of the typology's channels
    fraudster: str = ""  # number, nick, link: whatever is known of the other side
    when: str = ""
    loss: str = ""  # lost | attempt | "" (not said)
    amount: str = ""
    money_when: str = ""
    bank_from: str = ""
    money_to: str = ""
    name: str = ""
    contact: str = ""
    district: str = ""
    overflow: str = field(default="", compare=False)  # the whole text, where it was too long

    def is_empty(self) -> bool:
        return not (self.text or self.fraudster or self.money_to)

    def details(self) -> dict[str, str]:
        """What was typed beside the story, apart from who typed it."""
        return {name: value for name in DETAILS if (value := getattr(self, name))}

    def as_text(self) -> str:
        """Everything but who told it, as one text."""
        return "\n".join([self.text, *self.details().values()]).strip()

    def identity(self) -> dict[str, str]:
        return {name: value for name in IDENTITY if (value := getattr(self, name))}


DETAILS = ("fraudster", "when", "amount", "money_when", "bank_from", "money_to")
IDENTITY = ("name", "contact")
NAMES = tuple(entry.name for entry in fields(Statement) if entry.name != "overflow")


def storable(text: str) -> str:
    """The same text without what no database can hold; lines end as they do here."""
    return text.replace("\r\n", "\n").translate(UNSTORABLE)


def read_statement(typed: Mapping[str, Any], *, language: str) -> Statement:
    """Take what was typed. Nothing is refused: what is too long is shortened or set aside."""
    values = {name: storable(str(typed.get(name) or "")).strip() for name in NAMES}
    values["language"] = language
    shortened = {
        name: value if name == "text" else value[:LONGEST_FIELD] for name, value in values.items()
    }
    told = Statement(**shortened)
    if len(told.text) > LONGEST_TEXT:
        told = replace(told, text=told.text[:LONGEST_TEXT], overflow=told.text)
    return replace(told, loss=told.loss if told.loss in {"lost", "attempt"} else "")
