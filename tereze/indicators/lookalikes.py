"""Hosts that imitate a service of Kazakhstan.

The services, their own domains and the words that give an imitation away are data
(``data/services.toml``, which explains each kind of word). A host is read as a hurried person
reads it: letters of other alphabets and digits that look like a Latin letter are that letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tereze.indicators.folding import to_latin
from tereze.indicators.hubs import is_official
from tereze.indicators.reading import data


_LOOKALIKE_DIGITS = str.maketrans("013458", "oieasb")
_SECOND_LEVEL = frozenset({"com", "org", "net", "edu", "gov", "mil", "co", "gob", "ac"})


@dataclass(frozen=True, slots=True)
class _Service:
    domain: str
    official: frozenset[str]
    names: frozenset[str]
    weak: tuple[str, ...]
    inside: tuple[str, ...]
    similar: tuple[str, ...]


_DATA = data("services")
_SERVICES = tuple(
    _Service(
        service["domain"],
        frozenset(service["official"]),
        frozenset(service["names"]),
        tuple(service.get("weak", ())),
        tuple(service["inside"]),
        tuple(service["similar"]),
    )
    for service in _DATA["service"]
)
_GLUE = frozenset(_DATA["glue"]["words"])
_GENUINE = frozenset(_DATA["exempt"]["domains"]).union(*(s.official for s in _SERVICES))


def imitated_by(host: str) -> tuple[str, float] | None:
    """The domain of the service that *host* imitates and how sure that is, or None.

    host: canonical, as `links.Link.host`. Genuine hosts and official ones imitate nobody.

    >>> imitated_by("kaspi-pay.top")
    ('kaspi.kz', 0.95)
    """
    if is_official(host) or _is_genuine(host):
        return None
    seen = _as_seen(host)
    labels = seen.split(".")
    own = _own_labels(labels)
    if not own:
        return None
    words = [word for label in own for word in re.split(r"[-_]", label) if word]
    squeezed = ["".join(re.split(r"[-_]", label)) for label in own]
    for service in _SERVICES:
        confidence = _resemblance(service, own, words, squeezed)
        if confidence:
            return service.domain, confidence
    return None


def _is_genuine(host: str) -> bool:
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


def _resemblance(service: _Service, own: list[str], words: list[str], squeezed: list[str]) -> float:
    for plain, confidence in ((True, 0.95), (False, 0.9)):
        shown = words if plain else [_letters(word) for word in words]
        glued = squeezed if plain else [_letters(label) for label in squeezed]
        if any(word in service.names for word in (*shown, *glued)):
            return confidence
        if any(_is_glued(word, name) for word in shown for name in service.names):
            return confidence
        if any(glued[-1] == name or _is_glued(glued[-1], name) for name in service.weak):
            return confidence
        if any(name in label for label in glued for name in service.inside):
            return confidence
    registered = _letters(own[-1])
    for name in service.similar:
        if any(_one_slip(word, name) for word in {registered, *map(_letters, words)}):
            return 0.75
    return 0.0


def _letters(word: str) -> str:
    """Digits read as letters, and "rn", "vv" as the letter they look like."""
    return word.translate(_LOOKALIKE_DIGITS).replace("rn", "m").replace("vv", "w")


def _is_glued(word: str, name: str) -> bool:
    if len(word) <= len(name):
        return False
    if word.startswith(name):
        return _is_glue(word[len(name) :])
    return word.endswith(name) and _is_glue(word[: -len(name)])


def _is_glue(rest: str) -> bool:
    return rest in _GLUE or rest.isdigit()


def _one_slip(word: str, name: str) -> bool:
    """One letter added, lost, changed, or two neighbours swapped."""
    if word == name or abs(len(word) - len(name)) > 1 or len(word) > 40:
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
