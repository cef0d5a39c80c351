"""``assess`` and ``assess_many``: texts in, assessments out. Pure, deterministic, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from tereze.detection.assessment import Assessment, Document, Outcome, Reason
from tereze.detection.features import Seen
from tereze.detection.language import SAMPLE, detect_language, language_of
from tereze.detection.matching import Hit, find_hits
from tereze.detection.model import Speaker, View, Voice, default_model
from tereze.detection.patterns import MARKS
from tereze.detection.ruleset import RuleSet, default_rules
from tereze.detection.scoring import Evidence, Verdict, calibration, judge
from tereze.detection.skeleton import Skeleton, Span, fold
from tereze.detection.surroundings import Sign, weigh_surroundings
from tereze.detection.vocabulary import Reading, vocabulary
from tereze.indicators import Indicator
from tereze.indicators.extraction import extract, extract_from
from tereze.indicators.folding import Folded
from tereze.indicators.folding import fold as fold_typography


VERSION = "1"
WINDOW = 2_500  # characters judged together: an advert is shorter, a newspaper page is longer
OVERLAP = 300
BATCH = 256  # texts read together: what is kept of them stays within a processor's cache
_BATCH_LETTERS = 60_000  # of long texts fewer are read together
PIECE = 600  # characters; of longer texts each sentence is judged alone as well
LONGEST = 100_000  # what is beyond is not read, and a reason says so

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
_WORDS_LIKE_FRAUD = {
    "ru": "слова стоят рядом так, как в текстах мошенников",
    "kk": "сөздер алаяқтардың мәтіндеріндегідей тіркеседі",
}
_WORDS_UNLIKE_FRAUD = {
    "ru": "слова стоят рядом так, как в честных текстах",
    "kk": "сөздер адал мәтіндердегідей тіркеседі",
}
_LOUDEST = 5  # words or expressions that are shown for the model
_MOST_DISGUISE = 3.0
_TORN = re.compile(r"(?<=[^\W\d_])\n(?=[^\W\d_])")  # read as a soft hyphen, it keeps all places
_SENTENCE = re.compile(r"[^.!?\n]{20,400}")
_LONG_DISGUISE = 40  # characters of one disguised stretch
_FEWEST_TORN, _WORDS_A_TEAR = 3, 3
_ABOUT_FRAUD = frozenset({Outcome.INCIDENT_REPORT, Outcome.WARNING_OR_QUOTATION})
_EXPLAINED = frozenset(
    {Outcome.ILLEGAL, Outcome.SUSPICIOUS, Outcome.INCIDENT_REPORT, Outcome.WARNING_OR_QUOTATION}
)


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
    """Judge many texts, as :func:`assess` does each; in batches it takes about a third of the time.

    The result has the order of ``documents``. Every step is taken for a batch of ``BATCH`` texts
    before the next step begins, so that its code and tables stay in the processor's cache.
    """
    rules = rules if rules is not None else default_rules()
    given = [Document(d) if isinstance(d, str) else d for d in documents]
    return [found for batch in _batches(given) for found in _assess_batch(batch, rules)]


def _batches(documents: list[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    letters = 0
    for document in documents:
        batch.append(document)
        letters += len(document.own)
        if len(batch) == BATCH or letters > _BATCH_LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


def _assess_batch(documents: list[Document], rules: RuleSet) -> list[Assessment]:
    every: list[_Part] = []
    ends = []
    for document in documents:
        text = document.own[:LONGEST]
        plain = fold_typography(text)
        found = tuple(extract_from(plain))
        beside = document.beside
        own = [_Part(part, at, found, beside, piece) for at, part, piece in _readings(text)]
        if own[0].text == text:
            own[0].plain = plain
        every += own
        ends.append(len(every))
    _read(every, rules)
    for document, start, end in zip(documents, [0, *ends], ends, strict=False):
        surroundings = weigh_surroundings(document, rules)
        for part in every[start:end]:
            part.signs = [*_found(part), *surroundings]
    views = default_model().views([Seen(_heard(part)) for part in every])
    verdicts = judge(
        [[sign.evidence for sign in part.signs] for part in every],
        views,
        [len(part.text) + len(part.beside) for part in every],
    )
    firsts = [0, *ends[:-1]]
    best = [_decisive(every, verdicts, *range_) for range_ in zip(firsts, ends, strict=True)]
    explained = [n for n in best if verdicts[n].outcome in _EXPLAINED]
    spoken = {n: _loudest(every[n], verdicts[n], views[n]) for n in explained}
    engine = f"{VERSION}+{rules.version}"
    assessments = []
    for document, first, n in zip(documents, firsts, best, strict=True):
        verdict, whole = verdicts[n], every[first]
        reasons = _reasons(verdict, every[n].signs, spoken.get(n, ()))
        if len(document.own) > LONGEST:
            reasons.append(_unread(len(document.own)))
        assessments.append(
            Assessment(
                outcome=verdict.outcome,
                p_illegal=verdict.p_illegal,
                score=verdict.score,
                schemes=verdict.schemes,
                reasons=tuple(reasons),
                indicators=whole.indicators,
                lang=_language(document.own, whole),
                engine=engine,
            )
        )
    return assessments


def _language(text: str, part: _Part) -> str:
    """The language of ``text``, by what its words told already where ``part`` is all of it."""
    skeleton = part.reading.skeleton
    if skeleton.words is not None and skeleton.plain.text == text and len(text) <= SAMPLE:
        language = language_of(sum([word.signs for word in part.reading.words]))
        if language:
            return language
    return detect_language(text)


def _decisive(parts: list[_Part], verdicts: list[Verdict], first: int, end: int) -> int:
    """The first reading, or a graver one. Who warns at length may quote an offer in one piece of
    it: pieces of a warning or a story say nothing by themselves."""
    if end - first == 1:
        return first
    whole = [n for n in range(first, end) if not parts[n].piece]
    about_fraud = any(verdicts[n].outcome in _ABOUT_FRAUD for n in whole)
    return max(
        whole if about_fraud else range(first, end),
        key=lambda n: (verdicts[n].outcome is Outcome.ILLEGAL, verdicts[n].score),
    )


def _reasons(verdict: Verdict, found: list[Sign], words: tuple[Span, ...]) -> list[Reason]:
    """What brought the verdict, each with its share of ``p_illegal``; what brought nothing
    explains nothing to a reader. ``words`` are those to which the model listened most."""
    reasons = [
        Reason(sign.kind, sign.name, weight, sign.spans, sign.text)
        for sign, weight in zip(found, verdict.weights, strict=False)
        if weight
    ]
    weight = verdict.weights[-1]
    text = _WORDS_LIKE_FRAUD if weight > 0 else _WORDS_UNLIKE_FRAUD
    return [*reasons, Reason("ngram", "words", weight, words, text)]


def _loudest(part: _Part, verdict: Verdict, view: View) -> tuple[Span, ...]:
    """The words of a part that the model listened to most, on the side to which it leans."""
    skeleton = part.reading.skeleton
    voices = _speaker().voices(view)
    if verdict.weights[-1] > 0:
        voices.reverse()
    spoken = (voice for voice in voices if _is_of_words(voice, skeleton.text))
    spans = {skeleton.original_span(start, end) for _, start, end in islice(spoken, _LOUDEST)}
    return tuple(sorted([(a + part.shift, b + part.shift) for a, b in spans]))


@cache
def _speaker() -> Speaker:
    return default_model().voice(calibration().p_illegal.views)


def _is_of_words(voice: Voice, text: str) -> bool:
    """Numbers have marks of their own; what stands beside the text has no place in it."""
    _, start, end = voice
    return end <= len(text) and any(map(str.isalpha, text[start:end]))


def fired(text: str, rules: RuleSet) -> list[Hit]:
    """The rules that fire in ``text`` on their own, before anything is weighed."""
    reading = vocabulary(rules).fold(text)
    return find_hits(reading, rules, _marks(reading.skeleton, text, 0, tuple(extract(text))))


def places(text: str, rules: RuleSet) -> dict[str, list[Span]]:
    """Where in ``text`` each rule fires on its own, by the rule's name. Long texts are not cut."""
    reading = vocabulary(rules).fold(text)
    hits = find_hits(reading, rules, _marks(reading.skeleton, text, 0, tuple(extract(text))))
    return {
        hit.rule.name: [reading.skeleton.original_span(*span) for span in hit.spans] for hit in hits
    }


