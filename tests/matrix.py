"""A Matrix room watched by us, and a door to its server that can misbehave."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tereze.accounts.models import Unit
from tereze.demo.standins.serving import Stopping
from tereze.watch.actions import sources
from tereze.watch.models import Source
from tests.synapse import Person, Room
from tests.watching import ADMINISTRATOR, lawful


METHODS = ["GET", "PUT", "POST"]


def watched(
    unit: Unit, room: Room, bot: Person, *, mode: str = "automatic", **fields: Any
) -> Source:
    return sources.add_source(
        unit=unit,
        kind="matrix",
        chat_id=room.id,
        title=fields.pop("title", "Балхаш объявления"),
        by=ADMINISTRATOR,
        **lawful(
            **{
                "mode": mode,
                "token": bot.token,
                "server": bot.server.url,
                "language": "ru",
                "threshold": 0.85,
                **fields,
            }
        ),
    )


@dataclass
class Fault:
    """What stands between us and the server does to calls whose path holds `part`."""

    part: str
    do: str  # a status ("502"), hang | nonsense | page | lie (says yes, does nothing) | late
    times: int = 1
    body: dict[str, Any] = field(default_factory=dict)


class Door:
    """A proxy before Synapse that can misbehave, since a healthy server never does."""

    def __init__(self, server: str) -> None:
        self.server, self.url = server, ""
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.app = Starlette(routes=[Route("/{path:path}", self.answer, methods=METHODS)])
        self.app.state.stopping = Stopping()

    def breaks(self, *faults: Fault) -> None:
        self.faults = list(faults)

    async def answer(self, request: Request) -> Response:
        self.calls.append(f"{request.method} {request.url.path}")
        fault = next((f for f in self.faults if f.times and f.part in request.url.path), None)
        if fault:
            fault.times -= 1
            match fault.do:
                case "hang":
                    await self.app.state.stopping.within(60)
                case "late":  # done, but the answer is lost
                    await self.forward(request)
                case "nonsense":
                    return Response("[1, 2]", media_type="application/json")
                case "page":
                    return Response("<h1>502</h1>", status_code=404)
                case "lie":
                    return JSONResponse({"event_id": "$invented"})
            status = int(fault.do) if fault.do.isdigit() else 500
            return JSONResponse(fault.body, status_code=status)
        return await self.forward(request)

    async def forward(self, request: Request) -> Response:
        async with httpx.AsyncClient(timeout=60) as client:
            found = await client.request(
                request.method,
                f"{self.server}{request.url.path}",
                params=request.query_params,
                content=await request.body(),
                headers={"Authorization": request.headers.get("Authorization", "")},
            )
        return Response(found.content, found.status_code, media_type="application/json")
