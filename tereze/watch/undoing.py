"""Where the taking back of a decision stands. Plain and without a database.

    not undone ──undo──► lifting ──looked at──► lifted        every restriction and ban is gone
                            │                   nothing       there was nothing to lift
                            │                   held          another decision holds the author
                            └──cannot, will not, not known──► task     a person must look ──retry──► lifting

Only a look ends it: what the service merely accepted is still being lifted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Undo(StrEnum):
    NONE = "none"
    LIFTING = "lifting"
    LIFTED = "lifted"
    NOTHING = "nothing"
    HELD = "held"
    TASK = "task"


FREEING = ("unrestrict", "unban")
HOLDING = ("restrict", "ban")
FREE = {("done", "verified"), ("gone", "not_found")}


@dataclass(frozen=True)
class Fact:
    """One act, as far as it matters here."""

    kind: str
    state: str  # waiting | asked | done | gone | failed | cancelled
    look: str = ""
    words: str = ""


def needs_person(fact: Fact) -> bool:
    """A freeing that failed, that a look contradicts, or of which nothing can be known."""
    if fact.kind not in FREEING:
        return False
    return fact.state == "failed" or (
        fact.state == "done" and fact.look in {"contradicted", "unknown", "not_found"}
    )


def is_freed(fact: Fact) -> bool:
    return (fact.state, fact.look) in FREE


def state_of(facts: Iterable[Fact], *, undone: bool) -> Undo:
    if not undone:
        return Undo.NONE
    every = list(facts)
    freeing = [fact for fact in every if fact.kind in FREEING]
    if any(needs_person(fact) for fact in freeing):
        return Undo.TASK
    unsettled = [f for f in freeing if not is_freed(f) and f.state != "cancelled"]
    if unsettled or any(f.kind in HOLDING and f.state == "waiting" for f in every):
        return Undo.LIFTING
    if any(is_freed(fact) for fact in freeing):
        return Undo.LIFTED
    held = any(f.kind in HOLDING and f.state in {"done", "gone"} for f in every)
    return Undo.HELD if held else Undo.NOTHING


def cannot_be_restored(facts: Iterable[Fact]) -> bool:
    """The text is gone from the chat; the service has no way to bring it back."""
    every = list(facts)
    erased = any(f.kind in {"delete", "ban"} and f.state in {"done", "gone"} for f in every)
    return erased and not any(f.kind == "repost" and f.state == "done" for f in every)
