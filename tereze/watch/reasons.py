"""The reasons of an assessment in words: for the author, and for the officer at the wall."""

from typing import Any

from django.utils.translation import gettext_lazy

from tereze.core.marks import Mark
from tereze.detection.typology import SCHEMES
from tereze.watch.models import Message


LANGUAGES = ("ru", "kk")
TONES = {"illegal": "attention", "incident_report": "active", "suspicious": "plain"}
OUTCOMES: dict[str, Any] = {
    "illegal": gettext_lazy("противоправное"),
    "suspicious": gettext_lazy("подозрительное"),
    "incident_report": gettext_lazy("рассказ пострадавшего"),
    "job_or_promo": gettext_lazy("работа или реклама"),
    "warning_or_quotation": gettext_lazy("предупреждение или цитата"),
    "harmless": gettext_lazy("обычное"),
}


def told(message: Message) -> dict[str, str]:
    """What the author is told: the scheme, and the number of its first law article. No verdict."""
    scheme = SCHEMES.get(message.scheme)
    if scheme is None:
        return {"ru": "признаки мошенничества", "kk": "алаяқтық белгілері"}
    article = scheme.articles[0].text
    numbers = {lang: article[lang].partition(" (")[0] for lang in LANGUAGES}
    return {lang: f"{scheme.name[lang]} ({numbers[lang]})" for lang in LANGUAGES}


def rules_of(message: Message) -> list[str]:
    """The rules that spoke against the text, by name: what a wrong decision is counted against."""
    reasons = (message.assessment or {}).get("reasons", [])
    return sorted({r["name"] for r in reasons if r["kind"] == "rule" and r["weight"] > 0})


def scheme_name(slug: str, language: str) -> str:
    scheme = SCHEMES.get(slug)
    if scheme is None:
        return ""
    return scheme.short.get(language) or scheme.short["ru"]


def shown_reasons(message: Message, language: str) -> list[dict[str, Any]]:
    """The strongest reasons first, each in plain words, with the words that triggered it."""
    words = "kk" if language == "kk" else "ru"
    reasons = (message.assessment or {}).get("reasons", [])
    ordered = sorted(reasons, key=lambda reason: -abs(float(reason["weight"])))
    return [
        {
            "text": reason["text"].get(words) or reason["text"].get("ru", ""),
            "speaks_for": reason["weight"] >= 0,
            "quotes": [message.masked[a:b] for a, b in reason["spans"][:3]],
        }
        for reason in ordered
    ]


def marks_in(assessment: dict[str, Any] | None, language: str) -> list[Mark]:
    """What speaks for it, where it stands, and why."""
    words = "kk" if language == "kk" else "ru"
    found: list[Mark] = []
    for reason in (assessment or {}).get("reasons", []):
        if reason["weight"] > 0:
            label = str(reason["text"].get(words) or reason["text"].get("ru", ""))
            found += [Mark(a, b, str(reason["kind"]), label) for a, b in reason["spans"]]
    return found


def pieces(message: Message) -> list[dict[str, Any]]:
    """The masked text cut where something is to be highlighted."""
    text = message.masked
    marked = [False] * len(text)
    for reason in (message.assessment or {}).get("reasons", []):
        if reason["weight"] <= 0:
            continue
        for start, end in reason["spans"]:
            for place in range(max(0, start), min(end, len(text))):
                marked[place] = True
    found: list[dict[str, Any]] = []
    for letter, is_marked in zip(text, marked, strict=True):
        if found and found[-1]["marked"] == is_marked:
            found[-1]["text"] += letter
        else:
            found.append({"text": letter, "marked": is_marked})
    return found
