"""``assess`` and ``assess_many``: texts in, assessments out. Pure, deterministic, bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

from tereze.detection.assessment import Assessment, Document, Outcome, Reason
from tereze.detection.features import Seen
from tereze.detection.language import SAMPLE, detect_language, language_of
from tereze.detection.matching import find_hits
from tereze.detection.model import Speaker, View, Voice, default_model
from tereze.detection.parts import (
    Part,
    alone,
    found_in,
    heard,
    marks_in,
    read,
    readings,
)
from tereze.detection.patterns import MARKS
from tereze.detection.ruleset import RuleSet, default_rules
from tereze.detection.scoring import Verdict, calibration, doubted, judge
from tereze.detection.skeleton import Span
from tereze.detection.surroundings import OFFICIAL, Sign, weigh_surroundings
from tereze.detection.vocabulary import vocabulary
from tereze.indicators.extraction import extract, extract_from
from tereze.indicators.folding import fold as fold_typography


VERSION = "1"
BATCH = 256  # texts read together: what is kept of them stays within a processor's cache
_BATCH_LETTERS = 60_000  # of long texts fewer are read together
LONGEST = 100_000  # what is beyond is not read, and a reason says so

_WORDS_LIKE_FRAUD = {
    "ru": "слова стоят рядом так, как в текстах мошенников",
    "kk": "сөздер алаяқтардың мәтіндеріндегідей тіркеседі",
}
_WORDS_UNLIKE_FRAUD = {
    "ru": "слова стоят рядом так, как в честных текстах",
    "kk": "сөздер адал мәтіндердегідей тіркеседі",
}
_NO_WORDS = {"ru": "в тексте нет слов", "kk": "мәтінде сөз жоқ"}
_LOUDEST = 5  # words or expressions that are shown for the model
_LONG = 600  # characters, of which the whole says little about one sentence
_CLEARLY = 0.9  # from here on a look at single sentences would bring nothing
_HARDLY = 0.05  # below it the whole speaks so much against an offer that people have to look
_ABOUT_FRAUD = frozenset({Outcome.INCIDENT_REPORT, Outcome.WARNING_OR_QUOTATION})
_RAISED = frozenset({Outcome.ILLEGAL, Outcome.SUSPICIOUS})
_EXPLAINED = _RAISED | _ABOUT_FRAUD


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
    every: list[Part] = []
    ends = []
    for document in documents:
        text = document.own[:LONGEST]
        plain = fold_typography(text)
        found = tuple(extract_from(plain))
        beside = document.beside
        own = [Part(part, at, found, beside) for at, part in readings(text)]
        if own[0].text == text:
            own[0].plain = plain
        every += own
        ends.append(len(every))
    surroundings = [weigh_surroundings(document, rules) for document in documents]
    firsts = [0, *ends[:-1]]
    wholes = [range(first, end) for first, end in zip(firsts, ends, strict=True)]
    owners = [owner for owner, whole in enumerate(wholes) for _ in whole]
    verdicts, views = _judged(every, [surroundings[owner] for owner in owners], rules)
    best = [max(whole, key=lambda n: _gravity(verdicts[n])) for whole in wholes]
    for owner, whole in enumerate(wholes):
        for n in whole if _may_hide_offers(verdicts, whole) else ():
            if _is_doubtful(every[n], verdicts[n]):
                pieces, apart, heard_in = _apart(
                    every[n], verdicts[n], documents[owner], surroundings[owner], rules
                )
                best[owner] = _surer(verdicts[best[owner]], apart, best[owner], len(every))
                every, verdicts, views = every + pieces, verdicts + apart, views + heard_in
    for n, document, around in zip(best, documents, surroundings, strict=True):
        if verdicts[n].outcome is Outcome.ILLEGAL and _may_show_another(document, around, rules):
            verdicts[n] = doubted(verdicts[n])
    explained = [n for n in best if verdicts[n].outcome in _EXPLAINED]
    spoken = {n: _loudest(every[n], verdicts[n], views[n]) for n in explained}
    engine = f"{VERSION}+{rules.version}"
    assessments = []
    for document, first, n in zip(documents, firsts, best, strict=True):
        verdict, part = verdicts[n], every[first]
        reasons = _reasons(verdict, every[n], spoken.get(n, ()))
        if len(document.own) > LONGEST:
            reasons.append(_unread(len(document.own)))
        assessments.append(
            Assessment(
                outcome=verdict.outcome,
                p_illegal=verdict.p_illegal,
                score=verdict.score,
                schemes=verdict.schemes,
                reasons=tuple(reasons),
                indicators=part.indicators,
                lang=_language(document.own, part),
                engine=engine,
            )
        )
    return assessments


def _judged(
    parts: list[Part], surroundings: list[list[Sign]], rules: RuleSet
) -> tuple[list[Verdict], list[View]]:
    """What each part says by itself, with what stands beside its text."""
    read(parts, rules)
    for part, beside in zip(parts, surroundings, strict=True):
        part.signs = [*found_in(part), *beside]
    views = default_model().views([Seen(heard(part)) for part in parts])
    verdicts = judge(
        [[sign.evidence for sign in part.signs] for part in parts],
        views,
        [len(part.text) + len(part.beside) for part in parts],
    )
    return verdicts, views


def _may_hide_offers(verdicts: list[Verdict], whole: Iterable[int]) -> bool:
    """Who warns or tells what happened repeats an offer: pieces of that say nothing."""
    return not any(verdicts[n].outcome in _ABOUT_FRAUD for n in whole)


def _may_show_another(document: Document, around: list[Sign], rules: RuleSet) -> bool:
    """Whether a stranger's offer may be shown to others: by an official voice, or in a picture
    beside words that offer nothing ("look what is on our door"). People have to see that."""
    if document.is_alone:
        return False
    if any(sign.name == OFFICIAL for sign in around):
        return True
    if not document.ocr or document.own_part == "ocr":
        return False
    return assess(replace(document, ocr=""), rules=rules).outcome not in _RAISED


def _is_doubtful(part: Part, verdict: Verdict) -> bool:
    """Whether small talk may have drowned an offer: there is much of it, or the whole is doubtful,
    or rules know the words of one in it; and it is not clearly an offer."""
    if verdict.p_illegal >= _CLEARLY:
        return False
    if len(part.text) > _LONG or (verdict.outcome in _RAISED and verdict.p_illegal >= _HARDLY):
        return True
    return any(sign.evidence.outcome is Outcome.ILLEGAL for sign in part.signs)


def _apart(
    part: Part, whole: Verdict, document: Document, surroundings: list[Sign], rules: RuleSet
) -> tuple[list[Part], list[Verdict], list[View]]:
    """What its pieces say by themselves; which scheme it is, the whole knows better. A picture may
    be a stranger's screenshot: what was read in it is no piece."""
    pieces = list(alone(part, "" if document.ocr else document.beside))
    verdicts, views = _judged(pieces, [surroundings] * len(pieces), rules)
    verdicts = [one._replace(schemes=whole.schemes or one.schemes) for one in verdicts]
    if whole.p_illegal < _HARDLY and len(part.text) <= _LONG:
        verdicts = list(map(doubted, verdicts))
    return pieces, verdicts, views


