"""The connection to the cluster, and what we keep there."""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import nats.errors
from django.conf import settings
from django.utils.translation import gettext_lazy
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    KeyValueConfig,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import APIError, BadRequestError, Error, NotFoundError

from tereze.watch.stream.errors import StreamError


STREAM, SUBJECT = "TEREZE_WATCH", "tereze.watch.received"
DEAD, DEAD_SUBJECT = "TEREZE_DEAD", "tereze.watch.dead"
CONSUMER = "workers"
WORKERS = "TEREZE_WORKERS"  # the bucket in which workers say that they are there
ACK_WAIT = 10.0  # seconds without a sign of a worker after which another one gets its messages
MOST_UNACKNOWLEDGED = 2000  # in the hands of all workers together
REMEMBERED = 600.0  # seconds in which the stream itself knows a message that comes again
LONGEST = 7 * 24 * 3600.0  # what nobody decided for so long goes, as harmless messages do
DEAD_LONGEST = settings.WATCH_FLAGGED_DAYS * 24 * 3600.0
GONE_AFTER = 3600.0  # seconds after which a worker that is no more is forgotten
PATIENCE = 5.0  # seconds for one answer; an election of a new leader takes as long
ADDRESS = re.compile(r"(nats|tls)://(?:[^\s/@]+@)?(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?/?")
NOT_ENABLED, FEW_PEERS = {10039, 10076}, {10005, 10074}  # codes of the server
# the cluster is not there, or for a moment without a leader: it is asked again
UNREACHED = (nats.errors.Error, Error, OSError, TimeoutError)


NOT_AN_ADDRESS = gettext_lazy(
    "TEREZE_STREAM_URL: «%(address)s» не адрес узла NATS. Нужно nats://узел:4222 или tls://узел:4222; "
    "несколько узлов – через запятую."
)
NOT_REACHED = gettext_lazy(
    "Поток сообщений не отвечает: %(nodes)s (%(why)s). Проверьте, работает ли nats-server и открыт ли "
    "порт. Ничего не потеряно: чаты не подтверждаются, пока поток не принял сообщение."
)
NOT_LET_IN = gettext_lazy("Узлы потока %(nodes)s не принимают имя и пароль из TEREZE_STREAM_URL.")
TOO_FEW = gettext_lazy(
    "Кластер потока не может держать копий: %(replicas)s. Нужно столько же узлов nats-server с "
    "JetStream в одном кластере, или меньшее число в TEREZE_STREAM_REPLICAS (%(why)s)."
)
NO_JETSTREAM = gettext_lazy(
    "Узлы потока %(nodes)s отвечают, но JetStream на них не включён: запустите nats-server с -js."
)
NO_AUTHORITY = gettext_lazy("TEREZE_STREAM_CA: файл «%(file)s» не читается как сертификат: %(why)s")


def addresses() -> list[str]:
    found = [one.strip() for one in settings.STREAM_URL.split(",") if one.strip()]
    for one in found:
        if not ADDRESS.fullmatch(one) or not port_fits(one):
            raise StreamError(NOT_AN_ADDRESS, address=without_secret(one))
    return found


def port_fits(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def without_secret(address: str) -> str:
    return re.sub(r"//[^/]*@", "//…@", address)


def nodes() -> str:
    return ", ".join(map(without_secret, addresses()))


def own_name() -> str:
    """Of this process, as the table of workers shows it."""
    return f"{socket.gethostname()}-{os.getpid()}"


@asynccontextmanager
async def connected(*, seconds: float = PATIENCE) -> AsyncIterator[Client]:
    """Open until the block ends; a connection that is lost meanwhile is sought again for ever."""
    client, wrong = Client(), ""

    async def note(error: Exception) -> None:
        nonlocal wrong
        wrong = str(error) or type(error).__name__

    options: dict[str, Any] = {
        "servers": addresses(),
        "name": f"tereze {own_name()}",
        "error_cb": note,
        "connect_timeout": 2,
        "reconnect_time_wait": 0.25,
        "max_reconnect_attempts": -1,
        # a node that was switched off takes no leave: two unanswered pings and the next is tried
        "ping_interval": 3,
        "max_outstanding_pings": 2,
    }
    if any(one.startswith("tls:") for one in addresses()):
        options["tls"] = authority()
    try:
        async with asyncio.timeout(seconds):
            await client.connect(**options)
    except UNREACHED as error:
        await client.close()
        said = wrong or str(error) or type(error).__name__
        if "authoriz" in said.lower() or "authentic" in said.lower():
            raise StreamError(NOT_LET_IN, nodes=nodes()) from None
        raise StreamError(NOT_REACHED, nodes=nodes(), why=said) from None
    try:
        yield client
    finally:
        await client.close()


def authority() -> ssl.SSLContext:
    file = settings.STREAM_CA or None
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise StreamError(NO_AUTHORITY, file=file, why=error) from None


async def prepared(client: Client) -> JetStreamContext:
    """What we keep in the cluster is made where it is not there yet. Asked again while the cluster
    has no leader; one that can never do it is said at once."""
    js = client.jetstream(timeout=PATIENCE)
    last: Exception | None = None
    for attempt in range(4):
        try:
            await make(js)
        except BadRequestError as error:
            raise StreamError(
                TOO_FEW, replicas=settings.STREAM_REPLICAS, why=error.description
            ) from None
        except APIError as error:
            if error.err_code in NOT_ENABLED:
                raise StreamError(NO_JETSTREAM, nodes=nodes()) from None
            if error.err_code in FEW_PEERS:
                raise StreamError(
                    TOO_FEW, replicas=settings.STREAM_REPLICAS, why=error.description
                ) from None
            last = error
        except nats.errors.NoRespondersError:
            raise StreamError(NO_JETSTREAM, nodes=nodes()) from None
        except UNREACHED as error:
            last = error
        else:
            return js
        await asyncio.sleep(0.5 * 2**attempt)
    raise StreamError(NOT_REACHED, nodes=nodes(), why=str(last) or type(last).__name__)


async def make(js: JetStreamContext) -> None:
    kept: dict[str, Any] = {
        "storage": StorageType.FILE,
        "num_replicas": settings.STREAM_REPLICAS,
    }
    await ensure(
        js,
        StreamConfig(
            name=STREAM,
            subjects=[SUBJECT],
            retention=RetentionPolicy.WORK_QUEUE,  # decided is gone
            # a full disk refuses what is new, and the chats wait; it forgets nothing that is old
            discard=DiscardPolicy.NEW,
            max_age=LONGEST,
            duplicate_window=REMEMBERED,
            **kept,
        ),
    )
    await ensure(js, StreamConfig(name=DEAD, subjects=[DEAD_SUBJECT], max_age=DEAD_LONGEST, **kept))
    try:
        await js.consumer_info(STREAM, CONSUMER)
    except NotFoundError:
        await js.add_consumer(
            STREAM,
            ConsumerConfig(
                durable_name=CONSUMER,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_ack_pending=MOST_UNACKNOWLEDGED,
                max_deliver=-1,  # who gives up is the worker, and then a person sees it
            ),
        )
    try:
        await js.key_value(WORKERS)
    except NotFoundError:
        await js.create_key_value(
            KeyValueConfig(bucket=WORKERS, ttl=GONE_AFTER, replicas=settings.STREAM_REPLICAS)
        )


async def ensure(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        await js.stream_info(str(config.name))
    except NotFoundError:
        await js.add_stream(config)
