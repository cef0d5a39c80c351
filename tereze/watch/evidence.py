"""What opens the automatic is counted from rows; whether the program itself wrote them.

Under keys that are not in the database, so that a row written or edited past the program counts for
nothing. It is checked each time something is counted, and not only where a form was sent.
"""

import json
from datetime import timedelta
from hmac import compare_digest

from tereze.core.encryption import keyed_hash
from tereze.watch.models import Decision, Message, Source


def evidence_of(source: Source) -> str:
    """Covers how long the chat was in shadow, by what clock, and what was carried over."""
    told = source.shadow_told.isoformat() if source.shadow_told else ""
    seconds = source.shadowed / timedelta(seconds=1)
    carried = json.dumps(source.carried, sort_keys=True)
    facts = f"{source.public_id}:{source.chat_id}:{seconds:.3f}:{told}:{carried}"
    return keyed_hash(facts, purpose="watch.evidence")


def holds(source: Source) -> bool:
    """Nothing counted yet needs no proof."""
    if not source.evidence:
        return not (source.shadowed or source.shadow_told or source.carried)
    return compare_digest(source.evidence, evidence_of(source))


def mark_of(decision: Decision, message: Message) -> str:
    """Covers who decided what, and what the machine had said of the text."""
    facts = (
        decision.public_id, message.public_id, decision.verdict, decision.officer_id,
        message.outcome, f"{message.p_illegal:.6f}", message.scheme,
    )  # fmt: skip
    return keyed_hash(json.dumps(facts), purpose="watch.verdict")


def mark(decision: Decision, message: Message) -> None:
    decision.mark = mark_of(decision, message)
