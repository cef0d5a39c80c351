"""What must not leave the house is taken out of what leaves it. Plain functions.

Cards and ИИН never go out in a text to a partner, nor what it calls its writer's own; a reporter's
own phones, addresses and name go out of everything that concerns their report.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tereze.indicators import extract
from tereze.intake.masking import IIN_LIKE, own_in


ALWAYS = {"card": "[карта скрыта]", "iin": "[ИИН скрыт]"}
OWN = {
    "phone": "[номер заявителя скрыт]",
    "whatsapp": "[номер заявителя скрыт]",
    "email": "[почта заявителя скрыта]",
    "telegram": "[адрес заявителя скрыт]",
    "instagram": "[адрес заявителя скрыт]",
    "iban": "[счёт заявителя скрыт]",
}
LIKE_A_CARD = re.compile(
    r"(?<![\d+])\d(?:[ \u00a0-]?\d){15,18}(?!\d)"
)  # also one with a slip in it
NAME = "[имя скрыто]"
# one name, written by a Kazakh, by a Russian, and in a passport: Нұрланова, Нурланова, Nurlanova
SPELLINGS = (
    "а ә a; б b; в v w; г ғ g; д d; е ё э ye yo e; ж zh j; з z; и і ы й i y; к қ k q; л l; м m;"
    "н ң нг ңғ ng n; о ө o; п p; р r; с s; т t; у ұ ү u; ф f; х һ kh h; ц ts c; ч ch; ш sh;"
    "щ shch sch; ю yu iu; я ya ia; ь ъ"
)
SOUND_OF = {each: row.split() for row in SPELLINGS.split(";") for each in row.split()}
SOUND = re.compile("|".join(sorted(SOUND_OF, key=len, reverse=True)) + r"|\w", re.IGNORECASE)
SHORTEST_NAME = 3
ENDING = 3  # letters by which a name changes: Айгүл, Айгүлге, Айгүлдің; Иванов, Иванову


@dataclass(frozen=True)
class Own:
    """What belongs to the reporter: canonical identifiers and names."""

    values: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


NOBODY = Own()


def redact(text: str, own: Own = NOBODY) -> str:
    """The text without cards, ИИН and what belongs to the reporter.

    >>> redact("Карта 4400 4301 2345 6788, звонить +77011234567", Own(frozenset({"+77011234567"})))
    'Карта [карта скрыта], звонить [номер заявителя скрыт]'
    """
    spans = [(*found.span(), ALWAYS["card"]) for found in LIKE_A_CARD.finditer(text)]
    spans += [(*found.span(2), ALWAYS["iin"]) for found in IIN_LIKE.finditer(text)]
    named = extract(text)
    owned = own.values | own_in(text, named)
    for found in named:
        word = ALWAYS.get(found.type)
        if word is None and found.value in owned:
            word = OWN.get(found.type, "[скрыто]")
        if word:
            spans.append((*found.span, word))
    for start, end, word in merged(spans):
        text = text[:start] + word + text[end:]
    return without_names(text, own.names)


def merged(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """From the end of the text to its start, so that replacing one does not move the others."""
    kept: list[tuple[int, int, str]] = []
    for start, end, word in sorted(spans):
        if kept and start < kept[-1][1]:
            last_start, last_end, last_word = kept.pop()
            kept.append((last_start, max(last_end, end), last_word))
        else:
            kept.append((start, end, word))
    return kept[::-1]


def without_names(text: str, names: Iterable[str]) -> str:
    words = {
        word
        for name in names
        for word in re.findall(r"\w+", name)
        if len(word) >= SHORTEST_NAME and not word.isdigit()
    }
    for word in sorted(words, key=len, reverse=True):
        stem = word[:-1] if len(word) > SHORTEST_NAME + 1 else word
        text = re.sub(rf"\b{spelled(stem)}\w{{0,{ENDING + 1}}}\b", NAME, text, flags=re.IGNORECASE)
    return re.sub(rf"{re.escape(NAME)}(?:\s+{re.escape(NAME)})+", NAME, text)


def spelled(word: str) -> str:
    """A pattern of every way to write it; a soft sign may stand anywhere or be left out."""
    sounds = [SOUND_OF.get(found.lower(), [found]) for found in SOUND.findall(word)]
    return "".join(f"(?:{'|'.join(map(re.escape, row))})[ьъ]?" for row in sounds if "ь" not in row)
