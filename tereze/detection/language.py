"""Which language a text is in: enough to choose words for the answer and to report figures."""

from __future__ import annotations

import re


_KAZAKH_LETTERS = re.compile(r"[әғқңөұүһі]", re.IGNORECASE)
_RUSSIAN_LETTERS = re.compile(r"[ёэщъьыюяё]", re.IGNORECASE)
_CYRILLIC = re.compile(r"[Ѐ-ҁҊ-ӿ]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_WORD = re.compile(r"[a-z]+")
_ADDRESS = re.compile(r"(?<![\w-])(?:\w++://\S+|[\w-]++(?:[.@][\w-]++)+(?:[/?#]\S*)?)|@\w+")
SAMPLE = 4_000  # characters
_SHIFTS = (0, 16, 32, 48)
_MOST = (1 << 16) - 1
_MOST_KNOWN = 40_000  # words that are remembered; hostile input brings new ones
_LONGEST_KNOWN = 40  # characters of a word that is remembered
_KAZAKH_WORDS = frozenset(
    [
        "мен",
        "сен",
        "біз",
        "сіз",
        "мынау",
        "бар",
        "жоқ",
        "және",
        "үшін",
        "деп",
        "еді",
        "екен",
        "ғой",
        "бұл",
        "осы",
        "болды",
        "болады",
        "керек",
        "акша",
        "жок",
        "шот",
        "несие",
        "бір",
        "бир",
        "кандай",
        "калай",
        "казир",
        "жане",
        "ушин",
        "бул",
        "сиз",
        "биз",
        "жумыс",
        "куни",
        "сатып",
        "алам",
        "аламын",
        "беремін",
        "беремин",
        "жазыныз",
        "жазыңыз",
        "хабарласыныз",
        "хабарласыңыз",
        "салем",
        "сәлем",
        "рахмет",
        "рақмет",
        "болып",
        "алып",
        "салып",
        "берип",
        "кейін",
        "кейин",
        "теңге",
        "тенге",
        "емес",
        "сатамын",
        "сатылады",
        "алды",
        "бер",
        "бериниз",
        "тегин",
        "жазынгыз",
        "ма",
        "ме",
        "ба",
        "бе",
        "па",
        "пе",
        "да",
        "де",
        "та",
        "те",
        "ги",
        "дан",
        "ден",
    ]
)
_RUSSIAN_WORDS = frozenset(
    [
        "и",
        "в",
        "на",
        "не",
        "что",
        "с",
        "по",
        "для",
        "это",
        "как",
        "от",
        "за",
        "или",
        "у",
        "к",
        "из",
        "но",
        "так",
        "мне",
        "вы",
        "мы",
        "он",
        "она",
        "они",
        "его",
        "вам",
        "вас",
        "без",
        "если",
        "все",
        "всё",
        "есть",
        "до",
        "при",
        "под",
        "кто",
        "уже",
        "только",
        "будет",
        "был",
        "была",
        "было",
        "нет",
        "да",
        "ли",
        "же",
        "бы",
    ]
)
_LATIN_KAZAKH = frozenset(
    [
        "men",
        "sen",
        "biz",
        "siz",
        "jane",
        "zhane",
        "ushin",
        "aqsha",
        "aksha",
        "jumys",
        "zhumys",
        "kerek",
        "bar",
        "joq",
        "zhok",
        "qarta",
        "karta",
        "alamyn",
        "satyp",
        "beremin",
        "jazynyz",
        "zhazynyz",
        "salem",
        "rahmet",
        "tenge",
        "kun",
        "kuni",
        "tegin",
    ]
)
_LATIN_RUSSIAN = frozenset(
    [
        "i",
        "v",
        "na",
        "ne",
        "chto",
        "s",
        "dlya",
        "eto",
        "kak",
        "rabota",
        "dengi",
        "kuplyu",
        "prodam",
        "pishite",
        "srochno",
        "oplata",
        "kartu",
        "karty",
        "zarabotok",
        "vsem",
        "privet",
        "mozhno",
        "nado",
        "est",
        "net",
    ]
)


def detect_language(text: str) -> str:
    """``ru``, ``kk``, ``mixed`` (both in one text), ``en`` or ``und``.

    Looks at the first 4,000 characters. Latin-written Russian and Kazakh are recognised by
    frequent words; addresses and names of accounts are in no language.
    """
    beginning = text[:SAMPLE]
    signs = sum([_SIGNS_OF[word] for word in _WORD.findall(beginning)])
    return language_of(signs) or _of_latin_words(
        _LATIN_WORD.findall(_ADDRESS.sub(" ", beginning.lower()))
    )


def signs_of(text: str) -> int:
    """What the words of ``text`` say about its language, to be added up; see `language_of`."""
    return sum([_SIGNS_OF[word] for word in _WORD.findall(text)])


def language_of(signs: int) -> str:
    """The language of a text whose words have these signs together; "" for one without Cyrillic."""
    cyrillic, latin, kazakh, russian = [signs >> shift & _MOST for shift in _SHIFTS]
    if cyrillic < max(2, latin / 6):
        return ""
    if kazakh and russian:
        share = kazakh / (kazakh + russian)
        if kazakh >= 2 and russian >= 2 and 0.2 <= share <= 0.8:
            return "mixed"
        return "kk" if share > 0.5 else "ru"
    return "kk" if kazakh else "ru"


class _Signs(dict[str, int]):
    """What a word says about the language of its text, worked out once.

    Four counts in one number, so that those of a text are added up at once: Cyrillic letters,
    Latin letters, whether the word is Kazakh, whether it is Russian.
    """

    def __missing__(self, word: str) -> int:
        lower = word.lower()
        kazakh_letters = _KAZAKH_LETTERS.search(lower) is not None
        counts = (
            len(_CYRILLIC.findall(word)),
            len(_LATIN.findall(word)),
            kazakh_letters or lower in _KAZAKH_WORDS,
            not kazakh_letters and (lower in _RUSSIAN_WORDS or _looks_russian(lower)),
        )
        signs = sum(count << shift for count, shift in zip(counts, _SHIFTS, strict=True))
        if len(self) < _MOST_KNOWN and len(word) <= _LONGEST_KNOWN:
            self[word] = signs
        return signs


_SIGNS_OF = _Signs()


def _of_latin_words(words: list[str]) -> str:
    kazakh = sum(1 for word in words if word in _LATIN_KAZAKH)
    russian = sum(1 for word in words if word in _LATIN_RUSSIAN)
    if max(kazakh, russian) >= 2:
        return "kk" if kazakh > russian else "ru"
    return "en" if words else "und"


def _looks_russian(word: str) -> bool:
    return word.endswith(
        (
            "ть",
            "ться",
            "ые",
            "ий",
            "ый",
            "ая",
            "ого",
            "ому",
            "ет",
            "ите",
            "ешь",
            "ция",
            "ость",
            "ения",
            "ении",
            "ами",
            "ах",
            "ов",
            "ой",
            "ей",
        )
    )
