"""Addresses whose punctuation is spelled out or taken apart, put together again.

"kaspi[.]top", "hxxps://", "t . me / name", "ivan собака mail точка ru", "т.ме/name": what people write
so that a filter, or the reader's own program, makes no link of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from tereze.indicators.folding import Folded, fold


# Spelled-out and defanged punctuation; every repetition is bounded, so nothing is quadratic.
_NEXT_TO_LATIN = r"(?=[A-Za-z0-9]|(?:ру|ком|кз|топ|орг|инфо)\b)"
COMMON_ENDINGS = (
    *(
        "kz",
        "ru",
        "com",
        "net",
        "org",
        "site",
        "top",
        "xyz",
        "online",
        "shop",
        "store",
        "club",
        "pro",
    ),
    *("info", "biz", "me", "io", "cc", "su", "рф", "қаз"),
)
"""Endings that are recognised even apart from their host: "kaspi . top"."""
_COMMON = f"(?:{'|'.join(COMMON_ENDINGS)})"
_SPELLED = re.compile(
    r"(?P<apart>(?<!\S)(?:[A-Za-z0-9.@_/:-] ){6,60}[A-Za-z0-9](?!\S))"
    r"|(?P<scheme>\bh ?(?:t ?t|x ?x|х ?х) ?p ?s? ?(?:\[:\]|:|\[://\]) ?/? ?/ ?)"
    r"|(?P<dot>\s?[\[({<]\s?(?:\.|dot|точка|тчк|дот|нүкте|нукте)\s?[\])}>]\s?)"
    r"|(?<=[A-Za-z0-9])(?P<round_at>\([aа]\))(?=[A-Za-z0-9])"
    r"|(?<=[A-Za-z0-9])\s(?P<english_at>at)\s(?=[A-Za-z0-9-]{2,30}\s?[\[(]?(?:dot|точка)\b)"
    r"|(?P<at>\s?[\[({<]\s?(?:@|at|собак[аи]|собачка|эт|айқұлақ|айкулак)\s?[\])}>]\s?)"
    r"|(?P<telegram>(?<![\w.])(?!t\.me/)[tт]\s?(?:[.,]|[\[(]\.[\])]|(?:точка|тчк|dot|нүкте|нукте)\b)?\s?"
    r"(?:me|ме)\s?(?:[/\\]|\[/\]|\b(?:слэш|слеш|slash)\b)\s?(?=[+\w@]))"
    r"|(?P<whatsapp>(?<![\w.])(?!wa\.me/)(?:[wԝ][aа]|ва|уа)\s?(?:[.,]|[\[(]\.[\])]|(?:точка|тчк|dot|нүкте|нукте)\b)\s?"
    r"(?:me|ме)\s?(?:[/\\]|\[/\]|\b(?:слэш|слеш|slash)\b)\s?(?=[+\d]))"
    r"|(?<=[aа]\.me/)(?P<number>\+?\d[\d ()-]{9,18}\d)(?![\w])"
    r"|(?P<spaced_at>(?<=[A-Za-z0-9_])(?: ?@ (?=[A-Za-z0-9-]{2,30} ?\. ?[A-Za-z]{2,10}(?![\w-]))"
    r"| @(?=(?:mail|gmail|bk|list|inbox|yandex|ya|icloud|outlook|hotmail|rambler)\.)))"
    rf"|(?<=[A-Za-z0-9])\s{{1,3}}(?P<said_dot>dot|точка|тчк|нүкте|нукте)\s{{1,3}}{_NEXT_TO_LATIN}"
    r"|(?<=[A-Za-z0-9])\s{1,3}(?P<said_line>нижн\w{2} подч[её]рк\w{4,8}|underscore|астыңғы сызық)\s{1,3}(?=[A-Za-z0-9])"
    r"|(?<=[A-Za-z0-9])\s{1,3}(?P<said_dash>тире|дефис|сызықша)\s{1,3}(?=[A-Za-z0-9])"
    r"|(?<=[A-Za-z0-9._])\s{0,3}(?P<said_at>собак[аи]|собачка|sobaka|айқұлақ|айкулак|ит белгісі)\s{0,3}(?=[A-Za-z0-9])"
    rf"|(?<=[a-z0-9])(?P<loose_dot> \. ?(?=(?-i:{_COMMON})(?![\w-]))"
    r"|,(?=(?-i:kz|ru|com)(?![\w-]))|\. (?=(?:(?-i:ru|com|net|org|рф|қаз)|kz)(?![\w-])))"
    r"|(?<=[A-Za-z0-9])\s{1,3}(?P<said_slash>слэш|слеш|slash)\s{1,3}(?=[A-Za-z0-9])"
    r"|(?<=joinchat)(?P<loose_slash> / ?|/ )(?=[A-Za-z0-9])"
    r"|(?<=//)(?P<escaped>[\w.-]{0,60}(?:%[0-9a-f]{2}[\w.-]{0,60}){1,40})"
    r"|(?P<colon>\[:\])|(?P<slash>\[/\])",
    re.IGNORECASE,
)
_MAYBE_SPELLED = re.compile(
    r"[\[({<]\s?(?:\.|:|/|@|dot|at|точка|тчк|дот|соба|эт|ай|нү|ну)| \.|,(?:kz|ru|com)"
    r"|\. (?:kz|ru|com|net|org|рф|қаз)|//[\w.-]{0,60}%|joinchat ?/ "
)
SAID_WORDS = frozenset(
    (
        *(
            "dot",
            "точка",
            "тчк",
            "дот",
            "нүкте",
            "нукте",
            "at",
            "эт",
            "собака",
            "собаки",
            "собачка",
        ),
        *(
            "sobaka",
            "айқұлақ",
            "айкулак",
            "белгісі",
            "hxxp",
            "hxxps",
            "http",
            "https",
            "h",
            "hтт",
            "hхх",
        ),
        *("me", "ме", "tme", "тме", "подчеркивание", "underscore", "сызық", "тире", "дефис"),
        "сызықша",
    )
)
"""Words of which one is in every address with spelled-out punctuation, beside its ending."""
_SPELLED_WORDS = (
    *("h t", "h x", "hxx", "hтт", "hхх", "http ", "https ", "http:/ ", "https:/ "),
    *(" dot ", "точка", "тчк", "нүкте", "нукте", "собак", "собач", "sobaka", "айқұлақ", "айкулак"),
    *(
        "ит белгісі",
        "подчеркив",
        "подчёркив",
        "underscore",
        "сызық",
        " тире ",
        "дефис",
        "@ ",
        "ме/",
        "ме /",
        "me /",
        ",me/",
        "tme/",
        "слэш",
        "слеш",
        "slash",
        "[/]",
        "me\\",
        "t me/",
        "wa me/",
        "(a)",
        "(а)",
        "wa.me/+",
        "wa.me/7",
        "wa.me/8",
        "wа.me/",
    ),
    *(" @mail.", " @gmail.", " @bk.", " @list.", " @inbox.", " @yandex.", " @ya.", " @icloud."),
    *(" @outlook.", " @hotmail.", " @rambler."),
)
_REPLACED = {
    "dot": ".",
    "said_dot": ".",
    "said_line": "_",
    "said_dash": "-",
    "loose_dot": ".",
    "at": "@",
    "said_at": "@",
    "round_at": "@",
    "english_at": "@",
    "spaced_at": "@",
    "telegram": "t.me/",
    "whatsapp": "wa.me/",
    "colon": ":",
    "slash": "/",
    "said_slash": "/",
    "loose_slash": "/",
}
_ESCAPES = re.compile(r"(?:%[0-9a-f]{2})+", re.IGNORECASE)
_IN_A_HOST = re.compile(r"[\w.-]+")


def spelled_out(folded: Folded) -> Folded:
    """A further copy in which spelled-out and defanged punctuation is punctuation again.

    >>> from tereze.indicators.folding import fold
    >>> spelled_out(fold("hxxps://kaspi[.]top")).text
    'https://kaspi.top'
    """
    lower = folded.text.lower()
    if not any(map(lower.__contains__, _SPELLED_WORDS)) and not _MAYBE_SPELLED.search(lower):
        return folded
    return folded.rewrite(_spelled_edits(folded.text))


def _spelled_edits(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _SPELLED.finditer(text):
        kind = match.lastgroup or ""
        if kind == "scheme":
            secure = "s" if "s" in match.group().lower() else ""
            yield match.start(), match.end(), f"http{secure}://"
        elif kind == "apart":  # "k a s p i - p a y . t o p"
            if "." in match.group() or "@" in match.group():
                yield match.start(), match.end(), match.group().replace(" ", "")
        elif kind == "number":
            yield match.start(), match.end(), "".join(filter(str.isdigit, match.group()))
        elif kind == "escaped":
            yield from _unescaped(text, *match.span())
        else:
            yield match.start(), match.end(), _REPLACED[kind]


def _unescaped(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The escapes of a host as programs read them (WHATWG URL): "kaspi%2etop" is kaspi.top."""
    for match in _ESCAPES.finditer(text, start, end):
        plain = fold(unquote(match.group())).text
        if _IN_A_HOST.fullmatch(plain):
            yield *match.span(), plain
