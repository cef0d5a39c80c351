"""How a found indicator rests in the database, and whether it may join anything."""

from dataclasses import dataclass

from tereze import indicators
from tereze.core.encryption import keyed_hash


SECRET_TYPES = {"card", "iin"}  # first six and last four are shown, the rest is a keyed hash
SAME_AS = {"whatsapp": "phone"}  # one number, two ways to write to it
CONFIDENT = 0.5
COMMON = 300  # more reports than this share no fraudster but a habit; a person decides


@dataclass(frozen=True)
class Identity:
    type: str
    value_key: str
    shown: str
    hub: bool


def identity(found: indicators.Indicator) -> Identity:
    kind = SAME_AS.get(found.type, found.type)
    if kind in SECRET_TYPES:
        return Identity(
            kind, keyed_hash(found.value, purpose=kind), indicators.mask(found), hub=False
        )
    hub = indicators.is_hub(kind, found.value)
    return Identity(kind, found.value, found.value, hub=hub)
