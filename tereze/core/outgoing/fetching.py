"""One bounded look at an address by plain HTTP."""

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from tereze.core.outgoing.addresses import Guard, RefusedError
from tereze.core.outgoing.transport import USER_AGENT, AsyncGuardedTransport


MAX_REDIRECTS = 5
LIMIT = 3 * 1024 * 1024
SECONDS = 20.0
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
SNIFFED = 4096
LETTERS = bytes(range(128, 256))
SHORT = httpx.Timeout(10.0)
Answer = TypeVar("Answer")


class FetchError(Exception):
    """There was no answer. `reason`: refused, dns, timeout, network, redirects, address."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True)
class Secret:
    """A header meant for one partner alone: it goes to these places and to no other.

    `domains` are reached with their sub-domains, by https only; `places` are exact, "http://host:port".
    """

    name: str
    value: str
    domains: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    def is_for(self, scheme: str, host: str, netloc: str) -> bool:
        own = any(host == domain or host.endswith("." + domain) for domain in self.domains)
        return (own and scheme == "https") or f"{scheme}://{netloc}" in self.places


@dataclass(frozen=True)
class Hop:
    url: str
    status: int
    headers: dict[str, str]


@dataclass(frozen=True)
class Fetched:
    url: str  # where the redirects ended
    status: int
    headers: dict[str, str]
    body: bytes
    text: str
    truncated: bool
    chain: tuple[Hop, ...]
    encoding: str = "utf-8"  # of the text


def fetch(
    url: str,
    *,
    guard: Guard,
    limit: int = LIMIT,
    seconds: float = SECONDS,
    content: bytes | None = None,
    agent: str = USER_AGENT,
    secret: Secret | None = None,
    headers: Mapping[str, str] | None = None,
) -> Fetched:
    """GET (POST where there is content), following at most five redirects, each checked like the
    first address. A `secret` is put on the hops that it is meant for.
    """
    sent = {"User-Agent": agent, "Accept-Language": "ru,kk;q=0.8", **(headers or {})}
    return apart(bounded(url, guard, limit, seconds, content, sent, secret))


def apart(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run it to its end in an event loop and a thread of its own.

    Only that bounds the *whole* time: a server that sends its headers one byte at a time never
    trips a timeout between two reads.
    """
    outcome: list[Answer | BaseException] = []

    def run() -> None:
        try:
            outcome.append(asyncio.run(work))
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


async def bounded(
    url: str,
    guard: Guard,
    limit: int,
    seconds: float,
    content: bytes | None,
    headers: dict[str, str],
    secret: Secret | None,
    *,
    redirects: int = MAX_REDIRECTS,
) -> Fetched:
    with failures_named():
        async with asyncio.timeout(seconds):
            return await follow(url, guard, limit, content, headers, secret, redirects)


async def fetch_one(
    url: str, *, guard: Guard, limit: int, seconds: float, headers: Mapping[str, str]
) -> Fetched:
    """GET inside a running loop, without following a redirect: whoever asks politely has to ask
    the next host for its rules first."""
    return await bounded(url, guard, limit, seconds, None, dict(headers), None, redirects=0)


@contextmanager
def failures_named() -> Iterator[None]:
    """Whatever goes wrong on the way, as a FetchError with its reason."""
    try:
        yield
    except RefusedError as error:
        raise FetchError("refused", str(error)) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise FetchError("timeout") from error
    except httpx.TooManyRedirects as error:
        raise FetchError("redirects") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:  # "http://xn--/"
        raise FetchError("address") from error
    except OSError as error:  # the guard asks the name server itself
        raise FetchError("dns", type(error).__name__) from error
    except httpx.HTTPError as error:
        raise FetchError("network", type(error).__name__) from error


async def follow(
    url: str,
    guard: Guard,
    limit: int,
    content: bytes | None,
    headers: dict[str, str],
    secret: Secret | None,
    redirects: int,
) -> Fetched:
    async def only_where_meant(request: httpx.Request) -> None:
        """Before every hop: a redirect elsewhere must not take the secret along."""
        if secret is None:
            return
        request.headers.pop(secret.name, None)
        target = request.url
        if secret.is_for(target.scheme, target.host, target.netloc.decode()):
            request.headers[secret.name] = secret.value

    async with (
        httpx.AsyncClient(
            transport=AsyncGuardedTransport(guard),
            follow_redirects=redirects > 0,
            max_redirects=redirects,
            timeout=SHORT,
            trust_env=False,
            headers=headers,
            event_hooks={"request": [only_where_meant]},
        ) as going,
        going.stream("POST" if content else "GET", url, content=content) as response,
    ):
        body, truncated = await read(response, limit)
        encoding = encoding_of(response, body)
        return Fetched(
            url=str(response.url),
            status=response.status_code,
            headers=dict(response.headers),
            body=body,
            text=body.decode(encoding, "replace").replace("\0", ""),
            truncated=truncated,
            chain=tuple(hop(each) for each in [*response.history, response]),
            encoding=encoding,
        )


async def read(response: httpx.Response, limit: int) -> tuple[bytes, bool]:
    """What is packed again and again makes gigabytes of a few hundred bytes before anybody can count
    them; packed once, a piece grows a thousandfold at most."""
    if "," in response.headers.get("content-encoding", ""):
        raise FetchError("network", "packed more than once")
    gathered = bytearray()
    async for piece in response.aiter_bytes():
        gathered += piece
        if len(gathered) > limit:
            return bytes(gathered[:limit]), True
    return bytes(gathered), False


def encoding_of(response: httpx.Response, body: bytes) -> str:
    """As browsers find it: by the header, else by the page itself; many old sites speak cp1251."""
    named = META.search(body[:SNIFFED])
    for name in (response.charset_encoding, named and named[1].decode()):
        with suppress(LookupError, ValueError):
            if name and LETTERS.decode(name, "replace"):
                return name  # Python knows «base64» and «idna» as well, which are no letters
    return "utf-8"


def hop(response: Any) -> Hop:
    return Hop(str(response.url), response.status_code, dict(response.headers))
