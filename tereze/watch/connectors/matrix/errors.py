"""What a homeserver answers, in the five ways that matter to us. It is recognised by its code."""

import contextlib
from typing import Any

from tereze.watch.connectors.base import (
    BusyError,
    NoRightsError,
    NotThereError,
    RefusedError,
    ServiceError,
    UnreachableError,
)


SHORTEST, LONGEST = 0.5, 600.0  # seconds we let a server send us away for, whatever it says
USUAL = 5.0
LOGGED_OUT = {
    "M_UNKNOWN_TOKEN",
    "M_MISSING_TOKEN",
    "M_USER_DEACTIVATED",
    "M_USER_LOCKED",
    "M_USER_SUSPENDED",
}


class ForbiddenError(NoRightsError):
    """403. Why, only a look at our own rights can tell."""


def refused(status: int, answer: Any, retry_after: str | None = None) -> ServiceError:
    """The error behind an answer that is not 200."""
    body = answer if isinstance(answer, dict) else {}
    code = body.get("errcode")
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        return BusyError(wait(body, retry_after))
    if code in LOGGED_OUT or status == 401:
        return NoRightsError("logged_out")
    if status == 404 and code == "M_NOT_FOUND":
        return NotThereError("not_found")
    if status >= 500 or not isinstance(code, str):  # also a proxy's own page instead of an answer
        return UnreachableError("network")
    if code == "M_FORBIDDEN":
        return ForbiddenError("no_rights")
    return RefusedError(code[:100])


def wait(body: dict[str, Any], retry_after: str | None) -> float:
    milliseconds = body.get("retry_after_ms")
    if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool):
        return min(LONGEST, max(SHORTEST, milliseconds / 1000))
    with contextlib.suppress(TypeError, ValueError):
        return min(LONGEST, max(SHORTEST, float(retry_after or "")))
    return USUAL
