"""The server: a query by POST, a token back. `openssl ts` does the standard's part."""

import asyncio
import contextlib
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tereze.demo.standins.serving import Stopping, health, no_icon

from . import certificates


ROOT = "root.pem"  # in the state folder: the certificate under which tokens are believed
LONGEST_QUERY = 4096
CONFIGURATION = """\
[tsa]
default_tsa = local
[local]
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


async def stamp(request: Request) -> Response:
    query = await request.body()
    kind = request.headers.get("content-type", "")
    if kind != "application/timestamp-query" or len(query) > LONGEST_QUERY:
        return PlainTextResponse("send an RFC 3161 query", status_code=415)
    async with request.app.state.one_at_a_time:  # the serial number is a file
        reply = await run_in_threadpool(answer, request.app.state.folder, query)
    if not reply:
        return PlainTextResponse("not a query", status_code=400)
    return Response(reply, media_type="application/timestamp-reply")


def answer(folder: Path, query: bytes) -> bytes:
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(query)
        file.flush()
        done = subprocess.run(
            ["openssl", "ts", "-reply", "-config", folder / "tsa.cnf", "-queryfile", file.name],
            capture_output=True,
            check=False,
            timeout=20,
        )
    return done.stdout if done.returncode == 0 else b""


async def root(request: Request) -> Response:
    return PlainTextResponse((request.app.state.folder / ROOT).read_text())


def prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / ROOT).exists():
        certificates.make(folder)
    if not (folder / "serial").exists():
        (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder.resolve()))


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    app.state.stopping.event.set()


def create_app(folder: Path) -> Starlette:
    prepare(folder)
    app = Starlette(
        routes=[
            Route("/_health", health),
            Route("/favicon.ico", no_icon),
            Route("/root.pem", root),
            Route("/", stamp, methods=["POST"]),
        ],
        lifespan=lifespan,
    )
    app.state.name = "timestamp"
    app.state.folder = folder
    app.state.one_at_a_time = asyncio.Lock()
    app.state.stopping = Stopping()
    return app
