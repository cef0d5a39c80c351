"""The pieces of a text that are read by themselves, and what rules, indicators and disguises say in
each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tereze.detection.assessment import Outcome
from tereze.detection.matching import Hit, find_hits
from tereze.detection.ruleset import RuleSet
from tereze.detection.scoring import Evidence
from tereze.detection.skeleton import Skeleton, Span, fold
from tereze.detection.surroundings import Sign
from tereze.detection.vocabulary import Reading, vocabulary
from tereze.indicators import Indicator
from tereze.indicators.extraction import extract
from tereze.indicators.folding import Folded


WINDOW = 2_500  # characters judged together: an advert is shorter, a newspaper page is longer
OVERLAP = 300
_MASKED = re.compile(r"\[(LINK|PHONE|CARD|EMAIL|USERNAME)\]")
_LINKS = frozenset({"url", "domain", "lookalike", "telegram_invite"})
_CONTACTS = frozenset({"phone", "whatsapp", "card", "iban", "telegram", "instagram", "email"})
_MARKS = dict.fromkeys(_LINKS, "@link") | dict.fromkeys(_CONTACTS, "@contact")
_QUOTE_MARKS = re.compile('[«“„"]')
_QUOTES = re.compile(r"«[^»]{8,800}»|“[^”]{8,800}”|„[^“”]{8,800}[“”]|\"[^\"\n]{8,800}\"")
_DISGUISES = {
    "mixed_alphabets": (1.1, "буквы разных алфавитов в одном слове", "бір сөзде әртүрлі әліпби әріптері"),
    "spaced_letters": (1.5, "слово разбито на отдельные буквы", "сөз жеке әріптерге бөлінген"),
    "hidden_characters": (1.0, "внутри слова спрятаны невидимые знаки", "сөз ішіне көрінбейтін таңбалар жасырылған"),
    "leet": (0.5, "цифры и знаки вместо букв", "әріптің орнына сан мен таңба қойылған"),
}  # fmt: skip
_CLASSIFIEDS = frozenset({"olx.kz", "kolesa.kz", "krisha.kz", "obyavleniya.kaspi.kz", "post.kz"})
_LOOKALIKE = 3.5  # a host that imitates a service has few honest uses, a warning is one of them
_MOST_DISGUISE = 3.0
_TORN = re.compile(r"(?<=[^\W\d_])\n(?=[^\W\d_])")  # read as a soft hyphen, it keeps all places
_SENTENCE = re.compile(r"[^.!?\n]{20,400}")
_MARKUP = re.compile(r"<(script|style)\b[^<]{0,2000}</\1>|</?[a-z!][^<>]{0,500}>", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_FEWEST_WORDS, _ECHO = 3, 4
_LONG_DISGUISE = 40  # characters of one disguised stretch
_FEWEST_TORN, _WORDS_A_TEAR = 3, 3


@dataclass(eq=False, slots=True)
class Part:
    """A window of a text: where it begins, the whole text's indicators, and what was read in it."""

    text: str
    shift: int
    indicators: tuple[Indicator, ...]
    beside: str  # what else the author says or shows
    plain: Folded | None = None  # its typographically plain copy, where there is one already
    reading: Reading = field(init=False)
    hits: list[Hit] = field(init=False)
    signs: list[Sign] = field(init=False)


def read(parts: list[Part], rules: RuleSet) -> None:
    """Fold the parts and match the rules; a step at a time for all."""
    known = vocabulary(rules)
    for part in parts:
        part.reading = known.fold(part.text, part.plain)
    for part in parts:
        marks = marks_in(part.reading.skeleton, part.text, part.shift, part.indicators)
        part.hits = find_hits(part.reading, rules, marks)


def heard(part: Part) -> str:
    """What the learned model reads of a part."""
    text = part.reading.skeleton.text
    return f"{text}\n{fold(part.beside[:WINDOW]).text}" if part.beside else text


def readings(text: str) -> Iterator[tuple[int, str]]:
    """A text as it stands, without blanks around it, markup and its own echo; where its lines seem
    to tear words, with these words whole."""
    lead = len(text) - len(text.lstrip())
    text = _without_echo(_without_markup(text.strip())).rstrip()
    if len(text) <= WINDOW and text.count("\n") < _FEWEST_TORN:
        yield lead, text
        return
    for start, window in _windows(text):
        yield lead + start, window
    torn = len(_TORN.findall(text)) if "\n" in text else 0
    if torn >= _FEWEST_TORN and torn * _WORDS_A_TEAR >= text.count(" "):
        for start, window in _windows(_TORN.sub("\u00ad", text)):
            yield lead + start, window


def _without_markup(text: str) -> str:
    """With blanks for tags and scripts, which readers of a page do not see. All places stay."""
    return _MARKUP.sub(lambda tag: " " * len(tag[0]), text) if "<" in text else text


