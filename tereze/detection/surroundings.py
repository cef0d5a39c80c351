"""What stands beside the judged text and weighs with it: caption, voice, picture, profile, quotation,
the author's earlier messages, and who is speaking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tereze.detection.assessment import Document, Outcome
from tereze.detection.matching import find_hits
from tereze.detection.ruleset import RuleSet
from tereze.detection.scoring import Evidence
from tereze.detection.skeleton import Span
from tereze.detection.vocabulary import vocabulary


_READ = 2_500  # characters of each part: as many as are judged together
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

OFFICIAL = "official_source"
"""The name of the sign that an official voice speaks."""


class Sign(NamedTuple):
    """One piece of evidence, with what a :class:`Reason` will say of it once it is weighed."""

    evidence: Evidence
    kind: str
    name: str
    spans: tuple[Span, ...]
    text: Mapping[str, str]


def weigh_surroundings(document: Document, rules: RuleSet) -> list[Sign]:
    """What the other parts and the kind of source add. Their spans lie elsewhere."""
    if document.is_alone:
        return []
    known = vocabulary(rules)
    found: list[Sign] = []
    for part, (share, ru, kk) in _PARTS.items():
        text = getattr(document, part)
        if not text or part == document.own_part:
            continue
        for hit in find_hits(known.fold(text[:_READ]), rules):
            rule = hit.rule
            weight = round(rule.weight * share, 2)
            said = {"ru": f"{rule.text['ru']} ({ru})", "kk": f"{rule.text['kk']} ({kk})"}
            evidence = Evidence(rule.outcome, weight, rule.scheme, rule.scheme_weight * share)
            found.append(Sign(evidence, "rule", rule.name, (), said))
    if earlier := _earlier(document, rules):
        found.append(earlier)
    source = str((document.context or {}).get("source", ""))
    if source in {"police", "bank", "akimat", "news"}:
        text_pair = {"ru": "источник официальный", "kk": "дереккөзі ресми"}
        evidence = Evidence(Outcome.WARNING_OR_QUOTATION, 4.0)
        found.append(Sign(evidence, "rule", OFFICIAL, (), text_pair))
    return found


def _earlier(document: Document, rules: RuleSet) -> Sign | None:
    """What the author offered before makes a doubtful text more so, and a calm one not doubtful."""
    known = vocabulary(rules)
    offers = [
        hit.rule
        for text in document.earlier[-_EARLIER:]
        for hit in find_hits(known.fold(text[:_READ]), rules)
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
    share = _EARLIER_SHARE * best.scheme_weight
    return Sign(
        Evidence(Outcome.SUSPICIOUS, weight, best.scheme, share), "rule", best.name, (), said
    )
