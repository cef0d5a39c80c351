"""What the pages of the workshop show, put together."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tereze.accounts.models import User
from tereze.detection.house import Changes, Entry, entry_of
from tereze.detection.ruleset import RuleSet, default_rules
from tereze.watch.models import Backtest, BacktestFind, RuleDraft, RuleRelease, ShadowFind
from tereze.watch.reasons import scheme_name
from tereze.watch.workshop import actions, backtest, entries, precision, rulebook, words
from tereze.watch.workshop.precision import Precision
from tereze.watch.workshop.trying import Tried


SIGNAL = "signal"  # typical words of the typology: they change with it, not here
Kind = BacktestFind.Kind


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rule in the list."""

    name: str
    text: str
    scheme: str
    origin: str  # own | changed | off | shipped
    precision: Precision


def rows(user: User, language: str, *, scheme: str, query: str) -> list[Row]:
    """Rules of a scheme, or what was searched; else those of the house and those with verdicts."""
    in_force = rulebook.in_force(user.unit_id)
    known = precision.by_rule(user.unit)
    shipped = {rule.name: rule for rule in default_rules().rules if is_editable(rule.name)}
    found = []
    for name in sorted({*shipped, *in_force.rules, *in_force.off}):
        entry = in_force.rules.get(name)
        origin = origin_of(name, in_force, known_shipped=name in shipped)
        text = entry["text"] if entry else shipped[name].text if name in shipped else {}
        slug = entry["scheme"] if entry else shipped[name].scheme if name in shipped else ""
        row = Row(
            name=name,
            text=text.get(language) or text.get("ru", name),
            scheme=scheme_name(slug, language),
            origin=origin,
            precision=known.get(name, Precision()),
        )
        if is_wanted(row, slug, scheme, query.casefold().strip()):
            found.append(row)
    return sorted(found, key=lambda row: (row.origin == "shipped", row.precision.percent, row.name))


def is_editable(name: str) -> bool:
    """Rules of schemes. What is common to all, warnings and stories, changes with Tereze itself."""
    return entries.has_article(scheme_of(name)) and not name.endswith(f".{SIGNAL}")


def scheme_of(name: str) -> str:
    return name.partition(".")[0]


def origin_of(name: str, in_force: Changes, *, known_shipped: bool) -> str:
    if name in in_force.off:
        return "off"
    if name in in_force.rules:
        return "changed" if known_shipped else "own"
    return "shipped"


def is_wanted(row: Row, slug: str, scheme: str, query: str) -> bool:
    if scheme and slug != scheme:
        return False
    if query and query not in f"{row.name} {row.text}".casefold():
        return False
    if scheme or query:
        return True
    return row.origin != "shipped" or row.precision.verdicts > 0


def entry_in_force(name: str, unit_id: int) -> Entry | None:
    """A rule as it is in force now: of the house, or shipped; ``None`` where there is none."""
    in_force = rulebook.in_force(unit_id)
    if name in in_force.rules:
        return in_force.rules[name]
    return None if name in in_force.off else shipped_entry(name)


def shipped_entry(name: str) -> Entry | None:
    rules: RuleSet = default_rules()
    try:
        return entry_of(rules.rule(name), rules) if is_editable(name) else None
    except KeyError:
        return None


def shown(tried: list[Tried]) -> list[dict[str, Any]]:
    """Examples with what was found in them, what does not hold first."""
    ordered = sorted(tried, key=lambda one: one.holds)
    return [
        {
            "text": one.text,
            "spans": [(start, end, "rule", "") for start, end in one.spans],
            "is_example": one.is_example,
            "holds": one.holds,
            "before": words.outcome_words(one.before.outcome),
            "after": words.outcome_words(one.after.outcome),
            "p_before": one.before.p_illegal,
            "p_after": one.after.p_illegal,
        }
        for one in ordered
    ]


def difference(old: Entry | None, new: Entry | None, language: str) -> list[dict[str, Any]]:
    """What went and what came, in words where the rule has codes."""
    said: dict[str, Callable[[str], str]] = {
        "scheme": lambda slug: scheme_name(slug, language),
        "outcome": words.outcome_words,
        "language": lambda code: str(words.LANGUAGES.get(code, code)),
    }
    return [
        {
            "field": words.FIELDS[field],
            "went": [said.get(field, str)(line) for line in went],
            "came": [said.get(field, str)(line) for line in came],
        }
        for field, went, came in entries.difference(old, new)
    ]