def touched(document: Document, rules: RuleSet) -> bool:
    """Whether any rule fires in any reading of a document or beside it. Nothing is weighed."""
    text = document.own[:LONGEST]
    indicators = tuple(extract(text)) if rules.numbers.keys() & MARKS else ()
    known = vocabulary(rules)
    for shift, piece, _ in _readings(text):
        reading = known.fold(piece)
        marks = _marks(reading.skeleton, piece, shift, indicators)
        if find_hits(reading, rules, marks):
            return True
    return bool(weigh_surroundings(document, rules))


@dataclass(eq=False, slots=True)
class _Part:
    """A window of a text: where it begins, the whole text's indicators, and what was read in it."""

    text: str
    shift: int
    indicators: tuple[Indicator, ...]
    beside: str  # what else the author says or shows
    piece: bool  # a sentence of a long text
    plain: Folded | None = None  # its typographically plain copy, where there is one already
    reading: Reading = field(init=False)
    hits: list[Hit] = field(init=False)
    signs: list[Sign] = field(init=False)


def _read(parts: list[_Part], rules: RuleSet) -> None:
    """Fold the parts and match the rules; a step at a time for all."""
    known = vocabulary(rules)
    for part in parts:
        part.reading = known.fold(part.text, part.plain)
    for part in parts:
        marks = _marks(part.reading.skeleton, part.text, part.shift, part.indicators)
        part.hits = find_hits(part.reading, rules, marks)


