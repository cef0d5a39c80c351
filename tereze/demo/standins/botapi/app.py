"""The server: calls of bots under /bot<token>/, people's page under /, test hooks under /_city/."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tereze.demo.standins.headers import SafeHeaders
from tereze.demo.standins.serving import Stopping, health, no_icon

from . import hooks, members, methods, page, params, webhooks
from .access import Call
from .errors import ApiError
from .faults import Fault, Faults
from .limits import SendLimits
from .state import City, Row
from .updates import Polls


METHODS = {**methods.METHODS, **members.METHODS}


async def call_method(request: Request) -> Response:
    try:
        result = await answered(request)
    except ApiError as error:
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
        return JSONResponse(error.body(), status_code=error.code, headers=headers)
    return JSONResponse({"ok": True, "result": result})


def authorised(request: Request) -> Row:
    token = request.path_params["token"]
    if token.startswith("0") or len(token) > 80 or ":" not in token:
        raise ApiError(401, "Unauthorized: invalid token specified")
    city: City = request.app.state.city
    bot = city.bot(token)
    if bot is None:
        raise ApiError(401, "Unauthorized")
    return bot


async def answered(request: Request) -> Any:
    state = request.app.state
    bot = authorised(request)
    name = request.path_params["method"].lower()
    method = METHODS.get(name)
    if method is None:
        raise ApiError(404, "Not Found: method not found")
    given = await params.read(request)
    fault: Fault | None = state.faults.take(name, given.text("chat_id"))
    if state.faults.latency:
        await state.stopping.within(state.faults.latency)
    if fault and not fault.after:
        await fail(state.stopping, fault)
    # The row is read again: the wait above may have changed the bot's webhook.
    call = Call(state.city, state.polls, state.limits, state.city.bot(bot["token"]), given)
    if name == "getupdates":
        result = await method(call)
    else:
        with state.city.atomic():  # no other method waits, so nothing comes in between
            result = await method(call)
    if fault:
        await fail(state.stopping, fault)
    return result


async def fail(stopping: Stopping, fault: Fault) -> None:
    if fault.hang:
        await stopping.within(fault.hang)
    raise fault.error()


async def download(request: Request) -> Response:
    try:
        authorised(request)
    except ApiError as error:
        return JSONResponse(error.body(), status_code=error.code)
    city: City = request.app.state.city
    row = city.one("SELECT content FROM files WHERE path=?", request.path_params["path"])
    if row is None:
        return JSONResponse(ApiError(404, "Not Found").body(), status_code=404)
    return Response(bytes(row["content"]), media_type="application/octet-stream")


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    state = app.state
    delivery = asyncio.create_task(webhooks.deliver(state.city, state.polls, state.stopping.event))
    wakers = asyncio.create_task(wake_on_stop(state.stopping, state.polls))
    yield
    state.stopping.event.set()
    for task in (delivery, wakers):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    state.city.db.close()


async def wake_on_stop(stopping: Stopping, polls: Polls) -> None:
    await stopping.event.wait()
    polls.wake_all()


def create_app(folder: Path) -> Starlette:
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", call_method, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", download),
            Route("/_health", health),
            Route("/favicon.ico", no_icon),
            Mount("/_city", routes=hooks.routes),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
            *page.routes,
        ],
        middleware=[Middleware(SafeHeaders)],
        lifespan=lifespan,
    )
    app.state.name = "botapi"
    app.state.city = City(folder)
    app.state.polls = Polls()
    app.state.limits = SendLimits()
    app.state.faults = Faults()
    app.state.stopping = Stopping()
    return app
