"""Pages by cursor: a place between two rows, so that new rows shift nothing."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

from tereze.disruption.partner_api.problems import Problem


LARGEST = 100


def page_of(
    rows: "QuerySet[Any]", moment: str, cursor: str, limit: int, *, of: str
) -> tuple[list[Any], str | None]:
    """The rows after `cursor` in the order of `moment`, oldest first, and the next cursor.

    `of` names the list: a cursor is signed for the list that gave it out."""
    if cursor:
        at, key = read(cursor, of)
        rows = rows.filter(Q(**{f"{moment}__gt": at}) | Q(**{moment: at, "public_id__gt": key}))
    found = list(rows.order_by(moment, "public_id")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return found, write(getattr(found[-1], moment), found[-1].public_id, of) if more else None


def write(at: datetime, key: str, of: str) -> str:
    return signing.dumps([at.isoformat(), key], salt=f"partner_api.cursor.{of}")


def read(cursor: str, of: str) -> tuple[datetime, str]:
    try:
        at, key = signing.loads(cursor, salt=f"partner_api.cursor.{of}")
    except signing.BadSignature as error:
        raise Problem("bad_cursor") from error
    return datetime.fromisoformat(at), key
