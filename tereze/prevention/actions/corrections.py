from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.prevention.checking import identifiers, value_hash
from tereze.prevention.models import Correction
from tereze.prevention.models.correction import CorrectionState


@transaction.atomic
def ask_correction(
    *, unit: Unit, subject: str, text: str, contact: str, language: str, by: Actor
) -> Correction:
    """Taken whatever it names, so that asking tells nobody what is in the base."""
    found, _left_out = identifiers(subject)
    row = Correction.objects.create(
        unit=unit,
        language=language,
        subject=subject,
        type=found[0].type if found else "",
        value_hash=value_hash(found[0]) if found else "",
        text=text,
        contact=contact,
    )
    record("correction.asked", target=row, by=by)
    publish("corrections")
    return row


@transaction.atomic
def answer_correction(*, correction: Correction, accept: bool, answer: str, by: User) -> None:
    """Accepting hides what the check page says of the number; a later refusal shows it again."""
    correction.state = CorrectionState.ACCEPTED if accept else CorrectionState.REFUSED
    correction.answer = answer
    correction.answered_at, correction.answered_by = now(), by
    correction.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    kind = "correction.accepted" if accept else "correction.refused"
    record(kind, target=correction, by=by.actor, detail={"type": correction.type})
    publish("corrections")
