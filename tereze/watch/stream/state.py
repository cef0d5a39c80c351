"""How far behind the stream is, and who works on it."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nats.js import JetStreamContext
from nats.js.errors import NoKeysError, NotFoundError

from tereze.core.clock import now
from tereze.watch.stream.cluster import CONSUMER, DEAD, PATIENCE, STREAM, WORKERS


GONE = timedelta(seconds=20)  # without a heartbeat: a worker gives one every five
LATE = 60.0  # seconds for which the oldest message may wait


@dataclass(frozen=True)
class AtWork:
    name: str
    since: datetime
    at: datetime  # its last heartbeat
    done: int
    dead: int
    acting: int

    @property
    def is_there(self) -> bool:
        return now() - self.at < GONE


@dataclass(frozen=True)
class State:
    pending: int = 0  # nobody has them yet
    ack_pending: int = 0  # in the hands of a worker
    redelivered: int = 0  # of those, handed out for the second time or more
    consumers: int = 0
    oldest: float = 0.0  # seconds since the first message that nobody has finished came in
    dead: int = 0
    leader: str = ""
    nodes: int = 0
    nodes_current: int = 0
    workers: list[AtWork] = field(default_factory=list)

    @property
    def there(self) -> list[AtWork]:
        return [one for one in self.workers if one.is_there]

    @property
    def is_late(self) -> bool:
        waits = self.pending + self.ack_pending > 0
        return waits and (self.oldest > LATE or not self.there)

    def to_json(self) -> dict[str, Any]:
        told = asdict(self)
        told["workers"] = [
            {**asdict(one), "since": one.since.isoformat(), "at": one.at.isoformat()}
            for one in self.workers
        ]
        return {**told, "late": self.is_late}


async def look(js: JetStreamContext) -> State:
    info = await answer(js, f"STREAM.INFO.{STREAM}")
    consumer = await js.consumer_info(STREAM, CONSUMER)
    cluster = info.get("cluster") or {}
    others = cluster.get("replicas") or []
    return State(
        pending=consumer.num_pending or 0,
        ack_pending=consumer.num_ack_pending or 0,
        redelivered=consumer.num_redelivered or 0,
        consumers=info["state"]["consumer_count"],
        oldest=age(info["state"]) if info["state"]["messages"] else 0.0,
        dead=(await js.stream_info(DEAD)).state.messages,
        leader=cluster.get("leader", ""),
        nodes=1 + len(others),
        nodes_current=1 + sum(one.get("current", False) for one in others),
        workers=await workers(js),
    )


async def answer(js: JetStreamContext, question: str) -> dict[str, Any]:
    """Asked by hand: the client leaves out when the first message came."""
    told = await js._nc.request(f"$JS.API.{question}", b"", timeout=PATIENCE)
    found: dict[str, Any] = json.loads(told.data)
    if "error" in found:
        raise NotFoundError.from_error(found["error"])
    return found


def age(state: dict[str, Any]) -> float:
    """The service tells nanoseconds, Python knows microseconds."""
    whole, _dot, rest = state["first_ts"].removesuffix("Z").partition(".")
    first = datetime.fromisoformat(f"{whole}.{rest[:6]:0<6}+00:00")
    return max(0.0, (now() - first).total_seconds())


async def workers(js: JetStreamContext) -> list[AtWork]:
    bucket = await js.key_value(WORKERS)
    try:
        names = await bucket.keys()
    except NoKeysError:
        return []
    found = []
    for name in sorted(names):
        told = json.loads((await bucket.get(name)).value or b"{}")
        times = {key: datetime.fromisoformat(told[key]) for key in ("since", "at")}
        found.append(AtWork(**{"name": name, **told, **times}))
    return found
