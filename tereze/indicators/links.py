"""Web addresses, hosts and e-mail addresses, as written, defanged or spelled out.

Hosts follow RFC 1123 and RFC 5890 (labels of letters, digits and inner hyphens, also in
Cyrillic); addresses RFC 3986. A host without a scheme must end in a domain of ``data/endings.toml``,
so that a missing space after a full stop makes no link. Letters that only look Latin are read as
Latin where they are mixed with Latin ones inside a label: registries do not register such names,
people type them to pass a filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl

from tereze.indicators.folding import Folded, fold, to_latin
from tereze.indicators.glued import host_ending, own_length
from tereze.indicators.reading import data
from tereze.indicators.spelled import spelled_out


_LONGEST_PATH = 2000
_LONGEST_HOST = 253

_HOST = re.compile(r"(?<![\w-])[\w-]++(?:\.[\w-]++)++")
_MAYBE_HOST = re.compile(r"\w\.\w")
_SCHEME = re.compile(r"(?P<scheme>https?|ftp)://(?P<user>[^\s/@]{1,100}@)?\Z", re.IGNORECASE)
_TAIL = re.compile(rf"(?P<port>:\d{{1,5}})?(?P<rest>[/?#][^\s<>\"«»“”\x00]{{0,{_LONGEST_PATH}}})?")
_NEXT_LINK = re.compile(r"(?<![=/?&:%])https?://", re.IGNORECASE)  # "…/namehttps://wa.me/…"
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+=?^_`{|}~\u0400-\u04ff-]")
_MAYBE_APP = re.compile(r":(?<=[gGpPrRlL]:)(?=/|\+?\d)")
_NOT_ASCII = re.compile(r"[^!-~]")
_APPS = re.compile(
    r"(?<![\w/?&=.#])(?:tg|whatsapp|viber|tel):(?://)?[^\s<>\"«»]{1,300}", re.IGNORECASE
)

_ENDINGS = frozenset(ending for endings in data("endings").values() for ending in endings)
ENDINGS_FOR_ALL = frozenset({"kz", "ru", "com", "net", "org", "xn--p1ai"})
_GLUED = re.compile(r"(?P<sentence>[А-Яа-яЁёәғқңөұүһіӘҒҚҢӨҰҮҺІ]+)(?=[A-Za-z0-9][A-Za-z0-9-]{2,}\Z)")
_FILE_NAMES = (
    "readme",
    "changelog",
    "license",
    "contributing",
    "index",
    "notes",
    "todo",
    "faq",
    "docs",
)
_FILES = frozenset(f"{name}.md" for name in _FILE_NAMES)
_FILE_SUFFIXES = frozenset(
    ["txt", "doc", "docx", "pdf", "xls", "xlsx", "jpg", "jpeg", "png", "apk", "exe", "zip", "rar"]
)
_NUMBERED = re.compile(r"\d{1,2}\.")  # "пункт 3.ru"
_TLD_SPELLINGS = {"ру": "ru", "ком": "com", "кз": "kz", "топ": "top", "орг": "org", "инфо": "info"}
ENDING_SPELLINGS = frozenset(
    {*_TLD_SPELLINGS, "xn", *(ending for ending in _ENDINGS if not ending.startswith("xn--"))}
    | {to_latin(ending) for ending in _TLD_SPELLINGS}
)
"""How the last letters of a host may be written, lower case."""
APP_SCHEMES = frozenset(["tg", "whatsapp", "viber", "tel"])
_TRACKING = re.compile(
    r"(?:utm_\w+|gclid|fbclid|yclid|ysclid|msclkid|dclid|gbraid|wbraid|_openstat|mc_[ce]id|igshid|"
    r"igsh|srsltid|_ga|_gl|spm|scm|ref_src|reason|search_reason|from_source)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """An address found in a text.

    url: canonical address, for apps' own schemes as written. host: canonical host; path: with
    query; fragment: what stood behind "#". span: in the original. host_span: of the host alone. given_path: whether a path was
    written. scheme: as read, empty if none was written. user: what stood before "@" in the
    address, a trick to show a foreign name first. written: the host with its own letters, in
    punycode, where letters of two alphabets were mixed; otherwise as *host*.
    """

    url: str
    host: str
    path: str
    span: tuple[int, int]
    host_span: tuple[int, int]
    given_path: bool
    scheme: str
    user: str = ""
    written: str = ""
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address found in a text; host and spans as in `Link`."""

    value: str
    host: str
    span: tuple[int, int]
    host_span: tuple[int, int]


