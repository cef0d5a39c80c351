"""How people hide what identifies them: each turns a plain value into a dressed one."""

import re
import string
from collections.abc import Callable


Disguise = Callable[[str], str]

KEYCAPS = {str(n): f"{n}\ufe0f\u20e3" for n in range(10)}
CIRCLED = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
BOLD = {str(n): chr(0x1D7CE + n) for n in range(10)}
ARABIC = {str(n): chr(0x660 + n) for n in range(10)}
WIDE = {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)}
RUSSIAN = {
    "0": "ноль",
    "1": "один",
    "2": "два",
    "3": "три",
    "4": "четыре",
    "5": "пять",
    "6": "шесть",
    "7": "семь",
    "8": "восемь",
    "9": "девять",
}
KAZAKH = {
    "0": "нөл",
    "1": "бір",
    "2": "екі",
    "3": "үш",
    "4": "төрт",
    "5": "бес",
    "6": "алты",
    "7": "жеті",
    "8": "сегіз",
    "9": "тоғыз",
}
PLAIN_KAZAKH = str.maketrans("өіүғ", "оиуг")
LATIN_KAZAKH = dict(
    zip(
        "0123456789",
        ["nol", "bir", "eki", "ush", "tort", "bes", "alty", "jeti", "segiz", "togyz"],
        strict=True,
    )
)
TWINS = dict(zip("aeopcyxABEKMHOPCTX", "аеорсухАВЕКМНОРСТХ", strict=True))


def each(table: dict[str, str], between: str = "") -> Disguise:
    return lambda text: between.join(table.get(c, c) for c in text)


def grouped(*sizes: int, sign: str = " ") -> Disguise:
    def group(digits: str) -> str:
        parts, at = [], 0
        for size in sizes:
            parts.append(digits[at : at + size])
            at += size
        return sign.join([*parts, digits[at:]] if digits[at:] else parts)

    return group


def letters_for_digits(text: str) -> str:
    """O for 0 and the like, never at the first place, never more than a few."""
    return text[0] + re.sub(r"(?<=\d)0(?=\d)", "О", text[1:], count=3)


INVISIBLE: dict[str, Disguise] = {
    "plain": str,
    "zero width": "\u200b".join,
    "soft hyphen": "\u00ad".join,
    "struck through": each({}, "\u0336"),
}
DIGITS: dict[str, Disguise] = {
    "keycap": each(KEYCAPS),
    "circled": each(CIRCLED),
    "full width": each(WIDE),
    "spaced": " ".join,
    "dotted": ".".join,
    "starred": "*".join,
    "dashed": "-".join,
    "mathematical": each(BOLD),
    "Arabic-Indic": each(ARABIC),
    "letters": letters_for_digits,
}
PHONE: dict[str, Disguise] = {
    "brackets": lambda d: f"{d[0]} ({d[1:4]}) {d[4:7]}-{d[7:9]}-{d[9:]}",
    "lines": lambda d: f"{d[:4]}\n{d[4:]}",
    "plus": lambda d: f"+7{d[1:]}",
    "by line": lambda d: f"{d[0]}\n{d[1:4]}\n{d[4:7]}\n{d[7:]}",
    "dashes of print": lambda d: f"{d[0]}–{d[1:4]}–{d[4:7]}—{d[7:9]}—{d[9:]}",
    "slashes": lambda d: f"{d[0]}/{d[1:4]}/{d[4:7]}/{d[7:9]}/{d[9:]}",
    "glued": lambda d: f"тел{d}айгуль",
    "kazakh without its letters": each(
        {k: v.translate(PLAIN_KAZAKH) for k, v in KAZAKH.items()}, " "
    ),
    "kazakh in Latin": each(LATIN_KAZAKH, " "),
    "bare": lambda d: f"{d[1:4]} {d[4:7]} {d[7:9]} {d[9:]}",
    "russian": each(RUSSIAN, " "),
    "kazakh": each(KAZAKH, " "),
    "half in words": lambda d: f"{RUSSIAN[d[0]]} {d[1:4]} {' '.join(RUSSIAN[c] for c in d[4:])}",
}
FOURS: dict[str, Disguise] = {
    "lines": grouped(4, 4, 4, 4, sign="\n"),
    "no-break spaces": grouped(4, 4, 4, 4, sign="\u00a0"),
    "dots": grouped(4, 4, 4, 4, sign="."),
    "fours": grouped(4, 4, 4, 4),
    "dashes": grouped(4, 4, 4, 4, sign="-"),
}
LINK: dict[str, Disguise] = {
    "brackets": lambda t: t.replace(".", "[.]"),
    "round brackets": lambda t: t.replace(".", "(.)"),
    "said in Kazakh": lambda t: t.replace(".", " нүкте "),
    "said": lambda t: t.replace(".", " точка "),
    "english": lambda t: t.replace(".", " (dot) "),
    "capitals": str.upper,
    "full width": each({c: w for c, w in WIDE.items() if c.isalnum()}),
}
NAME: dict[str, Disguise] = {
    "twins": each(TWINS),
    "mathematical": each(
        {c: chr(0x1D41A + n) for n, c in enumerate(string.ascii_lowercase)}
        | {c: chr(0x1D7CE + n) for n, c in enumerate(string.digits)}
    ),
}
