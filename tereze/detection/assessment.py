"""What comes out of detection: an outcome, two probabilities, schemes and reasons.

The JSON form is a published interface; :meth:`Assessment.to_json` and
:meth:`Assessment.from_json` are its only two doors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tereze.indicators import Indicator
from tereze.indicators.folding import SEEN


class Outcome(StrEnum):
    """What a text is. Only ``ILLEGAL`` may ever move the machine."""

    ILLEGAL = "illegal"
    SUSPICIOUS = "suspicious"
    INCIDENT_REPORT = "incident_report"
    JOB_OR_PROMO = "job_or_promo"
    WARNING_OR_QUOTATION = "warning_or_quotation"
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Document:
    """A text with what is known about where it stood.

    ``text`` is the author's own words; ``caption`` belongs to a picture or file, ``transcript``
    is what was said in a voice message or call, ``ocr`` what was read in a picture: all three are
    the author's as well. ``quoted`` is what they answer or forward, ``profile`` describes their
    account, ``earlier`` are their messages before this one, oldest first. ``context`` is free for
    the caller ({"source": "police"} marks an official voice).
    """

    text: str
    quoted: str = ""
    caption: str = ""
    profile: str = ""
    context: Mapping[str, Any] | None = None
    transcript: str = ""
    ocr: str = ""
    earlier: tuple[str, ...] = ()

    @property
    def is_alone(self) -> bool:
        """Whether nothing but its text is known."""
        around = self.quoted or self.caption or self.profile or self.transcript or self.ocr
        return not (around or self.context or self.earlier)

    @property
    def own(self) -> str:
        """The part that is judged, and that the assessment's spans refer to."""
        said = self._said()
        return said[0][1] if said else self.text

    @property
    def own_part(self) -> str:
        """The name of that part; every other part is weighed beside it."""
        said = self._said()
        return said[0][0] if said else "text"

    @property
    def beside(self) -> str:
        """What else the author says or shows."""
        return "\n".join([text for _, text in self._said()[1:]])

    def _said(self) -> list[tuple[str, str]]:
        """The author's parts in which something can be seen, by name; none where there is only a
        text, as in most documents."""
        if not (self.caption or self.transcript or self.ocr):
            return []
        parts = (
            ("text", self.text),
            ("caption", self.caption),
            ("transcript", self.transcript),
            ("ocr", self.ocr),
        )
        return [(name, text) for name, text in parts if SEEN.search(text)]


@dataclass(frozen=True, slots=True)
class SchemeScore:
    """A scheme of the typology and how probable it is, 0 to 1."""

    slug: str
    score: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence.

    ``kind`` is ``rule``, ``ngram``, ``disguise`` or ``indicator``; ``weight`` is in log-odds,
    positive where it speaks for an illegal text and negative where it speaks against;
    ``spans`` are half-open character ranges of the original text; ``text`` says it in words a
    resident understands, keyed ``ru`` and ``kk``.
    """

    kind: str
    name: str
    weight: float
    spans: tuple[tuple[int, int], ...]
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The machine's opinion of one text; never a decision.

    ``p_illegal`` is the probability that the text itself is illegal, ``score`` that the desk
    has to look at it (victims' stories included). ``engine`` names the version that judged.
    """

    outcome: Outcome
    p_illegal: float
    score: float
    schemes: tuple[SchemeScore, ...]
    reasons: tuple[Reason, ...]
    indicators: tuple[Indicator, ...]
    lang: str
    engine: str

    def to_json(self) -> dict[str, Any]:
        """The published JSON form, ready for ``json.dumps``."""
        return {
            "outcome": str(self.outcome),
            "p_illegal": self.p_illegal,
            "score": self.score,
            "schemes": [{"slug": s.slug, "score": s.score} for s in self.schemes],
            "reasons": [
                {
                    "kind": r.kind,
                    "name": r.name,
                    "weight": r.weight,
                    "spans": [list(span) for span in r.spans],
                    "text": dict(r.text),
                }
                for r in self.reasons
            ],
            "indicators": [indicator.to_json() for indicator in self.indicators],
            "lang": self.lang,
            "engine": self.engine,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Assessment:
        """Rebuild an assessment from :meth:`to_json`'s form.

        Raises ``KeyError`` where a field is missing and ``ValueError`` for an unknown outcome.
        """
        return cls(
            outcome=Outcome(data["outcome"]),
            p_illegal=float(data["p_illegal"]),
            score=float(data["score"]),
            schemes=tuple(SchemeScore(s["slug"], float(s["score"])) for s in data["schemes"]),
            reasons=tuple(
                Reason(
                    r["kind"],
                    r["name"],
                    float(r["weight"]),
                    tuple((int(start), int(end)) for start, end in r["spans"]),
                    dict(r["text"]),
                )
                for r in data["reasons"]
            ),
            indicators=tuple(
                Indicator(
                    type=i["type"],
                    value=i["value"],
                    raw=i["raw"],
                    span=(int(i["span"][0]), int(i["span"][1])),
                    confidence=float(i["confidence"]),
                    note=i.get("note", ""),
                    why=i.get("why", ""),
                )
                for i in data["indicators"]
            ),
            lang=data["lang"],
            engine=data["engine"],
        )
