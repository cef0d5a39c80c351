"""What makes many messages one: marks of near-identical texts, parts of one text, waves of joins.

Plain and without a database. What is found here never lets the machine act: a text is judged by what
its author wrote in it. It brings to people what would have passed as harmless.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import timedelta

from tereze.detection import fingerprint, similarity


WINDOW = timedelta(minutes=30)  # what lies further apart is no raid
MARKS = 8
SHARED = 3  # so many of the marks in common are worth a closer look
ALIKE = 0.55  # of the fingerprints: a number, a price or a name was changed
SHORTEST = 40  # characters; below this everybody's texts are alike
CHATS, AUTHORS = 3, 5  # a text in so many chats, or by so many in one chat, is a raid

PARTS = 3  # messages before this one that may belong to it
PARTS_WITHIN = timedelta(minutes=10)
LONGEST_PART = 300  # characters: whoever cuts an advert in pieces writes short ones

WAVE, WAVE_WITHIN = 20, timedelta(minutes=10)
USUAL = 5  # a wave is so many times what a usual day brings
ARRIVALS_KEPT = timedelta(days=1)

EMPTY = 0xFFFF_FFFF
SPREAD = 0x85EB_CA6B  # an odd number: another order of the same hashes, the same on every machine


def marks_of(text: str) -> tuple[int, ...]:
    """The few smallest hashes of its shingles in an order of our own; none for a short text.

    >>> marks_of("коротко")
    ()
    """
    if len(text) < SHORTEST:
        return ()
    hashes = [value for value in struct.unpack("<64I", fingerprint(text)) if value != EMPTY]
    return tuple(sorted(value * SPREAD & EMPTY for value in hashes)[:MARKS])


def are_alike(one: bytes, other: bytes) -> bool:
    """Whether the texts of two fingerprints say nearly the same."""
    return similarity(one, other) >= ALIKE


def joined(parts: Sequence[str]) -> str:
    """Short pieces as one text; empty where one of them is a text of its own."""
    if len(parts) < 2 or any(len(part) > LONGEST_PART for part in parts):
        return ""
    return "\n".join(parts)


def is_raid(places: Iterable[tuple[int, str]]) -> bool:
    """(chat, author) of every near-identical message within the window."""
    found = set(places)
    chats = {chat for chat, _author in found}
    most = max((sum(chat == one for one, _author in found) for chat in chats), default=0)
    return len(chats) >= CHATS or most >= AUTHORS


def is_wave(now_joined: int, in_a_day: int) -> bool:
    """So many joined within ten minutes as never on a usual day."""
    usual = (in_a_day - now_joined) / ((ARRIVALS_KEPT - WAVE_WITHIN) / WAVE_WITHIN)
    return now_joined >= WAVE and now_joined > USUAL * usual
