"""The register of chat administrators: people who agreed, and what was given to them."""

from typing import Any

from django.db import transaction

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.watch.models import ChatAdministrator, Memo
from tereze.watch.models.administrators import phone_key
from tereze.watch.submissions.texts import MEMO_VERSION


FIELDS = {"name", "phone", "chats", "language", "consent_at", "consent", "notes"}


class KnownError(Exception):
    """Somebody with this number is in the register."""


def other_with(phone: str, *, unit: int, but: int | None = None) -> bool:
    same = ChatAdministrator.objects.listed().filter(unit=unit, phone_key=phone_key(phone))
    return bool((same.exclude(pk=but) if but else same).exists())


@transaction.atomic
def add(*, by: User, **fields: Any) -> ChatAdministrator:
    if other_with(fields["phone"], unit=by.unit_id):
        raise KnownError
    made = ChatAdministrator(unit=by.unit, added_by=by)
    put(made, fields)
    made.save(force_insert=True)
    record("administrator.added", target=made, by=by.actor, unit=by.unit.slug)
    return made


@transaction.atomic
def change(*, administrator: ChatAdministrator, by: User, **fields: Any) -> None:
    if other_with(fields["phone"], unit=administrator.unit_id, but=administrator.pk):
        raise KnownError
    row = ChatAdministrator.objects.listed().select_for_update().get(pk=administrator.pk)
    before = {name: getattr(row, name) for name in fields}
    put(row, fields)
    row.save()
    changed = sorted(name for name in fields if before[name] != getattr(row, name))
    detail = {"changed": changed}  # names of fields; the journal holds no personal data
    record("administrator.changed", target=row, by=by.actor, unit=by.unit.slug, detail=detail)


def put(row: ChatAdministrator, fields: dict[str, Any]) -> None:
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"not a field of an administrator: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(row, name, value)
    row.phone_key = phone_key(row.phone)


@transaction.atomic
def remove(*, administrator: ChatAdministrator, by: User) -> None:
    """They no longer agree, or no longer administer: their data goes, that we wrote to somebody stays."""
    row = ChatAdministrator.objects.listed().select_for_update().get(pk=administrator.pk)
    row.name = row.phone = row.notes = row.phone_key = ""
    row.chats, row.consent, row.removed_at = [], "", now()
    row.save()
    record("administrator.removed", target=row, by=by.actor, unit=by.unit.slug)


@transaction.atomic
def gave_memo(*, administrator: ChatAdministrator, way: str, by: User) -> Memo:
    made = Memo.objects.create(
        administrator=administrator,
        language=administrator.language,
        version=MEMO_VERSION,
        way=Memo.Way(way),
        by=by,
    )
    record(
        "administrator.memo",
        target=administrator,
        by=by.actor,
        unit=by.unit.slug,
        detail={"way": way, "version": MEMO_VERSION},
    )
    return made
