"""A report comes in. Files and assessment first, outside any transaction; then one short one."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from tereze.accounts.models import Unit, User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.ids import token_hash
from tereze.core.numbering import next_number
from tereze.detection.typology import CLOCKS
from tereze.intake.actions.files import Incoming, Stored, add_rows, store_files
from tereze.intake.models import IdempotencyKey, Report
from tereze.intake.preparing import Prepared, prepare
from tereze.intake.receipts import new_receipt, receipt_hash
from tereze.intake.statement import Statement
from tereze.linking.actions import Subject, record_sightings
from tereze.live import publish


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Which sending this is: `key` is the form's token or the partner's Idempotency-Key."""

    scope: str
    key: str
    body_hash: str = ""
    answer_for: timedelta = timedelta(hours=2)
    remember: Callable[[Report], dict[str, Any]] = lambda report: {}

    @property
    def key_hash(self) -> str:
        return hash_of_key(self.scope, self.key)


@dataclass(frozen=True)
class Submitted:
    report: Report
    receipt: str | None  # None once the answer's term is over
    refused: tuple[tuple[str, str], ...] = ()  # (name, why) of files that were not taken
    is_repeat: bool = False  # this sending had arrived before
    answer: dict[str, Any] = field(default_factory=dict)


class DifferentBodyError(Exception):
    """The same idempotency key came with another body; `earlier` is what the first one made."""

    def __init__(self, earlier: Report) -> None:
        super().__init__(earlier.number)
        self.earlier = earlier


def hash_of(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def submit_report(
    *,
    unit: Unit,
    statement: Statement,
    channel: str,
    sending: Sending,
    by: Actor,
    files: Iterable[Incoming] = (),
    registered_by: User | None = None,
    partner: str = "",
) -> Submitted:
    """Register a report, once per sending. Answers with its number and receipt."""
    if earlier := already_sent(sending):
        return earlier
    prepared = prepare(statement, unit=unit)
    stored = store_files(files, overflow=statement.overflow)
    receipt = new_receipt()
    try:
        report = register(
            unit=unit,
            prepared=prepared,
            stored=stored,
            channel=channel,
            receipt=receipt,
            sending=sending,
            by=by,
            registered_by=registered_by,
            partner=partner,
        )
    except IntegrityError:
        # a twin of this sending was faster: the constraint let one through, its answer is ours too
        if earlier := already_sent(sending):
            return earlier
        raise
    return Submitted(report, receipt, stored.refused, answer=sending.remember(report))


def already_sent(sending: Sending) -> Submitted | None:
    row = row_of(sending.scope, sending.key)
    if row is not None and row.body_hash != sending.body_hash:
        raise DifferentBodyError(row.report)
    return remembered(row)


def sent_before(scope: str, key: str) -> Submitted | None:
    """What a sending made, for the page that shows it; the body is not asked for again."""
    return remembered(row_of(scope, key))


def row_of(scope: str, key: str) -> IdempotencyKey | None:
    found = IdempotencyKey.objects.filter(scope=scope, key_hash=hash_of_key(scope, key))
    return found.select_related("report").first()


def hash_of_key(scope: str, key: str) -> str:
    return token_hash(f"{scope}\n{key}")


def remembered(row: IdempotencyKey | None) -> Submitted | None:
    if row is None:
        return None
    answer = row.answer if row.answer and row.answer_until > now() else {}
    refused = tuple((name, why) for name, why in answer.get("refused", ()))
    return Submitted(row.report, answer.get("receipt"), refused, is_repeat=True, answer=answer)


@transaction.atomic
def register(
    *,
    unit: Unit,
    prepared: Prepared,
    stored: Stored,
    channel: str,
    receipt: str,
    sending: Sending,
    by: Actor,
    registered_by: User | None,
    partner: str,
) -> Report:
    told, statement = prepared.told, prepared.statement
    received_at = now()
    report = Report.objects.create(
        number=next_number(unit.slug, "report", zone=unit.zone),
        unit=unit,
        received_at=received_at,
        channel=channel,
        language=statement.language,
        registered_by=registered_by,
        partner=partner,
        receipt_hash=receipt_hash(receipt),
        text=statement.text,
        details=statement.details(),
        reporter=statement.identity(),
        reporter_key=prepared.reporter_key,
        is_anonymous=not statement.identity(),
        masked_text=told.masked,
        masked_details=prepared.masked_details,
        assessment=told.assessment,
        found_in_details=prepared.found_in_details,
        scheme=prepared.scheme,
        fraud_channel=prepared.fraud_channel,
        district=statement.district,
        happened_at=prepared.happened_at,
        loss=statement.loss,
        amount=prepared.amount,
        money_left_at=prepared.money_left_at,
        kui_due_at=received_at + timedelta(hours=CLOCKS["kui_entry"].hours or 24),
    )
    IdempotencyKey.objects.create(
        scope=sending.scope,
        key_hash=sending.key_hash,
        body_hash=sending.body_hash,
        report=report,
        answer={"receipt": receipt, "refused": stored.refused, **sending.remember(report)},
        answer_until=received_at + sending.answer_for,
    )
    add_rows(report, stored, by)
    linked = record_sightings(
        unit=unit,
        subject=Subject("report", report.public_id, received_at, prepared.reporter_key),
        found=prepared.found,
        by=by,
        own_values=prepared.own,
        shown=prepared.shown,
    )
    record(
        "report.submitted",
        target=report,
        by=by,
        detail={
            "number": report.number,
            "channel": channel,
            "scheme": report.scheme,
            "files": len(stored.files),
            "joined": len(linked.joined),
        },
    )
    publish("reports")
    return report


def forget_answers() -> None:
    """Receipts are shown for a while after sending; then only their hash is left."""
    IdempotencyKey.objects.filter(answer_until__lt=now(), answer__isnull=False).update(answer=None)
