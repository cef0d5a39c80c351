"""The one guarded room through which everything goes out: HTTP here, Chromium by `proxy`.

It resolves a name once, refuses what is not a public address (unless `settings.ALLOWED_PRIVATE`
names that very host and port), connects to the address it checked, checks every redirect again,
and bounds size and time. Nothing in this package but `room()` knows Django: the capture process
uses it without.
"""

from tereze.core.outgoing.addresses import Guard, RefusedError
from tereze.core.outgoing.fetching import Fetched, FetchError, Hop, Secret, fetch, fetch_one
from tereze.core.outgoing.posting import Posted, post
from tereze.core.outgoing.room import client, guard, outside_transaction
from tereze.core.outgoing.transport import USER_AGENT, GuardedTransport


__all__ = [
    "USER_AGENT",
    "FetchError",
    "Fetched",
    "Guard",
    "GuardedTransport",
    "Hop",
    "Posted",
    "RefusedError",
    "Secret",
    "client",
    "fetch",
    "fetch_one",
    "guard",
    "outside_transaction",
    "post",
]
