"""httpx, connecting only to addresses the guard has checked."""

import asyncio
import ssl
from functools import cache
from typing import Any

import httpx

from tereze.core.outgoing.addresses import Guard, RefusedError


USER_AGENT = "Tereze/0.1 (police cyber-fraud desk; checks reported adverts)"
PORTS = {"http": 80, "https": 443}
# a connection made for one name must not be reused for another that shares its address
NO_REUSE = httpx.Limits(max_connections=20, max_keepalive_connections=0)


@cache
def trusted() -> ssl.SSLContext:
    """The authorities we trust, read once: reading them takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=False)


def pinned(guard: Guard, request: httpx.Request) -> httpx.Request:
    """The same request to the checked address; Host and TLS name stay as they were."""
    url = request.url
    if url.scheme not in PORTS or not url.host:
        raise RefusedError(f"scheme {url.scheme!r} is not http or https")
    address = guard.resolve(url.host, url.port or PORTS[url.scheme])
    extensions = {**request.extensions, "sni_hostname": url.host}
    return httpx.Request(
        request.method,
        url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions=extensions,
    )


class GuardedTransport(httpx.HTTPTransport):
    def __init__(self, guard: Guard, **options: Any) -> None:
        super().__init__(verify=trusted(), limits=NO_REUSE, trust_env=False, **options)
        self.guard = guard

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return super().handle_request(pinned(self.guard, request))


class AsyncGuardedTransport(httpx.AsyncHTTPTransport):
    """`limits` may allow reuse where the caller speaks to one host only."""

    def __init__(self, guard: Guard, limits: httpx.Limits = NO_REUSE, **options: Any) -> None:
        super().__init__(verify=trusted(), limits=limits, trust_env=False, **options)
        self.guard = guard

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await super().handle_async_request(
            await asyncio.to_thread(pinned, self.guard, request)
        )
