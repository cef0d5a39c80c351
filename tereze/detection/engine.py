"""``assess`` and ``assess_many``: texts in, assessments out. Pure, deterministic, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from tereze.detection.assessment import Assessment, Document, Outcome, Reason
from tereze.detection.language import SAMPLE, detect_language, language_of
from tereze.detection.matching import Hit, find_hits
from tereze.detection.ruleset import RuleSet, default_rules
from tereze.detection.scoring import Evidence, Verdict, judge
from tereze.detection.skeleton import Skeleton, Span, fold
from tereze.detection.vocabulary import Known, vocabulary
from tereze.detection.wordmodel import default_model
from tereze.detection.wordscreen import default_screen
from tereze.indicators import Indicator, extract


VERSION = "1"
WINDOW = 2_500  # characters judged together: an advert is shorter, a newspaper page is longer
OVERLAP = 300
BATCH = 256  # texts read together: what is kept of them stays within a processor's cache
LONGEST = 100_000  # what is beyond is not read, and a reason says so

_MASKED = re.compile(r"\[(LINK|PHONE|CARD|EMAIL|USERNAME)\]")
_LINKS = frozenset({"url", "domain", "lookalike", "telegram_invite"})
_CONTACTS = frozenset({"phone", "whatsapp", "card", "iban", "telegram", "instagram", "email"})
_QUOTES = re.compile(r"«[^»]{8,800}»|“[^”]{8,800}”|„[^“”]{8,800}[“”]|\"[^\"\n]{8,800}\"")
_DISGUISES = {
    "mixed_alphabets": (1.1, "буквы разных алфавитов в одном слове", "бір сөзде әртүрлі әліпби әріптері"),
    "spaced_letters": (1.5, "слово разбито на отдельные буквы", "сөз жеке әріптерге бөлінген"),
    "hidden_characters": (1.0, "внутри слова спрятаны невидимые знаки", "сөз ішіне көрінбейтін таңбалар жасырылған"),
    "leet": (0.5, "цифры и знаки вместо букв", "әріптің орнына сан мен таңба қойылған"),
}  # fmt: skip
_CLASSIFIEDS = frozenset({"olx.kz", "kolesa.kz", "krisha.kz", "obyavleniya.kaspi.kz", "post.kz"})
_LOOKALIKE = 3.5  # a host that imitates a service has few honest uses, a warning is one of them
# scores of the word model: reached by 1 % and by none of honest public texts; far beyond both
_NOTICED, _SURE, _CERTAIN = -1.2, 0.8, 3.0
_MOST_DOUBT, _SURE_WEIGHT, _CERTAIN_WEIGHT = 3.4, 4.2, 4.8  # only the last tips a text by itself
_NAMED = 1.9  # evidence for the scheme it names
_WORDS = {
    "ru": "слова стоят рядом так, как в текстах мошенников",
    "kk": "сөздер алаяқтардың мәтіндеріндегідей тіркеседі",
}
_MOST_DISGUISE = 3.0


def assess(document: str | Document, *, rules: RuleSet | None = None) -> Assessment:
    """Judge a text, or a :class:`Document` with its surroundings.

    ``rules`` are the shipped ones unless others are given (to compare two versions). Any text
    is accepted, of any length; of more than ``LONGEST`` characters only the beginning is
    read, and a reason says so.
    """
    return assess_many([document], rules=rules)[0]


def assess_many(
    documents: Iterable[str | Document], *, rules: RuleSet | None = None
) -> list[Assessment]:
    """Judge many texts, as :func:`assess` does each; in batches it takes about half the time.

    The result has the order of ``documents``. Every step is taken for a batch of ``BATCH`` texts
    before the next step begins, so that its code and tables stay in the processor's cache.
    """
    rules = rules if rules is not None else default_rules()
    given = [Document(d) if isinstance(d, str) else d for d in documents]
    return [
        assessment
        for start in range(0, len(given), BATCH)
        for assessment in _assess_batch(given[start : start + BATCH], rules)
    ]


def _assess_batch(documents: list[Document], rules: RuleSet) -> list[Assessment]:
    texts = [document.text or document.caption for document in documents]
    indicators = [tuple(extract(text[:LONGEST])) for text in texts]
    parts = [
        [_Part(part, shift, found) for shift, part in _windows(text[:LONGEST])]
        for text, found in zip(texts, indicators, strict=True)
    ]
    _read([part for own in parts for part in own], rules)
    return [
        _assessment(document, text, own, rules)
        for document, text, own in zip(documents, texts, parts, strict=True)
    ]


def _language(text: str, part: _Part) -> str:
    """The language of ``text``, by what its words told already where ``part`` is all of it."""
    skeleton = part.skeleton
    if skeleton.tokens is not None and skeleton.plain.text == text and len(text) <= SAMPLE:
        language = language_of(sum([word.signs for word in part.words]))
        if language:
            return language
    return detect_language(text)


def _assessment(document: Document, text: str, parts: list[_Part], rules: RuleSet) -> Assessment:
    surroundings = _surroundings(document, rules)
    judged = [_judged([*_find_evidence(part), *surroundings]) for part in parts]
    best, found = max(judged, key=_seriousness) if len(judged) > 1 else judged[0]
    # what only named a scheme weighed nothing and explains nothing to a reader
    reasons = [reason for _, reason in found if reason.weight]
    if len(text) > LONGEST:
        reasons.append(_unread(len(text)))
    return Assessment(
        outcome=best.outcome,
        p_illegal=best.p_illegal,
        score=best.score,
        schemes=best.schemes,
        reasons=tuple(reasons),
        indicators=parts[0].indicators,
        lang=_language(text, parts[0]),
        engine=f"{VERSION}+{rules.version}",
    )


_Found = list[tuple[Evidence, Reason]]


def _judged(found: _Found) -> tuple[Verdict, _Found]:
    return (judge([evidence for evidence, _ in found]) if found else _nothing_said()), found


def _seriousness(judged: tuple[Verdict, _Found]) -> tuple[bool, float]:
    return judged[0].outcome is Outcome.ILLEGAL, judged[0].score


@cache
def _nothing_said() -> Verdict:
    return judge([])


def fired(text: str, rules: RuleSet) -> list[Hit]:
    """The rules that fire in ``text`` on their own, before anything is weighed."""
    skeleton = fold(text)
    return find_hits(skeleton, rules, _marks(skeleton, text, 0, tuple(extract(text))))


@dataclass(eq=False, slots=True)
class _Part:
    """A window of a text: where it begins, the whole text's indicators, and what was read in it."""

    text: str
    shift: int
    indicators: tuple[Indicator, ...]
    skeleton: Skeleton = field(init=False)
    words: Sequence[Known] = field(init=False)
    hits: list[Hit] = field(init=False)
    words_score: float = field(init=False)


