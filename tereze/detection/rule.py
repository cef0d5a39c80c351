"""One rule, as read from its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tereze.detection.assessment import Outcome


@dataclass(frozen=True)
class Rule:
    """One rule: a sign that speaks for an outcome, and for a scheme where it has one.

    It fires where a phrase of ``any`` stands, with one of every group in ``with_`` and none of
    ``unless`` within ``within`` characters of it. ``weight`` is the evidence in log-odds,
    ``scheme_weight`` the evidence for the scheme. ``text`` is the reason shown to a resident.
    """

    name: str
    scheme: str
    outcome: Outcome
    weight: float
    scheme_weight: float
    any: tuple[int, ...]
    with_: tuple[tuple[int, ...], ...]
    unless: tuple[int, ...]
    within: int
    text: Mapping[str, str]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
