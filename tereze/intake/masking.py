"""The working copy: what lists, search and assessments may hold of a text.

Cards keep their first six and last four digits; the reporter's own numbers keep the last two.
Every character is replaced by one character, so spans fit the original and the copy alike.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from tereze.indicators import Indicator, extract


DOT = "•"
CARD_LIKE = re.compile(
    r"(?<![\d+])\d(?:[ \u00a0-]?\d){15}(?!\d)"
)  # also one with a slip of the pen
# called an ИИН, whatever its check digit says; that of another person is an indicator
IIN_LIKE = re.compile(r"(\b(?:иин|жсн)\w*[\s:№-]{0,3})(\d(?:[ -]?\d){11})(?!\d)", re.IGNORECASE)
PHONE_OR_CARD = {"phone", "whatsapp", "card", "iban", "iin", "email"}

# «мой номер …», «с моей карты …», «менің шотым …»: the number that follows is the speaker's own.
NUMBER_WORDS = (
    r"номер\w*|тел\w*|сот\w*|карт\w*|сч[её]т\w*|иин|жсн|iban|нөмір\w*|нөмер\w*|шот\w*|ұялы\w*|"
    r"ватсап\w*|whatsapp|почт\w*|пошта\w*|number|phone|card|account|e-?mail"
)
OWN_BEFORE = re.compile(
    rf"(?:\b(?:мо[йяеюёи]\w*|сво[йяеюёи]\w*|менің|өз\w*|my)\s+(?:\w+\s+)?(?:{NUMBER_WORDS})"
    rf"|\b(?:мне|маған)\s+на\s+(?:{NUMBER_WORDS})?"
    rf"|\b(?:нөмірім|нөмерім|телефоным|картам|шотым|жсн-?ім)\w*)[^.!?\n\d+@]{{0,16}}$",
    re.IGNORECASE,
)
OTHERS_BEFORE = re.compile(
    r"(?:получател|мошенник|алаяқ|алушы|\bего\b|\bеё\b|\bее\b|\bих\b|оның|на\s+имя)[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
SHOWN_BEFORE = re.compile(
    r"(?:звон\w*|перезвон\w*|набра\w*|номера|қоңырау\w*|шал\w*|нөмірінен|call\w*)[^.!?\n\d]{0,40}$",
    re.IGNORECASE,
)
# Kazakh puts such words behind the number: «… менің нөмірім», «… нөмірінен қоңырау шалды»
OWN_AFTER = re.compile(
    rf"^\s*[-–—,(]?\s*(?:это\s+|бұл\s+)?(?:(?:мо[йяё]\w*|менің|өзім\w*|my)\s+(?:{NUMBER_WORDS})"
    r"|нөмірім|телефоным|картам|шотым)",
    re.IGNORECASE,
)
SHOWN_AFTER = re.compile(
    r"^\s*(?:деген\s+)?(?:нөмір\w*(?:нен|ден)\b|номер\w*(?:нен|ден)\b|звонил|қоңырау\s+шал|called)",
    re.IGNORECASE,
)
WINDOW = 60


def before(text: str, found: Indicator) -> str:
    return text[max(0, found.span[0] - WINDOW) : found.span[0]]


def after(text: str, found: Indicator) -> str:
    return text[found.span[1] : found.span[1] + WINDOW]


def own_in(text: str, found: Iterable[Indicator]) -> set[str]:
    """Values the speaker calls their own. An ИИН is the speaker's unless it is called another's."""
    own = set()
    for item in found:
        if item.type not in PHONE_OR_CARD:
            continue
        lead = before(text, item)
        said_own = OWN_BEFORE.search(lead) or OWN_AFTER.search(after(text, item))
        if said_own or (item.type == "iin" and not OTHERS_BEFORE.search(lead)):
            own.add(item.value)
    return own


def contact_values(contact: str) -> frozenset[str]:
    """What the contact field holds, in canonical form."""
    return frozenset(item.value for item in extract(contact) if item.type in PHONE_OR_CARD)


def shown_in(text: str, found: Iterable[Indicator]) -> set[str]:
    """Numbers that a telephone displayed: they may be imitated."""
    return {
        item.value
        for item in found
        if item.type == "phone"
        and (SHOWN_BEFORE.search(before(text, item)) or SHOWN_AFTER.search(after(text, item)))
    }


def dotted(raw: str, *, first: int, last: int) -> str:
    total = sum(letter.isalnum() for letter in raw)
    seen, out = 0, []
    for letter in raw:
        if letter.isalnum():
            seen += 1
            out.append(letter if seen <= first or seen > total - last else DOT)
        else:
            out.append(letter)
    return "".join(out)


def hidden_form(item: Indicator, raw: str) -> str:
    return dotted(raw, first=6, last=4) if item.type == "card" else dotted(raw, first=0, last=2)


def masked(text: str, found: Collection[Indicator], own: Iterable[str]) -> str:
    hidden = set(own)
    for item in found:
        start, end = item.span
        if item.type == "card" or item.value in hidden:
            text = text[:start] + hidden_form(item, text[start:end]) + text[end:]
    text = CARD_LIKE.sub(lambda match: dotted(match[0], first=6, last=4), text)
    known = {item.value for item in found if item.type == "iin"}

    def slip(match: re.Match[str]) -> str:
        if re.sub(r"\D", "", match[2]) in known:
            return match[0]
        return match[1] + dotted(match[2], first=0, last=2)

    return IIN_LIKE.sub(slip, text)


def without_name(text: str, name: str) -> str:
    """The same text with the words of the reporter's name hidden, whatever their ending."""
    for word in re.findall(r"[^\W\d_]{3,}", name):
        stem = word[:-1] if len(word) > 4 and word[-1] in "аяйоыeеьa" else word
        form = rf"\b{stem}\w{{0,3}}\b"
        text = re.sub(form, lambda match: DOT * len(match[0]), text, flags=re.IGNORECASE)
    return text


def masked_indicator(item: Indicator, own: Iterable[str]) -> dict[str, Any]:
    """As it may rest in the working copy; `own` marks the reporter's number."""
    if item.value in own:
        hidden = replace(item, value="", raw=hidden_form(item, item.raw))
        return {**hidden.to_json(), "own": True}
    if item.type == "card":
        hidden = replace(item, value=hidden_form(item, item.value), raw=hidden_form(item, item.raw))
        return hidden.to_json()
    return item.to_json()


def masked_assessment(data: dict[str, Any], found: Iterable[Indicator], own: Iterable[str]) -> Any:
    return {**data, "indicators": [masked_indicator(item, own) for item in found]}