def find_emails(view: Folded) -> Iterator[Email]:
    """Every e-mail address of *view* (a text from `spelled_out`)."""
    text = view.text
    at = text.find("@")
    while at >= 0:
        start = at
        while start > 0 and at - start < 64 and _LOCAL.match(text[start - 1]):
            start -= 1
        local = _local_part(text[start:at])
        host = _HOST.match(text, at + 1)
        end = at
        in_address = text.endswith("//", max(0, start - 2), start)
        if local and host and not in_address:
            read = read_host(host.group(), trusted=False)
            if read and read.start == 0 and ".." not in local and local[-1] != ".":
                end = host.start() + read.end
                value = f"{local}@{read.host}".lower()
                host_span = view.span(host.start() + read.start, end)
                yield Email(value, read.host, view.span(at - len(local), end), host_span)
        at = text.find("@", max(end, at + 1))


def _local_part(written: str) -> str:
    """What before "@" belongs to the address: not a word of the sentence glued to it."""
    latin = to_latin(written)
    if not latin.isascii():
        latin = _NOT_ASCII.split(written)[-1]
    return latin.lstrip(".!#$%&'*/=?^`{|}~-")


def find_links(view: Folded) -> Iterator[Link]:
    """Every web address and bare host of *view* (a text from `spelled_out`, e-mails masked)."""
    text = view.text
    for match in _APPS.finditer(text) if _MAYBE_APP.search(text) else ():
        address = _trim(match.group())
        span = view.span(match.start(), match.start() + len(address))
        scheme = address.split(":", 1)[0].lower()
        yield Link(address, "", address, span, span, given_path=True, scheme=scheme)
    if not _MAYBE_HOST.search(text):
        return
    done = 0
    for match in _HOST.finditer(text):
        if match.start() < done or text.startswith("@", match.end()):
            continue
        link, end = _read_link(view, match)
        if link:
            done = end
            yield link


def parse_link(written: str) -> Link | None:
    """The one address in what a person typed, with or without a scheme, or None."""
    text = written.strip()
    for attempt in (text, "https://" + text):
        links = list(find_links(spelled_out(fold(attempt))))
        if len(links) == 1:
            return links[0]
    return None


def led_to(link: Link) -> Link | None:
    """Where a link that only leads on does: "google.com/url?q=https://kaspi-pay.top", or None."""
    if "http" not in link.path:
        return None
    for _, value in parse_qsl(link.path.partition("?")[2]):
        target = parse_link(value) if value.lower().startswith(("http://", "https://")) else None
        if target:
            return replace(target, span=link.span, host_span=link.span)
    return None


def parse_email(written: str) -> str | None:
    """The one e-mail address in what a person typed, or None."""
    emails = list(find_emails(spelled_out(fold(written))))
    return emails[0].value if len(emails) == 1 else None


def _read_link(view: Folded, match: re.Match[str]) -> tuple[Link | None, int]:
    text = view.text
    before = text[match.start() - 1 : match.start()]
    scheme = None
    if before in {"/", "@"}:
        scheme = _SCHEME.search(text, max(0, match.start() - 110), match.start())
    read = read_host(match.group(), trusted=scheme is not None)
    if (
        read is None
        or (scheme is None and (read.host in _FILES or _NUMBERED.match(read.host)))
        or (before == "@" and scheme is None)
    ):
        return None, 0
    host_start, host_end = match.start() + read.start, match.start() + read.end
    if scheme and read.start:
        scheme = None
    tail = _TAIL.match(text, host_end)
    port = rest = ""
    if tail and host_end == match.end():
        port, rest = tail["port"] or "", _trim(tail["rest"] or "")
    path = _without_tracking(rest)
    if (scheme["scheme"].lower() if scheme else "") == "ftp":
        return None, 0
    shown_port = "" if port in {":80", ":443"} else port
    start = scheme.start() if scheme else host_start
    end = host_end + len(port) + len(rest)
    link = Link(
        url=f"https://{read.host}{shown_port}{path}",
        host=read.host,
        path=path,
        span=view.span(start, end),
        host_span=view.span(host_start, host_end),
        given_path=path not in {"", "/"} or bool(shown_port),
        scheme=scheme["scheme"].lower() if scheme else "",
        user=((scheme["user"] or "")[:-1] if scheme else ""),
        written=read.written,
        fragment=rest.partition("#")[2],
    )
    return link, end


@dataclass(frozen=True, slots=True)
class Host:
    """A host read from a dotted word: canonical form, which part of the word, as in `Link`."""

    host: str
    start: int
    end: int
    written: str


