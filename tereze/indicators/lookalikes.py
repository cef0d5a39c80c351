"""Hosts that imitate a service of Kazakhstan.

The services, their own domains and the words that give an imitation away are data
(``data/services.toml``, which explains each kind of word). A host is read as a hurried person
reads it: letters of other alphabets and digits that look like a Latin letter are that letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from tereze.indicators.folding import to_latin
from tereze.indicators.hubs import is_official
from tereze.indicators.reading import data


_SAME_SHAPE = str.maketrans("01i3458|q9", "olleasblgg")
_SECOND_LEVEL = frozenset({"com", "org", "net", "edu", "gov", "mil", "co", "gob", "ac"})


_DATA = data("services")


def _by_word(kind: str) -> dict[str, str]:
    """Every word of one kind, with the domain of its service."""
    return {word: s["domain"] for s in _DATA["service"] for word in s.get(kind, ())}


def _as_drawn(word: str) -> str:
    """*word* with what looks the same written the same: "kaspl" and "kaspi", "eqov" and "egov"."""
    return word.translate(_SAME_SHAPE).replace("rn", "m").replace("vv", "w")


class _Names:
    """The words of all services under one way of reading, and the look-ups in them."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self.read = read
        self.names, self.weak, self.inside = (
            {read(word): domain for word, domain in _by_word(kind).items()}
            for kind in ("names", "weak", "inside")
        )
        self.glue = frozenset(map(read, _DATA["glue"]["words"]))
        self.inner = _any_of(self.inside)
        self.any = _any_of(
            word.replace("-", "") for word in (*self.names, *self.weak, *self.inside)
        )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(set(map(re.escape, words)), key=len, reverse=True)))


_AS_WRITTEN = _Names(str)
_AS_DRAWN = _Names(_as_drawn)
_SIMILAR: dict[int, list[tuple[str, str]]] = {}
for _name, _domain in _by_word("similar").items():
    for _length in range(len(_name) - 1, len(_name) + 2):
        _SIMILAR.setdefault(_length, []).append((_as_drawn(_name), _domain))
_OFFICIAL = _by_word("official")
_NO_SLIPS = frozenset(map(_as_drawn, _DATA["exempt"]["words"]))
_CHEAP = frozenset(_DATA["cheap"]["zones"])
_OFFICIAL_AHEAD = re.compile(
    r"(?:^|\.)(?:www\.)?(?P<domain>" + "|".join(map(re.escape, _OFFICIAL)) + r")(?:\.|-(?=.*\.))"
)
_GENUINE = _OFFICIAL.keys() | set(_DATA["exempt"]["domains"])


class Imitation(NamedTuple):
    """Whom a host imitates, how surely (0-1), and by which trick.

    how: ``subdomain`` (kaspi.kz.evil.top), ``user`` (kaspi.kz@evil.top), ``homoglyph`` (kaspl.kz,
    kаspi.kz), ``zone`` (kaspi.top), ``hyphen`` (kaspi-pay.top), ``glued`` (kaspipay.top),
    ``inside`` (mykaspishop.top) or ``misspelling`` (kasspi.kz).
    """

    domain: str
    confidence: float
    how: str


@lru_cache(maxsize=4096)
def imitated_by(host: str) -> Imitation | None:
    """The service that *host* imitates, or None.

    host: canonical, as `links.Link.host`. Genuine hosts and official ones imitate nobody.

    >>> imitated_by("kaspi-pay.top")
    Imitation(domain='kaspi.kz', confidence=0.95, how='hyphen')
    """
    if is_genuine(host):
        return None
    seen = _as_seen(host)
    before = _OFFICIAL_AHEAD.search(seen)
    if before:
        return Imitation(_OFFICIAL[before["domain"]], 0.95, "subdomain")
    labels = seen.split(".")
    own = _own_labels(labels)
    found = _resemblance(own) or _in_cheap_zone(own[-1], labels[-1]) if own else None
    mixed = seen != host and seen.isascii()
    return found._replace(how="homoglyph") if found and mixed else found