def backtest_of(draft: RuleDraft, language: str) -> dict[str, Any] | None:
    """The last one of the draft's present words, and whether it still counts."""
    row = draft.edit.backtests.select_related("asked_by").order_by("-pk").first()
    return told(row, language, counts=actions.clearance_of(draft.edit) is not None) if row else None


def told(row: Backtest, language: str, *, counts: bool) -> dict[str, Any]:
    numbers = row.counts.get("kinds", {})
    return {
        "row": row,
        "progress": backtest.progress(row),
        "red": words.red_words(row.red),
        "counts": counts,
        "kinds": [(kind, label, numbers.get(kind, 0)) for kind, label in Kind.choices],
        "by_place": table(row.counts.get("places", {}), words.place_words),
        "by_scheme": table(
            row.counts.get("schemes", {}), lambda slug: scheme_name(slug, language) or "–"
        ),
        "files": sorted(row.read.get("files", {}).items()),
    }


def table(numbers: dict[str, dict[str, int]], name: Any) -> list[dict[str, Any]]:
    ordered = sorted(numbers.items(), key=lambda item: -sum(item[1].values()))
    return [
        {
            "key": key,
            "name": name(key),
            "cells": [(label, own.get(kind, 0)) for kind, label in Kind.choices],
        }
        for key, own in ordered
    ]


def find_shown(one: BacktestFind | ShadowFind) -> dict[str, Any]:
    """A text with what would be otherwise. Of a message only what screens may show."""
    message = one.message
    text = message.masked if message else getattr(one, "text", "")
    return {
        "find": one,
        "text": text,
        "place": message.source.title if message else words.place_words(getattr(one, "place", "")),
        "message": message,
        "old": words.outcome_words(one.old.get("outcome", "")),
        "new": words.outcome_words(one.new.get("outcome", "")),
        "label": words.outcome_words(getattr(one, "label", "")),
    }


def shadow_of(draft: RuleDraft, *, most: int) -> dict[str, Any]:
    found = draft.edit.shadow_finds.select_related("message__source", "said_by").order_by("-pk")
    every = list(found.values_list("kind", "said", "said_by"))
    writers = set(draft.edits.values_list("by", flat=True))
    said = Counter(word for _kind, word, by in every if by not in writers)
    by_kind = Counter(kind for kind, _said, _by in every)
    judged = said[ShadowFind.Said.RIGHT] + said[ShadowFind.Said.WRONG]
    return {
        "seen": draft.shadow_seen,
        "kinds": [(label, by_kind[kind]) for kind, label in Kind.choices],
        "number": len(every),
        "precision": Precision(verdicts=judged, right=said[ShadowFind.Said.RIGHT]),
        "finds": [find_shown(one) for one in found[:most]],
        "more": max(0, len(every) - most),
    }


def releases(user: User, language: str) -> list[dict[str, Any]]:
    """Newest first, each with what it changed against what stood before it."""
    found = RuleRelease.objects.visible_to(user).select_related(
        "by", "edited_by", "parent", "takes_back", "clearance__edit__draft"
    )
    every = list(found.order_by("-number")[:100])
    return [
        {
            "release": one,
            "is_newest": place == 0,
            "changes": changes_of(
                one, every[place + 1] if place + 1 < len(every) else None, language
            ),
        }
        for place, one in enumerate(every)
    ]


def changes_of(one: RuleRelease, before: RuleRelease | None, language: str) -> list[dict[str, Any]]:
    new = Changes.from_json(one.changes)
    old = Changes.from_json(before.changes) if before else Changes()
    names = {*old.rules, *new.rules, *old.off, *new.off}
    found = []
    for name in sorted(names):
        was, now = standing(name, old), standing(name, new)
        if was != now:
            lines = difference(was, now, language)
            found.append({"name": name, "lines": lines, "is_off": now is None})
    return found


def standing(name: str, changes: Changes) -> Entry | None:
    if name in changes.rules:
        return changes.rules[name]
    return None if name in changes.off else shipped_entry(name)
