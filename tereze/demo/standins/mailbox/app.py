"""The mail box: SMTP on one port, the page and the hooks on another."""

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tereze.demo.standins.headers import SafeHeaders
from tereze.demo.standins.serving import Stopping, health, no_icon

from . import smtp
from .letters import Letters
from .page import page


SHOWN = 200


def language(request: Request) -> str:
    chosen = request.query_params.get("lang") or request.cookies.get("lang")
    return "kk" if chosen == "kk" else "ru"


async def show(request: Request) -> Response:
    letters: Letters = request.app.state.letters
    number = request.path_params.get("number", "")
    chosen = letters.get(number) if number else None
    if number and chosen is None:
        return Response("Not Found", status_code=404)
    listed = [letter for one in letters.ids()[:SHOWN] if (letter := letters.get(one))]
    lang = language(request)
    response = HTMLResponse(page(listed, chosen, lang))
    if "lang" in request.query_params:
        response.set_cookie("lang", lang, samesite="lax")
    return response


async def source(request: Request) -> Response:
    letters: Letters = request.app.state.letters
    number = request.path_params["number"]
    if letters.get(number) is None:
        return Response("Not Found", status_code=404)
    return Response(letters.raw(number), media_type="text/plain; charset=utf-8")


async def attachment(request: Request) -> Response:
    letter = request.app.state.letters.get(request.path_params["number"])
    position = request.path_params["position"]
    if letter is None or position >= len(letter.attachments):
        return Response("Not Found", status_code=404)
    content = letter.attachments[position][2]
    headers = {"Content-Disposition": "attachment"}
    return Response(content, media_type="application/octet-stream", headers=headers)


# Hooks for tests


async def listed(request: Request) -> Response:
    """All letters, newest first; `?to=` keeps those to one address."""
    wanted = request.query_params.get("to")
    letters = request.app.state.letters.all()
    return JSONResponse(
        [item.to_json() for item in letters if not wanted or wanted in item.envelope.recipients]
    )


async def cleared(request: Request) -> Response:
    request.app.state.letters.clear()
    return JSONResponse({"letters": 0})


async def count(request: Request) -> Response:
    return JSONResponse({"count": len(request.app.state.letters.ids())})


async def set_troubles(request: Request) -> Response:
    try:
        given = json.loads(await request.body())
        troubles = [smtp.Trouble.from_json(one) for one in given["troubles"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    request.app.state.handler.troubles += troubles
    return JSONResponse(request.app.state.handler.to_json())


async def clear_troubles(request: Request) -> Response:
    request.app.state.handler.troubles.clear()
    return JSONResponse([])


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    state = app.state
    server = await smtp.listen(state.handler, state.smtp_host, state.smtp_port)
    state.smtp_port = server.sockets[0].getsockname()[1]
    yield
    state.stopping.event.set()
    server.close()


def create_app(folder: Path, *, smtp_port: int = 0, host: str = "127.0.0.1") -> Starlette:
    """`app.state.smtp_port` is the port that was taken, once the server has started."""
    app = Starlette(
        routes=[
            Route("/", show),
            Route("/letters/{number}", show),
            Route("/letters/{number}/source", source),
            Route("/letters/{number}/files/{position:int}/{name:path}", attachment),
            Route("/_health", health),
            Route("/favicon.ico", no_icon),
            Route("/_mail/letters", listed),
            Route("/_mail/letters", cleared, methods=["DELETE"]),
            Route("/_mail/count", count),
            Route("/_mail/troubles", set_troubles, methods=["POST"]),
            Route("/_mail/troubles", clear_troubles, methods=["DELETE"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(SafeHeaders)],
        lifespan=lifespan,
    )
    app.state.name = "mailbox"
    app.state.letters = Letters(folder)
    app.state.stopping = Stopping()
    app.state.handler = smtp.Handler(app.state.letters, app.state.stopping.event)
    app.state.smtp_host = host
    app.state.smtp_port = smtp_port
    return app
