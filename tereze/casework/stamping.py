"""The worker's part: one manifest to the time authority. A dead authority only delays stamps."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F

from tereze.casework.actions.evidence import add_stamp
from tereze.casework.custody import canonical
from tereze.casework.models import Evidence, Stamp
from tereze.casework.timestamps import (
    QUERY,
    REPLY,
    BadTokenError,
    Token,
    certificates_in,
    check,
    question_about,
)
from tereze.core import due, outgoing
from tereze.core.actor import Actor
from tereze.core.clock import now


BY = Actor.machine("timestamps")
LARGEST_ANSWER = 64 * 1024
PATIENCE = 10.0
AT_ONCE = 500


@due.handler(Stamp, lane="stamps", lease=timedelta(minutes=1))
def stamp(row: Stamp) -> None:
    if row.stamped_at is not None:
        return
    try:
        answer, token = ask(canonical(row.evidence.manifest))
    except (BadTokenError, outgoing.FetchError, OSError) as error:
        # expected for hours on end: said on the row and on screen, not in the log each time
        Stamp.objects.filter(pk=row.pk).update(
            next_action_at=now() + due.pause(row.tries),
            tries=F("tries") + 1,
            problem=f"{type(error).__name__}: {error}"[:300],
        )
    else:
        add_stamp(stamp=row, token=token, answer=answer, local=settings.TSA_LOCAL, by=BY)


def ask(content: bytes) -> tuple[bytes, Token]:
    """The authority's answer, believed only after it was checked."""
    outgoing.outside_transaction()
    question = question_about(content)
    found = outgoing.fetch(
        settings.TSA_URL,
        guard=outgoing.guard(),
        limit=LARGEST_ANSWER,
        seconds=PATIENCE,
        content=question.content,
        headers={"Content-Type": QUERY, "Accept": REPLY},
    )
    if found.status != 200:
        raise BadTokenError(f"HTTP {found.status}")
    trusted = certificates_in(Path(settings.TSA_TRUST).read_bytes())
    return found.body, check(found.body, content, trusted, nonce=question.nonce)


@due.every(60, name="casework.stamps")
def catch_up() -> None:
    """What was sealed while no authority was configured, or before there were stamps."""
    if not settings.TSA_URL:
        return
    Stamp.objects.filter(stamped_at=None, next_action_at=None).update(next_action_at=now())
    Stamp.objects.bulk_create(
        [
            Stamp(evidence=evidence, next_action_at=now())
            for evidence in Evidence.objects.filter(stamp=None)[:AT_ONCE]
        ],
        ignore_conflicts=True,
    )
