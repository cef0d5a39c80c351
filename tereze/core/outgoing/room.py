"""The room as the application uses it."""

from typing import Any

import httpx
from django.conf import settings
from django.db import connections

from tereze.core.outgoing.addresses import Guard
from tereze.core.outgoing.fetching import MAX_REDIRECTS
from tereze.core.outgoing.transport import USER_AGENT, GuardedTransport


class InsideTransactionError(Exception):
    """Something was about to go out while a transaction held the database."""


def outside_transaction() -> None:
    """Waiting for a stranger inside a transaction would stop every other writer."""
    for connection in connections.all(initialized_only=True):
        # a test's own wrapping transaction does not count, as for Django's `durable=True`
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise InsideTransactionError


def guard() -> Guard:
    return Guard.allowing(settings.ALLOWED_PRIVATE)


def client(**options: Any) -> httpx.Client:
    """A guarded httpx client. The caller closes it (`with outgoing.client() as http:`)."""
    outside_transaction()
    headers = {"User-Agent": USER_AGENT, **options.pop("headers", {})}
    return httpx.Client(
        transport=GuardedTransport(guard()),
        follow_redirects=options.pop("follow_redirects", True),
        max_redirects=MAX_REDIRECTS,
        timeout=options.pop("timeout", httpx.Timeout(10.0)),
        trust_env=False,
        headers=headers,
        **options,
    )
