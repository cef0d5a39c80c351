"""Pages by cursor: a place between two rows, so that new rows shift nothing."""

import base64
import binascii
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tereze.disruption.partner_api.problems import Problem


LARGEST = 100


def page_of(
    rows: "QuerySet[Any]", moment: str, cursor: str, limit: int
) -> tuple[list[Any], str | None]:
    """The rows after `cursor` in the order of `moment`, oldest first, and the next cursor."""
    if cursor:
        at, key = read(cursor)
        rows = rows.filter(Q(**{f"{moment}__gt": at}) | Q(**{moment: at, "public_id__gt": key}))
    found = list(rows.order_by(moment, "public_id")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return found, write(getattr(found[-1], moment), found[-1].public_id) if more else None


def write(at: datetime, key: str) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {key}".encode()).decode().rstrip("=")


def read(cursor: str) -> tuple[datetime, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, _space, key = base64.urlsafe_b64decode(padded).decode().partition(" ")
        at = datetime.fromisoformat(moment)
    except (ValueError, binascii.Error) as error:
        raise Problem("bad_cursor") from error
    if at.tzinfo is None or not key or "\x00" in key:
        raise Problem("bad_cursor")
    return at, key
