"""What the table of a chat says about one assessed message. Plain and without a database.

A chat has one policy and each scheme may have a milder or another of its own: `cell`.

Only `illegal` at or above the chat's threshold of `p_illegal`, of a scheme that has a law article,
is ever acted on by the machine. A victim's story, a warning, a job advert and anything doubtful go
to people at most, whatever the numbers say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tereze.detection import Outcome


class Course(StrEnum):
    NOTHING = "nothing"
    QUEUE = "queue"  # a person decides
    SHADOW = "shadow"  # recorded: the machine would have acted
    ACT = "act"


@dataclass(frozen=True, kw_only=True)
class Policy:
    mode: str  # off | shadow | review | automatic
    threshold: float
    author_act: str = "none"  # none | restrict | ban
    leave: bool = False  # quiet hours in which the machine leaves everything to people


@dataclass(frozen=True, kw_only=True)
class Judged:
    outcome: str
    p_illegal: float
    has_article: bool  # the scheme is one of the typology and names its law article
    exempt: str = ""  # why the author is left to people


@dataclass(frozen=True, kw_only=True)
class Ruling:
    course: Course
    ladder: tuple[str, ...] = ()
    why: str = ""


STRICTNESS = ("off", "shadow", "review", "automatic")


def cell(chat: Policy, scheme: Mapping[str, Any] | None) -> Policy:
    """The chat's policy where a scheme has one of its own: never stricter than the chat."""
    if not scheme:
        return chat
    mode = min(scheme.get("mode", chat.mode), chat.mode, key=STRICTNESS.index)
    threshold = max(scheme.get("threshold", chat.threshold), chat.threshold)
    return replace(chat, mode=mode, threshold=threshold)


TO_PEOPLE = {Outcome.ILLEGAL, Outcome.SUSPICIOUS, Outcome.INCIDENT_REPORT}


def ladder(policy: Policy) -> tuple[str, ...]:
    return ("delete",) if policy.author_act == "none" else ("delete", policy.author_act)


def rule(policy: Policy, judged: Judged) -> Ruling:
    if policy.mode == "off" or judged.outcome not in TO_PEOPLE:
        return Ruling(course=Course.NOTHING, why=judged.outcome)
    if judged.outcome != Outcome.ILLEGAL:
        return Ruling(course=Course.QUEUE, why=judged.outcome)
    if judged.p_illegal < policy.threshold:
        return Ruling(course=Course.QUEUE, why="below_threshold")
    if not judged.has_article:
        return Ruling(course=Course.QUEUE, why="no_article")
    if judged.exempt:
        return Ruling(course=Course.QUEUE, why=f"exempt:{judged.exempt}")
    if policy.leave and policy.mode == "automatic":
        return Ruling(course=Course.QUEUE, why="quiet_hours")
    courses = {"shadow": Course.SHADOW, "automatic": Course.ACT}
    course = courses.get(policy.mode, Course.QUEUE)
    return Ruling(course=course, ladder=ladder(policy), why="above_threshold")
