"""``assess``: one text in, one assessment out. Pure, deterministic, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tereze.detection.assessment import Assessment, Document, Outcome, Reason
from tereze.detection.language import detect_language
from tereze.detection.matching import Hit, find_hits
from tereze.detection.ruleset import RuleSet, default_rules
from tereze.detection.scoring import Evidence, Verdict, judge
from tereze.detection.skeleton import Skeleton, Span, fold
from tereze.detection.wordmodel import default_model
from tereze.indicators import Indicator, extract


VERSION = "1"
WINDOW = 2_500  # characters judged together: an advert is shorter, a newspaper page is longer
OVERLAP = 300
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
# parts beside the judged one: the share of a rule's weight, and where it was said. What somebody
# reads in a picture may be a stranger's screenshot.
_PARTS = {
    "caption": (1.0, "в подписи", "жазуында"),
    "transcript": (1.0, "в голосовом сообщении", "дауыстық хабарда"),
    "ocr": (0.7, "на картинке", "суретте"),
    "profile": (0.3, "в профиле автора", "автордың профилінде"),
    "quoted": (0.2, "в цитате", "дәйексөзде"),
}
# of the last earlier messages only the strongest offer counts; alone it stays below a doubt
_EARLIER, _EARLIER_SHARE, _MOST_EARLIER = 10, 0.3, 2.0


def assess(document: str | Document, *, rules: RuleSet | None = None) -> Assessment:
    """Judge a text, or a :class:`Document` with its surroundings.

    ``rules`` are the shipped ones unless others are given (to compare two versions). Any text
    is accepted, of any length; of more than ``LONGEST`` characters only the beginning is
    read, and a reason says so.
    """
    if isinstance(document, str):
        document = Document(document)
    rules = rules if rules is not None else default_rules()
    own = document.own
    read = own[:LONGEST]
    surroundings = _surroundings(document, rules)
    indicators = tuple(extract(read))
    best = max(
        (
            _judge_part(part, shift, indicators, surroundings, rules)
            for shift, part in _windows(read)
        ),
        key=lambda part: (part.verdict.outcome is Outcome.ILLEGAL, part.verdict.score),
    )
    # what only named a scheme weighed nothing and explains nothing to a reader
    reasons = [reason for reason in best.reasons if reason.weight]
    if len(own) > LONGEST:
        reasons.append(_unread(len(own)))
    return Assessment(
        outcome=best.verdict.outcome,
        p_illegal=best.verdict.p_illegal,
        score=best.verdict.score,
        schemes=best.verdict.schemes,
        reasons=tuple(reasons),
        indicators=indicators,
        lang=detect_language(own),
        engine=f"{VERSION}+{rules.version}",
    )


def fired(text: str, rules: RuleSet) -> list[Hit]:
    """The rules that fire in ``text`` on their own, before anything is weighed."""
    skeleton = fold(text)
    return find_hits(skeleton, rules, _marks(skeleton, text, 0, tuple(extract(text))))


@dataclass(frozen=True, slots=True)
class _Part:
    verdict: Verdict
    reasons: list[Reason] = field(repr=False)


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of at most ``WINDOW`` characters with their positions; at least one."""
    yield 0, text[:WINDOW]
    for start in range(WINDOW - OVERLAP, len(text) - OVERLAP, WINDOW - OVERLAP):
        yield start, text[start : start + WINDOW]


def _judge_part(
    text: str,
    shift: int,
    indicators: tuple[Indicator, ...],
    surroundings: list[tuple[Evidence, Reason]],
    rules: RuleSet,
) -> _Part:
    found = [*_find_evidence(text, shift, indicators, rules), *surroundings]
    verdict = judge(evidence for evidence, _ in found)
    return _Part(verdict, [reason for _, reason in found])


def evidence_in(text: str, rules: RuleSet) -> list[Evidence]:
    """What a text of one window brings to the scales; :func:`judge` weighs it."""
    indicators = tuple(extract(text))
    return [evidence for evidence, _ in _find_evidence(text, 0, indicators, rules)]


def _find_evidence(
    text: str, shift: int, indicators: tuple[Indicator, ...], rules: RuleSet
) -> Iterator[tuple[Evidence, Reason]]:
    skeleton = fold(text)
    quotes = [match.span() for match in _QUOTES.finditer(text)]
    marks = _marks(skeleton, text, shift, indicators)
    told = False
    for evidence, reason in _from_rules(skeleton, shift, quotes, rules, marks):
        told = told or evidence.outcome in {Outcome.ILLEGAL, Outcome.INCIDENT_REPORT}
        yield evidence, reason
    yield from _from_indicators(indicators, shift, shift + len(text))
    yield from _from_disguise(skeleton, shift)
    yield from _from_words(skeleton, shift, told=told)


