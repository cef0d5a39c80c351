"""How fraudsters hide words from filters, as functions: for measuring, and for tests.

Each takes a text and gives it back as somebody would write it who wants people to read it and
machines not to. Contacts are left as they are, since a link or a handle must go on working; only
words change. Everything is deterministic.

>>> DISGUISES["spaced"]("Куплю карту kaspi.kz")
'К у п л ю   к а р т у   kaspi.kz'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


Disguise = Callable[[str], str]

CUT = 40  # characters: what a notification or a list of chats shows
_TOKEN = re.compile(r"\S+")
_CONTACT = re.compile(r"[./@:_]\w|[@/_]")  # inside a token: a link, an address, a handle
_WORD = re.compile(r"[^\W\d_]+")
_KAZAKH = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")
_LATIN_SHAPES = dict(zip("аеорсхуквмнті", "aeopcxykbmhti", strict=True))
_LEET = str.maketrans("оОзЗчЧбБаАсСиИ", "00334466@@$$11")
_EMOJI = str.maketrans("аАвВоОрРмМиИ", "🅰🅰🅱🅱🅾🅾🅿🅿ⓂⓂℹℹ")
_TRANSLIT = dict(zip(
    "абвгдезийклмнопрстуфхцъыьэәғқңөұүһі",
    ["a", "b", "v", "g", "d", "e", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u",
     "f", "kh", "ts", "", "y", "", "e", "a", "g", "q", "n", "o", "u", "u", "h", "i"],
    strict=True,
)) | {"ё": "yo", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}  # fmt: skip
_KAZAKH_LATIN = dict(zip(
    "аәбвгғдежзийкқлмнңоөпрстуұүфхһшыі",
    "aäbvgğdejziikqlmnñoöprstuūüfhhşyı",
    strict=True,
)) | {"ч": "tş", "ц": "ts", "щ": "ştş", "э": "e", "ю": "iu", "я": "ia", "ё": "io", "ъ": "", "ь": ""}  # fmt: skip
_VOWELS = re.compile(r"([аеиоуыэюяәөұүіАЕИОУЫЭЮЯӘӨҰҮІ])")


def _by_word(change: Disguise) -> Disguise:
    """Change the words of a text and leave its contacts and numbers."""

    def disguise(text: str) -> str:
        def token(match: re.Match[str]) -> str:
            found = match.group()
            if _CONTACT.search(found):
                return found
            return _WORD.sub(lambda word: change(word.group()), found)

        return _TOKEN.sub(token, text)

    return disguise


def _letters(table: Mapping[str, str]) -> Disguise:
    """Change single letters, keeping capitals."""

    def letter(char: str) -> str:
        other = table.get(char.lower(), char)
        return other.capitalize() if char.isupper() else other

    return _by_word(lambda word: "".join(map(letter, word)))


def _shapes(start: int, capitals: int) -> Disguise:
    """Letters that look Latin, as the letters of another block: ``start`` is its small a."""

    def shape(char: str) -> str:
        latin = _LATIN_SHAPES.get(char.lower())
        if latin is None:
            return char
        return chr((capitals if char.isupper() else start) + ord(latin) - ord("a"))

    return _by_word(lambda word: "".join(map(shape, word)))


def _spread(sign: str) -> Disguise:
    return _by_word(lambda word: sign.join(word) if len(word) > 2 else word)


def _spaced(text: str) -> str:
    """Letters apart, and words further apart, as people write it."""
    return "   ".join(_APART(token) for token in text.split())


def _spaced_evenly(text: str) -> str:
    return " ".join(_APART(token) for token in text.split())


_APART = _by_word(" ".join)


def _torn(sign: str) -> Disguise:
    return _by_word(
        lambda word: (
            word[: len(word) // 2] + sign + word[len(word) // 2 :] if len(word) > 4 else word
        )
    )


def _every_other(word: str) -> str:
    return "".join(
        _LATIN_SHAPES.get(char, char) if place % 2 else char for place, char in enumerate(word)
    )


def _mixed(text: str) -> str:
    """Another disguise for each word in turn."""
    kinds = ("spaced", "lookalike", "leet", "invisible", "dotted", "stretched")
    tokens = text.split()
    return " ".join(DISGUISES[kinds[n % len(kinds)]](token) for n, token in enumerate(tokens))


def _twice(text: str) -> str:
    return DISGUISES["spaced"](DISGUISES["lookalike"](text))


DISGUISES: Mapping[str, Disguise] = {
    "capitals": str.upper,
    "lookalike": _letters(_LATIN_SHAPES),
    "mixed_alphabets": _by_word(_every_other),
    "mathematical": _shapes(0x1D41A, 0x1D400),
    "circled": _shapes(0x24D0, 0x24B6),
    "full_width": _shapes(0xFF41, 0xFF21),
    "invisible": _by_word("\u200b".join),
    "soft_hyphens": _by_word("\u00ad".join),
    "struck_through": _by_word(lambda word: "".join(char + "\u0336" for char in word)),
    "accents": _by_word(lambda word: "".join(char + "\u0301" for char in word)),
    "spaced": _spaced,
    "spaced_evenly": _spaced_evenly,
    "dotted": _spread("."),
    "dashed": _spread("-"),
    "underscored": _spread("_"),
    "hyphenated": _torn("-\n"),
    "line_broken": _torn("\n"),
    "leet": _by_word(lambda word: word.translate(_LEET)),
    "emoji": _by_word(lambda word: word.translate(_EMOJI)),
    "stretched": _by_word(lambda word: _VOWELS.sub(r"\1\1\1\1", word)),
    "no_special_letters": lambda text: text.translate(_KAZAKH),
    "translit": _letters(_TRANSLIT),
    "kazakh_latin": _letters(_KAZAKH_LATIN),
    "mixed": _mixed,
    "lookalike_spaced": _twice,
}
"""By name; each is applied to a whole text."""


def cut(text: str, around: int = 0) -> str:
    """At most ``CUT`` characters of a text, beginning with the word at ``around``."""
    return text[around : around + CUT]