def _heard(part: _Part) -> str:
    """What the learned model reads of a part."""
    text = part.reading.skeleton.text
    return f"{text}\n{fold(part.beside[:WINDOW]).text}" if part.beside else text


def _readings(text: str) -> Iterator[tuple[int, str, bool]]:
    """A text as it stands; where its lines seem to tear words, with these words whole; and of a
    long one every sentence, marked as a piece, lest an offer drown in the rest."""
    if len(text) <= PIECE and text.count("\n") < _FEWEST_TORN:
        yield 0, text, False
        return
    for start, window in _windows(text):
        yield start, window, False
    torn = len(_TORN.findall(text)) if "\n" in text else 0
    if torn >= _FEWEST_TORN and torn * _WORDS_A_TEAR >= text.count(" "):
        for start, window in _windows(_TORN.sub("\u00ad", text)):
            yield start, window, False
    if len(text) > PIECE:
        for sentence in _SENTENCE.finditer(text):
            yield sentence.start(), sentence.group(), True


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of at most ``WINDOW`` characters with their positions; at least one."""
    yield 0, text[:WINDOW]
    for start in range(WINDOW - OVERLAP, len(text) - OVERLAP, WINDOW - OVERLAP):
        yield start, text[start : start + WINDOW]


def evidence_in(text: str, rules: RuleSet) -> list[Evidence]:
    """What the rules find in a text of one window; :func:`judge` weighs it."""
    part = _Part(text, 0, tuple(extract(text)), "", piece=False)
    _read([part], rules)
    return [sign.evidence for sign in _found(part)]


def _found(part: _Part) -> list[Sign]:
    """What rules, indicators and disguises say in a part."""
    found = _from_rules(part) if part.hits else []
    if part.indicators:
        found += _from_indicators(part.indicators, part.shift, part.shift + len(part.text))
    if part.reading.skeleton.disguised:
        found += _from_disguise(part.reading.skeleton, part.shift)
    return found


def _marks(
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


def _from_rules(part: _Part) -> list[Sign]:
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