def _read(parts: list[_Part], rules: RuleSet) -> None:
    """Fold the parts, match the rules and score the words; a step at a time for all."""
    known = vocabulary(rules)
    for part in parts:
        part.skeleton = fold(part.text, known.read)
        part.words = known.words_of(part.skeleton)
    for part in parts:
        marks = _marks(part.skeleton, part.text, part.shift, part.indicators)
        bits = [word.bits for word in part.words]
        part.hits = find_hits(part.skeleton, rules, marks, bits)
    screen = default_screen()
    for part in parts:
        part.words_score = screen.score([word.parts for word in part.words], part.skeleton.text)


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of at most ``WINDOW`` characters with their positions; at least one."""
    yield 0, text[:WINDOW]
    for start in range(WINDOW - OVERLAP, len(text) - OVERLAP, WINDOW - OVERLAP):
        yield start, text[start : start + WINDOW]


def evidence_in(text: str, rules: RuleSet) -> list[Evidence]:
    """What a text of one window brings to the scales; :func:`judge` weighs it."""
    part = _Part(text, 0, tuple(extract(text)))
    _read([part], rules)
    return [evidence for evidence, _ in _find_evidence(part)]


def _find_evidence(part: _Part) -> _Found:
    found = _from_rules(part) if part.hits else []
    told = any(e.outcome in {Outcome.ILLEGAL, Outcome.INCIDENT_REPORT} for e, _ in found)
    if part.indicators:
        found += _from_indicators(part.indicators, part.shift, part.shift + len(part.text))
    if part.skeleton.disguised:
        found += _from_disguise(part.skeleton, part.shift)
    if told or part.words_score >= _NOTICED:
        found.append(_from_words(part.skeleton, part.shift))
    return found


def _marks(
    skeleton: Skeleton, text: str, shift: int, indicators: tuple[Indicator, ...]
) -> dict[str, list[Span]]:
    """Where links and contacts stand in the skeleton; masked ones count as well."""
    marks: dict[str, list[Span]] = {"@link": [], "@contact": []}
    if not indicators and "[" not in text:
        return marks
    for indicator in indicators:
        start, end = indicator.span[0] - shift, indicator.span[1] - shift
        if start >= 0 and end <= len(text) and indicator.type in _LINKS | _CONTACTS:
            name = "@link" if indicator.type in _LINKS else "@contact"
            marks[name].append(skeleton.folded_span(start, end))
    for match in _MASKED.finditer(text):
        name = "@link" if match.group(1) == "LINK" else "@contact"
        marks[name].append(skeleton.folded_span(*match.span()))
    return marks


def _from_indicators(
    indicators: tuple[Indicator, ...], start: int, end: int
) -> Iterator[tuple[Evidence, Reason]]:
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
        yield (
            Evidence(Outcome.ILLEGAL, _LOOKALIKE, scheme, _LOOKALIKE),
            Reason("indicator", "lookalike", _LOOKALIKE, tuple(spans[:20]), text),
        )


def _from_rules(part: _Part) -> _Found:
    taken: dict[str, list[Span]] = {}
    quotes = [match.span() for match in _QUOTES.finditer(part.text)]
    found = []
    for hit in part.hits:
        if _repeats(hit, taken):
            continue
        spans = [part.skeleton.original_span(*span) for span in hit.spans]
        quoted = all(any(a <= s and e <= b for a, b in quotes) for s, e in spans)
        rule = hit.rule
        evidence = Evidence(
            rule.outcome,
            rule.weight,
            rule.scheme,
            rule.scheme_weight,
            quoted,
            call=rule.name.startswith("calls."),
        )
        reason = Reason(
            kind="rule",
            name=rule.name,
            weight=_signed(rule.outcome, rule.weight),
            spans=tuple((start + part.shift, end + part.shift) for start, end in spans),
            text=rule.text,
        )
        found.append((evidence, reason))
    return found


def _repeats(hit: Hit, taken: dict[str, list[Span]]) -> bool:
    """The same words count once for a scheme: the strongest rule, which comes first, has them."""
    key = f"{hit.rule.scheme}:{hit.rule.outcome}"
    if hit.rule.with_:
        return False  # its support is what it adds
    before = taken.setdefault(key, [])
    covered = all(any(a <= s and e <= b for a, b in before) for s, e in hit.spans)
    before.extend(hit.spans)
    return covered and bool(before)


def _signed(outcome: Outcome, weight: float) -> float:
    return weight if outcome in {Outcome.ILLEGAL, Outcome.SUSPICIOUS} else -weight


def _from_disguise(skeleton: Skeleton, shift: int) -> Iterator[tuple[Evidence, Reason]]:
    spans: dict[str, list[Span]] = {}
    for kind, start, end in skeleton.disguised:
        spans.setdefault(kind, []).append((start + shift, end + shift))
    for kind, places in spans.items():
        each, ru, kk = _DISGUISES[kind]
        weight = min(_MOST_DISGUISE, each * len(places))
        yield (
            Evidence(Outcome.SUSPICIOUS, weight),
            Reason("disguise", kind, weight, tuple(places[:20]), {"ru": ru, "kk": kk}),
        )


def _from_words(skeleton: Skeleton, shift: int) -> tuple[Evidence, Reason]:
    """The word model's opinion; where rules already tell a story it only names a scheme."""
    model = default_model()
    opinion = model.opinion(skeleton.text)
    sure = opinion.score >= _SURE
    outcome = Outcome.ILLEGAL if sure else Outcome.SUSPICIOUS
    weight = round(2.5 + 0.7 * (opinion.score + 0.5), 2) if opinion.score >= _NOTICED else 0.0
    if sure:
        weight = _CERTAIN_WEIGHT if opinion.score >= _CERTAIN else _SURE_WEIGHT
    else:
        weight = min(weight, _MOST_DOUBT)
    spans = [skeleton.original_span(*span) for span in opinion.spans if weight]
    scheme = model.scheme(opinion)
    return (
        Evidence(outcome, weight, scheme, _NAMED if scheme else 0.0),
        Reason("ngram", "words", weight, tuple((a + shift, b + shift) for a, b in spans), _WORDS),
    )