def _marks(
    skeleton: Skeleton, text: str, shift: int, indicators: tuple[Indicator, ...]
) -> dict[str, list[Span]]:
    """Where links and contacts stand in the skeleton; masked ones count as well."""
    marks: dict[str, list[Span]] = {"@link": [], "@contact": []}
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


def _from_rules(
    skeleton: Skeleton,
    shift: int,
    quotes: list[Span],
    rules: RuleSet,
    marks: dict[str, list[Span]],
) -> Iterator[tuple[Evidence, Reason]]:
    taken: dict[str, list[Span]] = {}
    for hit in find_hits(skeleton, rules, marks):
        spans = [skeleton.original_span(*span) for span in hit.spans]
        if _repeats(hit, taken):
            continue
        quoted = all(any(a <= s and e <= b for a, b in quotes) for s, e in spans)
        rule = hit.rule
        yield (
            Evidence(
                rule.outcome,
                rule.weight,
                rule.scheme,
                rule.scheme_weight,
                quoted,
                call=rule.name.startswith("calls."),
            ),
            Reason(
                kind="rule",
                name=rule.name,
                weight=_signed(rule.outcome, rule.weight),
                spans=tuple((start + shift, end + shift) for start, end in spans),
                text=rule.text,
            ),
        )


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


def _from_words(skeleton: Skeleton, shift: int, *, told: bool) -> Iterator[tuple[Evidence, Reason]]:
    """The word model's opinion; where rules already tell a story it only names a scheme."""
    model = default_model()
    opinion = model.opinion(skeleton.text)
    if opinion.score < _NOTICED and not told:
        return
    sure = opinion.score >= _SURE
    outcome = Outcome.ILLEGAL if sure else Outcome.SUSPICIOUS
    weight = round(2.5 + 0.7 * (opinion.score + 0.5), 2) if opinion.score >= _NOTICED else 0.0
    if sure:
        weight = _CERTAIN_WEIGHT if opinion.score >= _CERTAIN else _SURE_WEIGHT
    else:
        weight = min(weight, _MOST_DOUBT)
    spans = [skeleton.original_span(*span) for span in opinion.spans if weight]
    scheme = model.scheme(opinion)
    yield (
        Evidence(outcome, weight, scheme, _NAMED if scheme else 0.0),
        Reason("ngram", "words", weight, tuple((a + shift, b + shift) for a, b in spans), _WORDS),
    )


def _surroundings(document: Document, rules: RuleSet) -> list[tuple[Evidence, Reason]]:
    """What the other parts and the kind of source add. Their spans lie elsewhere."""
    found = []
    for part, (share, ru, kk) in _PARTS.items():
        text = getattr(document, part)
        if not text or part == document.own_part:
            continue
        for hit in find_hits(fold(text[:WINDOW]), rules):
            rule = hit.rule
            weight = round(rule.weight * share, 2)
            said = {"ru": f"{rule.text['ru']} ({ru})", "kk": f"{rule.text['kk']} ({kk})"}
            found.append(
                (
                    Evidence(rule.outcome, weight, rule.scheme, rule.scheme_weight * share),
                    Reason("rule", rule.name, _signed(rule.outcome, weight), (), said),
                )
            )
    if earlier := _earlier(document, rules):
        found.append(earlier)
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


def _earlier(document: Document, rules: RuleSet) -> tuple[Evidence, Reason] | None:
    """What the author offered before makes a doubtful text more so, and a calm one not doubtful."""
    offers = [
        hit.rule
        for text in document.earlier[-_EARLIER:]
        for hit in find_hits(fold(text[:WINDOW]), rules)
        if hit.rule.outcome is Outcome.ILLEGAL
    ]
    if not offers:
        return None
    best = max(offers, key=lambda rule: rule.weight)
    weight = round(min(_MOST_EARLIER, _EARLIER_SHARE * best.weight), 2)
    said = {
        "ru": f"{best.text['ru']} (в прежних сообщениях автора)",
        "kk": f"{best.text['kk']} (автордың бұрынғы хабарларында)",
    }
    return (
        Evidence(Outcome.SUSPICIOUS, weight, best.scheme, _EARLIER_SHARE * best.scheme_weight),
        Reason("rule", best.name, weight, (), said),
    )


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
