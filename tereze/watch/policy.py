"""What the table of a chat says about one assessed message. Plain and without a database.

Only `illegal` at or above the chat's threshold of `p_illegal`, of a scheme that has a law article,
is ever acted on by the machine. A victim's story, a warning, a job advert and anything doubtful go
to people at most, whatever the numbers say.
"""

from dataclasses import dataclass
from enum import StrEnum

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
    courses = {"shadow": Course.SHADOW, "automatic": Course.ACT}
    course = courses.get(policy.mode, Course.QUEUE)
    return Ruling(course=course, ladder=ladder(policy), why="above_threshold")