@lru_cache(maxsize=2048)
def read_host(word: str, *, trusted: bool) -> Host | None:
    """The host in a word with dots, or None.

    word: labels joined by dots, possibly with a sentence's words glued to either end.
    trusted: it stands after "://" or alone in a field, so any plausible ending will do.
    """
    labels = _unglued(word[: _LONGEST_HOST + 60].split("."))
    if trusted and len(labels) == 4 and all(p.isascii() and p.isdigit() for p in labels):
        return Host(word, 0, len(word), word) if all(int(p) < 256 for p in labels) else None
    latin = [_latin_label(label) for label in labels]
    last = _last_label(labels, latin, trusted=trusted)
    first = _first_label(latin, last, trusted=trusted)
    if first >= last or (not trusted and labels[-1].lower() in _FILE_SUFFIXES):
        return None
    glued = 0
    if not trusted and latin[last].isascii() and (tail := _GLUED.match(latin[first])):
        glued = len(tail["sentence"])
        latin[first] = latin[first][glued:]
    used = [_decoded(label.lower()) for label in latin[first : last + 1]]
    used[-1] = _TLD_SPELLINGS.get(used[-1], used[-1])
    start = sum(len(label) + 1 for label in labels[:first]) + glued
    end = start - glued + len(".".join(labels[first : last + 1]))
    host = ".".join(used)
    own = [labels[first][glued:], *labels[first + 1 : last]]
    changed = any(a != b for a, b in zip(own, latin[first:last], strict=True))
    written = ".".join([*map(_punycode, own), used[-1]]) if changed else host
    return Host(host, start, end, written) if len(host) <= _LONGEST_HOST else None


def _unglued(labels: list[str]) -> list[str]:
    """The labels without what a sentence has glued to the first that so becomes a host's ending."""
    for index, label in enumerate(labels[1:], 1):
        ending = host_ending(label)
        if ending.lower() in _ENDINGS and labels[index - 1].isascii():
            return [*labels[:index], ending]
    return labels


def _first_label(latin: list[str], last: int, *, trusted: bool) -> int:
    """The index of the first label of a host that ends with *last*; *last* itself if there is none.

    "сайте.kaspi-pay.top" begins with a word of the sentence, its space forgotten: a label in other
    letters than its ending is taken only right before an ending that sells such names.
    """
    first = last
    while first > 0 and last - first < 9 and _LABEL.fullmatch(latin[first - 1]):
        foreign = not latin[first - 1].isascii() and latin[last].isascii() and not trusted
        glued = foreign and _GLUED.match(latin[first - 1])
        if foreign and not glued and (first < last or latin[last].lower() not in ENDINGS_FOR_ALL):
            break
        first -= 1
        if glued:
            break
    return first


def _last_label(labels: list[str], latin: list[str], *, trusted: bool) -> int:
    """The index of the label that is the host's ending: the last that may be one."""
    for index in range(len(labels) - 1, max(0, len(labels) - 4), -1):
        ending = latin[index].lower()
        if ending in _ENDINGS:
            return index
        if ending in _TLD_SPELLINGS and latin[index - 1].isascii():
            return index
    ending = latin[-1].lower()
    plausible = ending.isalpha() or ending.startswith("xn--")
    return len(labels) - 1 if trusted and plausible and len(ending) > 1 else 0


def _latin_label(label: str) -> str:
    """A label of mixed alphabets in Latin letters, if all its letters have Latin twins."""
    if label.isascii():
        return label
    latin = to_latin(label)
    if not latin.isascii():
        return label
    mixed = any(c.isascii() and c.isalpha() for c in label)
    return latin if mixed or latin.lower() in {"com", "kz", "me", "top", "xyz"} else label


def _punycode(label: str) -> str:
    label = label.lower()
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _decoded(label: str) -> str:
    """A punycode label in its own letters, unless that would hide a mixture of alphabets."""
    if not label.startswith("xn--"):
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
    mixed = any(c.isascii() and c.isalpha() for c in decoded)
    return label if mixed or not _LABEL.fullmatch(decoded) else decoded.lower()


def _trim(address: str) -> str:
    """Without the sentence's words and punctuation at its end; a bracket closes if it was opened."""
    address = address[: own_length(address)]
    following = _NEXT_LINK.search(address, 1)
    address = address[: following.start()] if following else address
    opened = 0
    for position, character in enumerate(address if ")" in address else ""):
        opened += (character == "(") - (character == ")")
        if opened < 0:  # "(see http://a.kz/b)and": the bracket is the sentence's
            address = address[:position]
            break
    end = len(address)
    while end and address[end - 1] in ".,;:!?'\"»”’)]}*_~`|…":
        closing = address[end - 1]
        opening = {")": "(", "]": "[", "}": "{"}.get(closing)
        if opening and address.count(opening, 0, end) >= address.count(closing, 0, end):
            break
        if closing == "_" and address[end - 2 : end - 1].isalnum():
            break
        end -= 1
    return address[:end]


def _without_tracking(rest: str) -> str:
    """Path and query without fragment and tracking parameters; at least "/" (RFC 3986 §6.2.3)."""
    rest = rest.split("#", 1)[0]
    path, mark, query = rest.partition("?")
    if mark:
        kept = [
            pair for pair in query.split("&") if pair and not _TRACKING.match(pair.split("=")[0])
        ]
        query = "&".join(kept)
    return (path or "/") + (f"?{query}" if mark and query else "")
