"""What happens to a report after it was sent and before it is closed."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.ids import new_token, token_hash
from tereze.detection.typology import SCHEMES
from tereze.intake.masking import contact_values
from tereze.intake.models import ApiKey, Report, Supplement
from tereze.intake.preparing import Told, tell
from tereze.intake.statement import LONGEST_TEXT, storable
from tereze.linking.actions import Subject, record_sightings
from tereze.live import publish


def add_supplement(*, report: Report, text: str, by: Actor) -> Supplement | None:
    """More words to the same report; assessed and linked like the first ones."""
    text = storable(text).strip()[:LONGEST_TEXT]
    if not text:
        return None
    told, _assessment = tell(
        text,
        unit=report.unit,
        own=contact_values(report.reporter.get("contact", "")),
        name=report.reporter.get("name", ""),
    )
    return save_supplement(report=report, told=told, by=by)


@transaction.atomic
def save_supplement(*, report: Report, told: Told, by: Actor) -> Supplement:
    supplement = Supplement.objects.create(
        report=report,
        by=str(by),
        text=told.text,
        masked_text=told.masked,
        assessment=told.assessment,
    )
    record_sightings(
        unit=report.unit,
        subject=Subject("report", report.public_id, now(), report.reporter_key),
        found=told.found,
        by=by,
        own_values=told.own,
        shown=told.shown,
    )
    record("report.supplemented", target=report, by=by)
    publish("reports")
    publish(f"report:{report.public_id}")
    return supplement


@transaction.atomic
def set_scheme(*, report: Report, scheme: str, by: User) -> None:
    """An officer says which scheme it is; the machine only guessed."""
    if not by.can(Permission.REPORT_KUI) or by.unit_id != report.unit_id:
        raise PermissionDenied(Permission.REPORT_KUI)
    if scheme and scheme not in SCHEMES:
        raise KeyError(scheme)
    report = Report.objects.select_for_update().get(pk=report.pk)
    was, report.scheme, report.scheme_by = report.scheme, scheme, by
    report.save(update_fields=["scheme", "scheme_by"])
    record("report.scheme_set", target=report, by=by.actor, detail={"was": was, "is": scheme})
    publish("reports")
    publish(f"report:{report.public_id}")


@transaction.atomic
def read_identity(*, report: Report, by: User, why: str) -> dict[str, str]:
    """Who reported. The read leaves a trace before anything is shown."""
    record("report.identity_read", target=report, by=by.actor, detail={"why": why})
    return dict(report.reporter)


@transaction.atomic
def issue_key(*, unit: Unit, partner: str, by: User) -> tuple[ApiKey, str]:
    """A key for a partner's system. The second value is shown once and never again."""
    secret = f"trz_{new_token()}"
    key = ApiKey.objects.create(
        unit=unit, partner=partner, key_hash=token_hash(secret), hint=secret[:10]
    )
    record("api_key.issued", target=key, by=by.actor, detail={"partner": partner})
    return key, secret


@transaction.atomic
def close_key(*, key: ApiKey, by: User) -> None:
    key.closed_at = now()
    key.save(update_fields=["closed_at"])
    record("api_key.closed", target=key, by=by.actor)
