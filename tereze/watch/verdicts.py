"""Whose word says what of a block. Both counts of precision hear it here.

A word against a block stands until whoever said it takes it back themselves: a colleague who decides
otherwise adds a word of their own. What two disagree about has not been found right.
"""

from tereze.watch.models import Decision
from tereze.watch.models.decisions import Verdict


def word_of(decision: Decision, *, upheld: bool) -> tuple[int | None, bool | None]:
    """(who speaks, whether the block was right); nothing of a block that nobody looked at."""
    undone = decision.undone_at is not None
    if decision.verdict == Verdict.RELEASE:
        own = undone and decision.undone_by_id == decision.officer_id
        return decision.officer_id, None if own else False
    if undone:
        return decision.undone_by_id, False
    return decision.officer_id, True if upheld or decision.officer_id is not None else None