def _surer(whole: Verdict, apart: list[Verdict], n: int, first: int) -> int:
    """The whole, ``n``, or the piece, from ``first`` on, that is more surely an offer."""
    offers = [
        (found.p_illegal, place)
        for place, found in enumerate(apart, first)
        if found.outcome in _RAISED and found.p_illegal > whole.p_illegal
    ]
    return max(offers)[1] if offers else n


def _gravity(verdict: Verdict) -> tuple[bool, float]:
    return verdict.outcome is Outcome.ILLEGAL, verdict.score


def _language(text: str, part: Part) -> str:
    """The language of ``text``, by what its words told already where ``part`` is all of it."""
    skeleton = part.reading.skeleton
    if skeleton.words is not None and skeleton.plain.text == text and len(text) <= SAMPLE:
        language = language_of(sum([word.signs for word in part.reading.words]))
        if language:
            return language
    return detect_language(text)


def _reasons(verdict: Verdict, part: Part, words: tuple[Span, ...]) -> list[Reason]:
    """What brought the verdict, each with its share of ``p_illegal``; what brought nothing
    explains nothing to a reader. ``words`` are those to which the model listened most."""
    reasons = [
        Reason(sign.kind, sign.name, weight, sign.spans, sign.text)
        for sign, weight in zip(part.signs, verdict.weights, strict=False)
        if weight
    ]
    weight = verdict.weights[-1]
    text = _WORDS_LIKE_FRAUD if weight > 0 else _WORDS_UNLIKE_FRAUD
    if not any(map(str.isalpha, part.text)):
        text = _NO_WORDS
    return [*reasons, Reason("ngram", "words", weight, words, text)]


def _loudest(part: Part, verdict: Verdict, view: View) -> tuple[Span, ...]:
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


def touched(document: Document, rules: RuleSet) -> bool:
    """Whether any rule fires in any reading of a document or beside it. Nothing is weighed."""
    text = document.own[:LONGEST]
    indicators = tuple(extract(text)) if rules.numbers.keys() & MARKS else ()
    known = vocabulary(rules)
    for shift, piece in readings(text):
        reading = known.fold(piece)
        marks = marks_in(reading.skeleton, piece, shift, indicators)
        if find_hits(reading, rules, marks):
            return True
    return bool(weigh_surroundings(document, rules))


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