def shown_first(user: str) -> Imitation | None:
    """The service whose genuine domain stands before "@" in a foreign address (RFC 3986 userinfo).

    user: what stands there.
    """
    shown = user.lower().partition(":")[0].removeprefix("www.")
    domain = _OFFICIAL.get(shown)
    return Imitation(domain, 0.95, "user") if domain else None


def is_genuine(host: str) -> bool:
    """Whether *host* (canonical) is a known service's own or an official one."""
    if is_official(host):
        return True
    labels = host.split(".")
    return any(
        ".".join(labels[n:]) in _GENUINE for n in range(max(0, len(labels) - 5), len(labels))
    )


def _as_seen(host: str) -> str:
    labels = []
    for label in host.split("."):
        shown = label
        if label.startswith("xn--"):
            try:
                shown = label[4:].encode("ascii").decode("punycode")
            except (UnicodeError, ValueError):
                shown = label
        latin = to_latin(shown.lower())
        labels.append(latin if latin.isascii() else shown.lower())
    return ".".join(labels)


def _own_labels(labels: list[str]) -> list[str]:
    """What the owner chose: everything but the ending, and "com" before a country's ending."""
    own = labels[:-1]
    if len(own) > 1 and own[-1] in _SECOND_LEVEL:
        own = own[:-1]
    return own[-6:]


def _resemblance(own: list[str]) -> Imitation | None:
    """The service the labels resemble: as they are, then as they are drawn, then but for a slip."""
    drawn = [_as_drawn(label) for label in own]
    for names, labels, confidence in ((_AS_WRITTEN, own, 0.95), (_AS_DRAWN, drawn, 0.9)):
        squeezed = [label.replace("-", "").replace("_", "") for label in labels]
        if names.any.search(".".join(squeezed)):
            named = _named(labels, squeezed, names)
            if named:
                how = named[1] if names is _AS_WRITTEN else "homoglyph"
                return Imitation(named[0], confidence, how)
    for word in {drawn[-1], squeezed[-1], *re.split(r"[-_]", drawn[-1])}:
        for name, domain in _SIMILAR.get(len(word), ()):
            if _one_slip(word, name):
                return Imitation(domain, 0.75, "misspelling")
    return None


def _named(labels: list[str], squeezed: list[str], names: _Names) -> tuple[str, str] | None:
    """The service whose name stands in a label, and how: as a word, glued to another, anywhere."""
    for label, whole in zip(labels, squeezed, strict=True):
        for word in (whole, *re.split(r"[-_]", label)):
            if domain := names.names.get(word):
                return domain, "zone" if word == label else "hyphen"
            if domain := _glued(word, names.names, names.glue):
                return domain, "hyphen" if whole != label else "glued"
    last, hyphened = squeezed[-1], squeezed[-1] != labels[-1]
    if domain := names.weak.get(last):
        return domain, "hyphen" if hyphened else "zone"
    if domain := _glued(last, names.weak, names.glue):
        return domain, "hyphen" if hyphened else "glued"
    inside = names.inner.search(".".join(squeezed))
    return (names.inside[inside.group()], "inside") if inside else None


def _in_cheap_zone(label: str, zone: str) -> Imitation | None:
    """A service's word of the language beside another word, where names cost next to nothing."""
    if zone in _CHEAP:
        for word in label.split("-"):
            if domain := _AS_WRITTEN.weak.get(word):
                return Imitation(domain, 0.6, "hyphen")
    return None


def _glued(word: str, names: dict[str, str], glue: frozenset[str]) -> str | None:
    """The service whose name begins or ends *word*, the rest being what fraudsters add."""
    for cut in range(1, min(len(word), 40)):
        head, tail = word[:cut], word[cut:]
        if head in names and (tail in glue or tail.isdigit()):
            return names[head]
        if tail in names and (head in glue or head.isdigit()):
            return names[tail]
    return None


def _one_slip(word: str, name: str) -> bool:
    """One letter added, lost, changed, or two neighbours swapped.

    The lengths differ by one at most, see `_SIMILAR`.
    """
    if (
        not word
        or word == name
        or word in _NO_SLIPS
        or (word[0] != name[0] and word[-1] != name[-1])
    ):
        return False
    at = 0
    while at < min(len(word), len(name)) and word[at] == name[at]:
        at += 1
    rest, wanted = word[at:], name[at:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:])
    )
