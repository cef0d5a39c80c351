"""A glance at a text that says which families of indicators can be in it at all.

Most texts hold none. Looking precisely costs tens of microseconds a family; whether anything can be
there is told by a few look-ups in a copy of one byte a character. The code page kz1048 has every
letter of Russian, Kazakh and English, and tables over bytes are the fastest thing Python has.

A glance may see too much, which costs time, and never too little, which would cost a find: the tests
hold it against a search for everything.
"""

from __future__ import annotations

import re
from codecs import charmap_encode
from collections.abc import Iterable, Mapping
from encodings.kz1048 import decoding_table, encoding_table

from tereze.indicators.digits import LETTERS_FOR_DIGITS
from tereze.indicators.folding import either_alphabet, to_cyrillic, to_latin
from tereze.indicators.handles import NETWORK_STEMS, NETWORK_WORDS
from tereze.indicators.links import (
    APP_SCHEMES,
    ENDING_SPELLINGS,
)
from tereze.indicators.money import IBAN_COUNTRIES
from tereze.indicators.numberwords import COUNTING_WORDS, NUMBER_WORDS
from tereze.indicators.spelled import COMMON_ENDINGS, SAID_WORDS


ADDRESSES, NAMES, WALLETS, ACCOUNTS, PLATES, DIGITS = (1 << n for n in range(6))
DICTATED, DRESSED = 1 << 6, 1 << 7
"""Not families but the shapes of digits: said in words, or letters that look like them."""
EVERYTHING = (1 << 8) - 1

_IN_NO_NUMBER = ":;%№$€<>!\"«»&\\'"  # between digits; with letters what ends a run of them
_KNOWN = [c for c in decoding_table if c != "\ufffe"]
_LETTERS = [c for c in _KNOWN if c.isalpha()]
_TEN_DIGITS = "0123456789"


def _encoded(text: str) -> bytes:
    return bytes(charmap_encode(text, "replace", encoding_table)[0])


def _table(of: Mapping[str, str], otherwise: str = "") -> bytes:
    """A table over the code page: each character in lower case by *of*, else *otherwise*."""
    lower = [c.lower() if c in _KNOWN else "?" for c in decoding_table]
    return b"".join(_encoded(of.get(c, otherwise or c)) for c in lower)


def _bytes(words: Iterable[str]) -> frozenset[bytes]:
    return frozenset(_encoded(word) for word in words)


_LOWER = _table({})
_WORDS = _table({c: c for c in _LETTERS} | {"ё": "е"}, " ")
_LATIN = _table(
    {c: c for c in _LETTERS} | {c: to_latin(c) for c in _LETTERS if to_latin(c).isascii()}, " "
)
_CYRILLIC = _table({c: to_cyrillic(c) for c in _LETTERS} | {"ё": "е"}, " ")
_SHAPE = _table(
    {c: "x" if c.isascii() else "a" for c in _LETTERS} | dict.fromkeys(_TEN_DIGITS, "0")
)
_CODES = _table({c: "x" for c in (*_LETTERS, *_TEN_DIGITS) if c.isascii()}, " ")
_RUNS = _table(
    dict.fromkeys((*_LETTERS, *_IN_NO_NUMBER), "x")
    | dict.fromkeys(LETTERS_FOR_DIGITS.lower(), "o")
    | dict.fromkeys(_TEN_DIGITS, "0"),
    " ",
)
_OTHER_LETTER = re.compile(f"[^\\W\\d_{''.join(_LETTERS)}]")
_LONG_CODE, _GROUPED_CODE = b"xxxxxxxx", b"xxxx xxxx xxxx xxxx"
_WALLET = re.compile(rb"(?<![a-z0-9])(?:[013t]|bc1)[a-z0-9]{3}")
_SPACED = b" x x x "
_ACCOUNT = re.compile(rb"[xa] ?[xa0] ?0 ?0")
_GLUED_HOST = re.compile(rb"\.x{2,10}-?a")
_PLATE = re.compile(rb"000[ -]?[xa]{2,3}[ |-]{0,3}0")
_TEN = re.compile(rb"0(?: {0,5}[0o]){9}")
_EIGHT = re.compile(rb"[0o](?: {0,5}[0o]){7}")
_DRESSED = re.compile(rb"0 {0,3}o|o {0,3}0")

