"""What arrays and single words share of :mod:`tereze.detection.features`: sizes, the numbers that
set kinds of features apart, and the alphabet of one byte a letter in which texts are read."""

from __future__ import annotations

import codecs


BITS = 20  # 1,048,576 buckets
LONGEST = 2_500  # letters of a text that are read
LETTERS, STEM, SHORT, NEAREST = 8, 5, 4, 8
LONGEST_WORD, SHORTEST_HIDDEN = 18, 5  # letters
MARKS = '?!:().…-—–%$"«»,;/\n+@*'
OPENS, CLOSES, BOTH = "«“„", "»”", '"'
# what kind of feature a number belongs to; odd numbers far from each other, of xxHash and wyhash
WORD, SHORTENED, PAIR, NEXT, CONCEPT, LESSER, GREATER, QUOTED, MARK = (
    0x9E3779B185EBCA87,
    0x165667B19E3779F9,
    0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
    0xA0761D6478BD642F,
    0xE7037ED1A0B428DB,
    0x8EBC6AF09C88C6E3,
    0x589965CC75374CC3,
    0xEB44ACCAB455D165,
)
MIXED = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""Factors of the finaliser of SplitMix64 (Steele, Lea, Flood 2014), which makes buckets."""

_NOTHING = "tereze.nothing"  # what the code page lacks, pictures above all, is an empty byte


def _as_nothing(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return bytes(error.end - error.start), error.end


codecs.register_error(_NOTHING, _as_nothing)


def encoded(text: str) -> bytes:
    """As much of a folded text as is read, one byte a letter."""
    return text[:LONGEST].encode("cp1251", _NOTHING)


def _letters() -> bytes:
    signs = [bytes([code]).decode("cp1251", "replace") for code in range(256)]
    return bytes(
        [ord("0") if s.isdigit() else code if s.isalpha() else 0 for code, s in enumerate(signs)]
    )


LETTER = _letters()
"""By code: letters stay, digits are all the same, what is neither is 0."""
