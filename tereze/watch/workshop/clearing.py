"""What green means. Every bound stands here, and the database repeats those that are counts of none."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from tereze.detection import Outcome
from tereze.detection.comparing import Difference, View
from tereze.detection.house import Entry, alone
from tereze.detection.parts import places
from tereze.watch.models import FLAGGED, BacktestFind
from tereze.watch.workshop import trying
from tereze.watch.workshop.history import CORPUS, Text


NEVER = Path(__file__).with_name("never.toml")
HONEST = frozenset({"harmless", "job_or_promo", "warning_or_quotation", "incident_report"})
MOST_HONEST_FLAGGED = (
    0.005  # of the honest texts of the corpus: people look at them, no machine acts
)
MOST_LOST = 0.01  # of the frauds of the corpus that were found before
Kind = BacktestFind.Kind


def kind_of(difference: Difference, threshold: float) -> str:
    """What would happen otherwise to a text; nothing where only a number moved."""
    before, after = difference.old, difference.new
    blocked = is_blocked(before, threshold), is_blocked(after, threshold)
    if blocked[0] != blocked[1]:
        return str(Kind.BLOCKED if blocked[1] else Kind.UNBLOCKED)
    flagged = before.outcome in FLAGGED, after.outcome in FLAGGED
    if flagged[0] != flagged[1]:
        return str(Kind.FLAGGED if flagged[1] else Kind.UNFLAGGED)
    return ""


def is_blocked(view: View, threshold: float) -> bool:
    return view.outcome == Outcome.ILLEGAL and view.p_illegal >= threshold


def is_honest(text: Text) -> bool:
    return text.label in HONEST


@cache
def never() -> tuple[str, ...]:
    """Texts of which no rule may speak: see the file."""
    found = tomllib.loads(NEVER.read_text(encoding="utf-8"))
    return (*found["ru"], *found["kk"])


def forbidden(name: str, entry: Entry) -> list[str]:
    """Those of them in which the rule fires."""
    rules = alone(name, entry)
    return [text for text in never() if places(text, rules)]


def same_words(text: str) -> str:
    """Copies of one text count once: a raid with the advert we look for is no error of the rule."""
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()[:16]


def begin_counts(name: str, entry: Entry | None) -> dict[str, Any]:
    """What is known before any history is read."""
    return {
        "examples_failed": trying.failed(name, entry) if entry else 0,
        "forbidden": len(forbidden(name, entry)) if entry else 0,
        "honest": 0,
        "frauds": 0,
        "harmless_blocked": 0,
        "harmless_flagged": 0,
        "acquitted_blocked": 0,
        "lost": 0,
        "kinds": {},
        "places": {},
        "schemes": {},
        "blocked_texts": [],  # of chats, each wording once, as far as the bound needs to know
    }


def count_texts(counts: dict[str, Any], texts: list[Text]) -> None:
    counts["honest"] += sum(is_honest(text) for text in texts)
    counts["frauds"] += sum(text.label == Outcome.ILLEGAL for text in texts)


def count(counts: dict[str, Any], kind: str, text: Text, scheme: str) -> None:
    add(counts["kinds"], kind)
    add(counts["places"].setdefault(text.place, {}), kind)
    add(counts["schemes"].setdefault(scheme, {}), kind)
    if kind == Kind.BLOCKED:
        counts["harmless_blocked"] += is_honest(text)
        counts["acquitted_blocked"] += text.acquitted
        if text.message is not None and len(counts["blocked_texts"]) <= most_blocked():
            words = same_words(text.own)
            if words not in counts["blocked_texts"]:
                counts["blocked_texts"].append(words)
    elif kind == Kind.FLAGGED:
        counts["harmless_flagged"] += is_honest(text)
    elif text.label == Outcome.ILLEGAL:
        counts["lost"] += 1


def add(numbers: dict[str, int], name: str) -> None:
    numbers[name] = numbers.get(name, 0) + 1


def most_blocked() -> int:
    return int(settings.WORKSHOP_MOST_BLOCKED)


def red(counts: Mapping[str, Any], read: Mapping[str, Any]) -> list[str]:
    """Why it is not green; empty when it is."""
    found = {
        "examples": counts["examples_failed"] > 0,
        "forbidden": counts["forbidden"] > 0,
        "no_corpus": not read[CORPUS],
        "harmless_blocked": counts["harmless_blocked"] > 0,
        "acquitted_blocked": counts["acquitted_blocked"] > 0,
        "harmless_flagged": counts["harmless_flagged"] > MOST_HONEST_FLAGGED * counts["honest"],
        "too_many_blocked": len(counts["blocked_texts"]) > most_blocked(),
        "lost": counts["lost"] > MOST_LOST * counts["frauds"],
    }
    return [code for code, holds in found.items() if holds]
