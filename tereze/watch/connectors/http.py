"""The guarded room for connectors that speak to one server again and again."""

import time
from dataclasses import dataclass, field

import httpx

from tereze.core import outgoing
from tereze.core.outgoing.transport import PORTS, AsyncGuardedTransport, pinned


CHECKED_FOR = 60.0  # seconds
# one client speaks to one host, so its connections may be kept: a TLS handshake each would cost
# more than the deletion itself
KEPT = httpx.Limits(max_connections=40, max_keepalive_connections=20, keepalive_expiry=30)


@dataclass(frozen=True)
class RememberingGuard(outgoing.Guard):
    """Checks an address once a minute instead of at each of the many calls to the same server."""

    known: dict[tuple[str, int], tuple[str, float]] = field(default_factory=dict)

    def resolve(self, host: str, port: int) -> str:
        address, until = self.known.get((host, port), ("", 0.0))
        if time.monotonic() >= until:
            address = super().resolve(host, port)
            self.known[host, port] = (address, time.monotonic() + CHECKED_FOR)
        return address

    def remembers(self, host: str, port: int) -> bool:
        return time.monotonic() < self.known.get((host, port), ("", 0.0))[1]


class OneHostTransport(AsyncGuardedTransport):
    guard: RememberingGuard

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = request.url.port or PORTS.get(request.url.scheme, 0)
        if self.guard.remembers(request.url.host, port):  # no thread needed to ask a name server
            return await httpx.AsyncHTTPTransport.handle_async_request(
                self, pinned(self.guard, request)
            )
        return await super().handle_async_request(request)


def one_host_client(**options: object) -> httpx.AsyncClient:
    guard = RememberingGuard(outgoing.guard().allowed)
    return httpx.AsyncClient(
        transport=OneHostTransport(guard, limits=KEPT),
        trust_env=False,
        **options,  # type: ignore[arg-type] # httpx's own keywords
    )
