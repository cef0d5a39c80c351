"""What /readyz asks. Apps add their own: `readiness.register("watchers", function)`."""

from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, connection

from tereze.core import due


CHECKS: dict[str, Callable[[], str]] = {}
PATIENCE = timedelta(minutes=5)


def register(name: str, check: Callable[[], str]) -> None:
    """`check()` answers "ok", or says in a few words what is wrong."""
    CHECKS[name] = check


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def queue() -> str:
    late = due.overdue_rows(older_than=PATIENCE)
    return f"{late} rows wait longer than {PATIENCE.seconds // 60} minutes" if late else "ok"


register("database", database)
register("queue", queue)


def checks() -> dict[str, str]:
    states = {}
    for name, check in CHECKS.items():
        try:
            states[name] = check()
        except DatabaseError:
            states[name] = "the database does not answer"
    return states