def _surroundings(document: Document, rules: RuleSet) -> _Found:
    """What the quoted text, the profile and the kind of source add. Their spans lie elsewhere."""
    found: _Found = []
    if not (document.caption or document.profile or document.quoted or document.context):
        return found
    caption = document.caption if document.text else ""
    for text, share in ((caption, 1.0), (document.profile, 0.3), (document.quoted, 0.2)):
        for hit in find_hits(fold(text[:WINDOW]), rules) if text else ():
            rule = hit.rule
            weight = round(rule.weight * share, 2)
            found.append(
                (
                    Evidence(rule.outcome, weight, rule.scheme, rule.scheme_weight * share),
                    Reason("rule", rule.name, _signed(rule.outcome, weight), (), rule.text),
                )
            )
    source = str((document.context or {}).get("source", ""))
    if source in {"police", "bank", "akimat", "news"}:
        text_pair = {"ru": "источник официальный", "kk": "дереккөзі ресми"}
        found.append(
            (
                Evidence(Outcome.WARNING_OR_QUOTATION, 4.0),
                Reason("rule", "official_source", -4.0, (), text_pair),
            )
        )
    return found


def _unread(length: int) -> Reason:
    return Reason(
        kind="rule",
        name="only_the_beginning_was_read",
        weight=0.0,
        spans=((LONGEST, length),),
        text={
            "ru": f"текст длиннее {LONGEST} знаков: прочитано только начало",
            "kk": f"мәтін {LONGEST} таңбадан ұзын: басы ғана оқылды",
        },
    )
