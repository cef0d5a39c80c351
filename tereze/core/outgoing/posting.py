"""One bounded POST to an address that somebody else named."""

import asyncio
from dataclasses import dataclass

import httpx

from tereze.core.outgoing.addresses import Guard
from tereze.core.outgoing.fetching import SHORT, apart, failures_named, read
from tereze.core.outgoing.transport import USER_AGENT, AsyncGuardedTransport


@dataclass(frozen=True)
class Posted:
    status: int
    body: bytes  # its beginning


def post(
    url: str, content: bytes, *, guard: Guard, headers: dict[str, str], seconds: float, limit: int
) -> Posted:
    """No redirects: what was signed for one address is not carried to another.

    Raises FetchError. `seconds` bounds the whole of it, `limit` what is read of the answer.
    """
    return apart(bounded(url, content, guard, headers, seconds, limit))


async def bounded(
    url: str, content: bytes, guard: Guard, headers: dict[str, str], seconds: float, limit: int
) -> Posted:
    with failures_named():
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(
                transport=AsyncGuardedTransport(guard),
                timeout=SHORT,
                trust_env=False,
                headers={"User-Agent": USER_AGENT, **headers},
            ) as going,
            going.stream("POST", url, content=content) as response,
        ):
            body, _truncated = await read(response, limit)
            return Posted(response.status_code, body)
