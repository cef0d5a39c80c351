"""Hosts that imitate a service of Kazakhstan.

The services, their own domains and the words that give an imitation away are data
(``data/services.toml``, which explains each kind of word). A host is read as a hurried person
reads it: letters of other alphabets and digits that look like a Latin letter are that letter.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tereze.indicators.folding import to_latin
from tereze.indicators.hubs import is_official
from tereze.indicators.reading import data


_LOOKALIKE_DIGITS = str.maketrans("013458", "oieasb")
_SECOND_LEVEL = frozenset({"com", "org", "net", "edu", "gov", "mil", "co", "gob", "ac"})


_DATA = data("services")


def _by_word(kind: str) -> dict[str, str]:
    """Every word of one kind, with the domain of its service."""
    return {word: s["domain"] for s in _DATA["service"] for word in s.get(kind, ())}


_NAMES = _by_word("names")
_WEAK = _by_word("weak")
_INSIDE_OF = _by_word("inside")
_INSIDE = re.compile("|".join(sorted(map(re.escape, _INSIDE_OF), key=len, reverse=True)))
_ANY_NAME = re.compile(
    "|".join({re.escape(word.replace("-", "")) for word in (*_NAMES, *_WEAK, *_INSIDE_OF)})
)
_SIMILAR: dict[int, list[tuple[str, str]]] = {}
for _name, _domain in _by_word("similar").items():
    for _length in range(len(_name) - 1, len(_name) + 2):
        _SIMILAR.setdefault(_length, []).append((_name, _domain))
_OFFICIAL = _by_word("official")
_GLUE = frozenset(_DATA["glue"]["words"])
_GENUINE = _OFFICIAL.keys() | set(_DATA["exempt"]["domains"])


@lru_cache(maxsize=4096)
def imitated_by(host: str) -> tuple[str, float] | None:
    """The domain of the service that *host* imitates and how sure that is, or None.

    host: canonical, as `links.Link.host`. Genuine hosts and official ones imitate nobody.

    >>> imitated_by("kaspi-pay.top")
    ('kaspi.kz', 0.95)
    """
    if is_genuine(host):
        return None
    seen = _as_seen(host)
    labels = seen.split(".")
    own = _own_labels(labels)
    if not own:
        return None
    return _resemblance(own)


def shown_first(user: str) -> tuple[str, float] | None:
    """The service whose genuine domain stands before "@" in a foreign address (RFC 3986 userinfo).

    user: what stands there; how sure we are beside the domain, as in `imitated_by`.
    """
    shown = user.lower().partition(":")[0].removeprefix("www.")
    domain = _OFFICIAL.get(shown)
    return (domain, 0.95) if domain else None


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


def _resemblance(own: list[str]) -> tuple[str, float] | None:
    """The service the labels resemble: as they are, then with digits read as letters."""
    for labels, confidence in ((own, 0.95), ([_letters(label) for label in own], 0.9)):
        squeezed = [label.replace("-", "").replace("_", "") for label in labels]
        if _ANY_NAME.search(".".join(squeezed)):
            domain = _named(labels, squeezed)
            if domain:
                return domain, confidence
    for word in {_letters(own[-1]), *map(_letters, re.split(r"[-_]", own[-1]))}:
        for name, domain in _SIMILAR.get(len(word), ()):
            if _one_slip(word, name):
                return domain, 0.75
    return None


def _named(labels: list[str], squeezed: list[str]) -> str | None:
    """The service whose name stands in a label: as a word, glued to another, or anywhere in it."""
    words = [word for label in labels for word in re.split(r"[-_]", label) if word]
    for word in (*words, *squeezed):
        domain = _NAMES.get(word) or _glued(word, _NAMES)
        if domain:
            return domain
    domain = _WEAK.get(squeezed[-1]) or _glued(squeezed[-1], _WEAK)
    inside = _INSIDE.search(".".join(squeezed))
    return domain or (_INSIDE_OF[inside.group()] if inside else None)


def _letters(word: str) -> str:
    """Digits read as letters, and "rn", "vv" as the letter they look like."""
    return word.translate(_LOOKALIKE_DIGITS).replace("rn", "m").replace("vv", "w")


def _glued(word: str, names: dict[str, str]) -> str | None:
    """The service whose name begins or ends *word*, the rest being what fraudsters add."""
    for cut in range(1, min(len(word), 40)):
        head, tail = word[:cut], word[cut:]
        if head in names and (tail in _GLUE or tail.isdigit()):
            return names[head]
        if tail in names and (head in _GLUE or head.isdigit()):
            return names[tail]
    return None


def _one_slip(word: str, name: str) -> bool:
    """One letter added, lost, changed, or two neighbours swapped.

    The lengths differ by one at most, see `_SIMILAR`.
    """
    if word == name or (word[0] != name[0] and word[-1] != name[-1]):
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