def _without_echo(text: str) -> str:
    """With blanks where words follow each other as they did before, if much of the text is such:
    each time they would weigh as if somebody else had said them, too. All places stay."""
    words = text.casefold().split()
    if len(words) < _FEWEST_WORDS or len(set(words)) * 3 > len(words) * 2:
        return text
    known, echo, last = set(), [], ""
    found = [*_WORD.finditer(text)]
    ends = [word.start() for word in found[1:]] + [len(text)]
    for word, end in zip(found, ends, strict=False):  # of signs alone none is found
        pair = last, (last := word[0].casefold())
        if pair in known or pair[0] == last:
            echo.append((word.start(), end))
        known.add(pair)
    if len(echo) * _ECHO < len(words):
        return text
    letters = list(text)
    for start, end in echo:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of at most ``WINDOW`` characters with their positions; at least one."""
    yield 0, text[:WINDOW]
    for start in range(WINDOW - OVERLAP, len(text) - OVERLAP, WINDOW - OVERLAP):
        yield start, text[start : start + WINDOW]


def alone(part: Part, beside: str) -> Iterator[Part]:
    """What may be an offer by itself: each sentence, and what the author says ``beside`` the text."""
    for found in _SENTENCE.finditer(part.text):
        if len(found.group()) < len(part.text):
            start = found.start() + part.shift
            yield Part(found.group(), start, part.indicators, "")
    if part.text and beside:
        yield Part("", part.shift, part.indicators, beside)


def found_in(part: Part) -> list[Sign]:
    """What rules, indicators and disguises say in a part."""
    found = _from_rules(part) if part.hits else []
    if part.indicators:
        found += _from_indicators(part.indicators, part.shift, part.shift + len(part.text))
    if part.reading.skeleton.disguised:
        found += _from_disguise(part.reading.skeleton, part.shift)
    return found


def evidence_in(text: str, rules: RuleSet) -> list[Evidence]:
    """What the rules find in a text of one window; :func:`judge` weighs it."""
    part = Part(text, 0, tuple(extract(text)), "")
    read([part], rules)
    return [sign.evidence for sign in found_in(part)]


def fired(text: str, rules: RuleSet) -> list[Hit]:
    """The rules that fire in ``text`` on their own, before anything is weighed."""
    reading = vocabulary(rules).fold(text)
    return find_hits(reading, rules, marks_in(reading.skeleton, text, 0, tuple(extract(text))))


def places(text: str, rules: RuleSet) -> dict[str, list[Span]]:
    """Where in ``text`` each rule fires on its own, by the rule's name. Long texts are not cut."""
    reading = vocabulary(rules).fold(text)
    hits = find_hits(reading, rules, marks_in(reading.skeleton, text, 0, tuple(extract(text))))
    return {
        hit.rule.name: [reading.skeleton.original_span(*span) for span in hit.spans] for hit in hits
    }


def marks_in(
    skeleton: Skeleton, text: str, shift: int, indicators: tuple[Indicator, ...]
) -> dict[str, list[Span]]:
    """Where links and contacts stand in the skeleton; masked ones count as well."""
    if not indicators and "[" not in text:
        return {}
    marks: dict[str, list[Span]] = {"@link": [], "@contact": []}
    for indicator in indicators:
        start, end = indicator.span[0] - shift, indicator.span[1] - shift
        if start >= 0 and end <= len(text) and indicator.type in _MARKS:
            marks[_MARKS[indicator.type]].append(skeleton.folded_span(start, end))
    for match in _MASKED.finditer(text):
        name = "@link" if match.group(1) == "LINK" else "@contact"
        marks[name].append(skeleton.folded_span(*match.span()))
    return marks


def _from_indicators(indicators: tuple[Indicator, ...], start: int, end: int) -> Iterator[Sign]:
    """Hosts that imitate a known service, each service once."""
    imitated: dict[str, list[Span]] = {}
    for indicator in indicators:
        if indicator.type == "lookalike" and start <= indicator.span[0] < end:
            imitated.setdefault(indicator.note, []).append(indicator.span)
    for service, spans in imitated.items():
        scheme = "fake_delivery_link" if service in _CLASSIFIEDS else "clone_site"
        text = {
            "ru": f"адрес подражает {service}",
            "kk": f"мекенжай {service} сайтына еліктейді",
        }
        evidence = Evidence(Outcome.ILLEGAL, _LOOKALIKE, scheme, _LOOKALIKE)
        yield Sign(evidence, "indicator", "lookalike", tuple(spans[:20]), text)


def _from_rules(part: Part) -> list[Sign]:
    taken: dict[str, list[Span]] = {}
    quotes = []
    if _QUOTE_MARKS.search(part.text):
        quotes = [match.span() for match in _QUOTES.finditer(part.text)]
    found = []
    for hit in part.hits:
        if _repeats(hit, taken):
            continue
        spans = [part.reading.skeleton.original_span(*span) for span in hit.spans]
        quoted = bool(quotes) and all(any(a <= s and e <= b for a, b in quotes) for s, e in spans)
        rule = hit.rule
        evidence = Evidence(rule.outcome, rule.weight, rule.scheme, rule.scheme_weight, quoted)
        places = tuple([(start + part.shift, end + part.shift) for start, end in spans])
        found.append(Sign(evidence, "rule", rule.name, places, rule.text))
    return found


def _repeats(hit: Hit, taken: dict[str, list[Span]]) -> bool:
    """The same words count once for a scheme: the strongest rule, which comes first, has them."""
    key = hit.rule.scheme + ":" + hit.rule.outcome
    if hit.rule.with_:
        return False  # its support is what it adds
    before = taken.setdefault(key, [])
    covered = all(any(a <= s and e <= b for a, b in before) for s, e in hit.spans)
    before.extend(hit.spans)
    return covered and bool(before)


def _from_disguise(skeleton: Skeleton, shift: int) -> Iterator[Sign]:
    spans: dict[str, list[Span]] = {}
    for kind, start, end in skeleton.disguised:
        spans.setdefault(kind, []).append((start + shift, end + shift))
    for kind, places in spans.items():
        each, ru, kk = _DISGUISES[kind]
        # a whole text of letters one by one says more than one word does
        much = any(end - start >= _LONG_DISGUISE for start, end in places)
        weight = _MOST_DISGUISE if much else min(_MOST_DISGUISE, each * len(places))
        evidence = Evidence(Outcome.SUSPICIOUS, weight)
        yield Sign(evidence, "disguise", kind, tuple(places[:20]), {"ru": ru, "kk": kk})