_ENDINGS = _bytes(ENDING_SPELLINGS)
_COMMON = _bytes(COMMON_ENDINGS)
_SAID = _bytes(SAID_WORDS) | _bytes(either_alphabet("tme")) | _bytes(either_alphabet("me"))
_APPS = _bytes(APP_SCHEMES)
_COUNTRIES = _bytes(
    spelling for country in (*IBAN_COUNTRIES, "k") for spelling in either_alphabet(country.lower())
)
_OURS = re.compile(_encoded("[kк] ?[z2з] ?[0-9]"))
_NETWORKS = _bytes(NETWORK_WORDS)
_NETWORK_STEMS = re.compile(b"|".join(sorted(_bytes(NETWORK_STEMS))))
_NUMBERS = _bytes(NUMBER_WORDS)
_COUNTING = _bytes(COUNTING_WORDS)
_TELLING = _COMMON | _SAID | _APPS | _NETWORKS | _COUNTING
_MOST_DIGITS_OF_A_WORD, _FEWEST_DIGITS = 3, 8


def glance(text: str) -> int:
    """The families that can be in *text*, as a sum of this module's flags; 0 for most texts.

    text: from `folding.fold`.
    """
    key = charmap_encode(text, "replace", encoding_table)[0]
    if b"?" in key and _OTHER_LETTER.search(text):
        return EVERYTHING  # a letter of another alphabet may be anything in disguise
    shape = key.translate(_SHAPE)
    low = key.translate(_LOWER)
    words = low.translate(_WORDS).split()
    telling = _TELLING.intersection(words)
    seen = 0
    if b"@" in key:
        seen = ADDRESSES | NAMES
    else:
        if telling:
            seen = _of_address(telling, low)
        dotted = b".x" in shape or b".a" in shape or b"(" in key or b"[" in key
        ends = (dotted or b"{" in key or b"<" in key) and _ends_host(low)
        if ends or b"://" in key or _GLUED_HOST.search(shape):
            seen |= ADDRESSES
    named = telling and not telling.isdisjoint(_NETWORKS)
    if named or _NETWORK_STEMS.search(low):
        seen |= NAMES
    if _SPACED in shape:
        seen |= ADDRESSES | NAMES | ACCOUNTS
    codes = key.translate(_CODES)
    if (_LONG_CODE in codes or _GROUPED_CODE in codes) and _WALLET.search(low):
        seen |= WALLETS
    count = len(key) - len(key.translate(None, b"0123456789"))
    if b"ax" in shape or b"xa" in shape:  # a letter of the other alphabet inside a word
        words = [*words, *low.translate(_CYRILLIC).split()]
        telling = _TELLING.intersection(words)
    if telling and not telling.isdisjoint(_COUNTING):
        dictated = sum(map(_NUMBERS.__contains__, words))
        if dictated * _MOST_DIGITS_OF_A_WORD + count >= _FEWEST_DIGITS:
            seen |= DIGITS | DICTATED
    if count > 1:
        seen |= _of_digits(count, key, shape)
        country = _OURS.search(low) or not _COUNTRIES.isdisjoint(words)
        if country and _ACCOUNT.search(shape):
            seen |= ACCOUNTS
    return seen


def _of_address(telling: frozenset[bytes], low: bytes) -> int:
    """What words say: punctuation spelled out, an app's scheme, a host's ending apart from its host."""
    if not telling.isdisjoint(_SAID):
        return ADDRESSES | NAMES
    if not telling.isdisjoint(_COMMON) or (not telling.isdisjoint(_APPS) and b":" in low):
        return ADDRESSES
    return 0


def _ends_host(low: bytes) -> bool:
    """Whether a word is the ending of hosts, its letters Latin or looking so."""
    return not _ENDINGS.isdisjoint(low.translate(_LATIN).split())


def _of_digits(count: int, key: bytes, shape: bytes) -> int:
    seen = 0
    if count >= 5 and _PLATE.search(shape):
        seen |= PLATES
    runs = key.translate(_RUNS)
    if (_EIGHT if b"+" in key else _TEN).search(runs):
        seen |= DIGITS | (DRESSED if _DRESSED.search(runs) else 0)
    return seen
