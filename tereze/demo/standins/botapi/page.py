"""The city chat for people: choose a chat, write as a resident, watch what happens to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from tereze.demo.standins.html import tag

from . import page_view, residents
from .errors import RefusedError
from .page_view import Reader
from .state import City, Row
from .words import words


SHOWN = 150
LOOK_SECONDS = 0.15
BEAT_SECONDS = 10.0
ANSWER_SECONDS = 3.0
LARGEST_PHOTO = 5 * 1024 * 1024


def language(request: Request) -> str:
    chosen = request.query_params.get("lang") or request.cookies.get("lang")
    if chosen is None:
        chosen = request.headers.get("accept-language", "")[:2]
    return "kk" if chosen == "kk" else "ru"


def reader_of(request: Request, person: str) -> Reader | None:
    """The chat of the address, read by the given person or by its first member."""
    city: City = request.app.state.city
    try:
        chat = city.chat(int(request.path_params["chat_id"]))
    except (ValueError, OverflowError):
        return None
    if chat is None:
        return None
    if person.isdecimal() and len(person) < 18 and city.user(int(person)):
        return Reader(city, chat, int(person), language(request))
    return Reader(city, chat, somebody(city, chat), language(request))


def somebody(city: City, chat: Row) -> int:
    """Who writes until a person is chosen: a member, never the chat's owner if it can be helped."""
    found = city.one(
        "SELECT user_id FROM members JOIN users ON users.id=user_id WHERE chat_id=? AND NOT is_bot "
        "ORDER BY members.status!='member', user_id LIMIT 1",
        chat["id"],
    )
    return int(found["user_id"]) if found else 0


async def home(request: Request) -> Response:
    chats = request.app.state.city.chats()
    if chats:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/chat/{chats[0]['id']}{query}", status_code=303)
    lang = language(request)
    nothing = tag("main", tag("h1", words(lang)["no_chats"], class_="empty"))
    return HTMLResponse(page_view.shell(lang, words(lang)["title"], nothing))


async def show(request: Request) -> Response:
    reader = reader_of(request, request.query_params.get("as", ""))
    if reader is None:
        return RedirectResponse("/", status_code=303)
    rows = reader.city.rows(
        "SELECT * FROM messages WHERE chat_id=? AND deleted_at IS NULL "
        "ORDER BY message_id DESC LIMIT ?",
        reader.chat["id"], SHOWN,
    )  # fmt: skip
    since = int(reader.city.meta("rev") or 0)
    notice = str(request.query_params.get("notice", ""))
    notice = reader.words.get(notice, "") if notice else ""
    response = HTMLResponse(page_view.page(reader, rows[::-1], since=since, notice=notice))
    if "lang" in request.query_params:
        response.set_cookie("lang", reader.lang, samesite="lax")
    return response


# Live


async def stream(request: Request) -> Response:
    reader = reader_of(request, request.query_params.get("as", ""))
    if reader is None:
        return Response(status_code=404)
    start = request.headers.get("last-event-id") or request.query_params.get("since", "0")
    since = int(start) if start.isdecimal() else 0
    return StreamingResponse(
        changes(request, reader, since),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def changes(request: Request, reader: Reader, since: int) -> AsyncIterator[str]:
    stopping = request.app.state.stopping
    yield "retry: 1000\n\n"
    standing, quiet = "", 0.0
    while not stopping.event.is_set():
        for row in reader.city.changes(reader.chat["id"], since):
            since, quiet = row["rev"], 0.0
            yield event("message", since, described(reader, row))
        now = page_view.standing(reader)
        if standing and now != standing:
            yield event("standing", since, {"html": now})
        standing = now
        if quiet >= BEAT_SECONDS:
            quiet = 0.0
            yield ": beat\n\n"
        quiet += LOOK_SECONDS
        await stopping.within(LOOK_SECONDS)


def described(reader: Reader, row: Row) -> dict[str, object]:
    gone = row["deleted_at"] is not None
    html = "" if gone else page_view.message(reader, row)
    return {"id": f"m{row['message_id']}", "deleted": gone, "html": html}


def event(name: str, number: int, content: dict[str, object]) -> str:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


# Doing


def from_this_page(request: Request) -> bool:
    """A form of another site must not post here."""
    origin = request.headers.get("origin")
    return origin in {None, "null"} or urlsplit(origin or "").netloc == request.url.netloc


async def act(request: Request) -> Response:
    if not from_this_page(request):
        return Response(status_code=403)
    async with request.form(max_part_size=LARGEST_PHOTO) as form:
        reader = reader_of(request, str(form.get("as", "")))
        if reader is None:
            return Response(status_code=404)
        place, notice = reader.chat["id"], ""
        try:
            place, notice = await ACTIONS[request.path_params["action"]](request, reader, form)
        except RefusedError as refusal:
            notice = REFUSALS.get(str(refusal), "refused")
    if "application/json" in request.headers.get("accept", ""):
        text = reader.words.get(notice, notice)
        said = None if notice else last_said(reader)
        failed = notice in REFUSALS.values()
        return JSONResponse({"notice": text, "failed": failed, "message": said})
    shown = f"&notice={notice}" if notice in reader.words else ""
    return RedirectResponse(f"/chat/{place}?as={reader.person}{shown}", status_code=303)


def last_said(reader: Reader) -> dict[str, object] | None:
    """What the person wrote last, so that they see it before the wall takes it away."""
    row = reader.city.one(
        "SELECT * FROM messages WHERE chat_id=? AND user_id=? ORDER BY message_id DESC LIMIT 1",
        reader.chat["id"], reader.person,
    )  # fmt: skip
    return described(reader, row) if row else None


REFUSALS = {"empty": "empty_text", "too big": "too_big", "banned": "refused"}


async def say(request: Request, reader: Reader, form: FormData) -> tuple[int, str]:
    city, polls = reader.city, request.app.state.polls
    chat_id, text, edit = reader.chat["id"], str(form.get("text", "")), str(form.get("edit", ""))
    photo = await uploaded(form)
    with city.atomic():
        if edit.isdecimal():
            residents.edit(city, polls, chat_id, int(edit[:15]), reader.person, text)
        else:
            residents.post(city, polls, chat_id, reader.person, text=text, photo=photo)
    return chat_id, ""


async def uploaded(form: FormData) -> bytes | None:
    file = form.get("photo")
    if not isinstance(file, UploadFile):
        return None
    content = await file.read(LARGEST_PHOTO + 1)
    if len(content) > LARGEST_PHOTO:
        raise RefusedError("too big")
    return content if content.startswith((b"\xff\xd8\xff", b"\x89PNG")) else None


async def join(request: Request, reader: Reader, form: FormData) -> tuple[int, str]:
    with reader.city.atomic():
        residents.join(reader.city, request.app.state.polls, reader.chat["id"], reader.person)
    return reader.chat["id"], ""


async def press(request: Request, reader: Reader, form: FormData) -> tuple[int, str]:
    """Presses a button and waits a little for what the bot answers."""
    city = reader.city
    number = str(form.get("message", ""))
    row = city.message(reader.chat["id"], int(number[:15]) if number.isdecimal() else 0)
    if row is None:
        raise RefusedError("no such message")
    data = str(form.get("data", ""))
    with city.atomic():
        query = residents.press(city, request.app.state.polls, row, reader.person, data)
    until = asyncio.get_running_loop().time() + ANSWER_SECONDS
    while asyncio.get_running_loop().time() < until:
        found = city.one("SELECT answer FROM callbacks WHERE id=?", query)
        if found and found["answer"]:
            return reader.chat["id"], str(json.loads(found["answer"])["text"])
        if await request.app.state.stopping.within(0.05):
            break
    return reader.chat["id"], "pressed"


async def start(request: Request, reader: Reader, form: FormData) -> tuple[int, str]:
    bot, text = str(form.get("bot", "")), str(form.get("text", "/start"))
    if not bot.isdecimal() or not text.startswith("/start"):
        raise RefusedError("no such bot")
    polls = request.app.state.polls
    with reader.city.atomic():
        residents.start_private(reader.city, polls, reader.person, int(bot[:15]), text[:200])
    return reader.person, ""


ACTIONS = {"say": say, "join": join, "press": press, "start": start}


async def photo(request: Request) -> Response:
    city: City = request.app.state.city
    row = city.one("SELECT content FROM files WHERE id=?", request.path_params["file_id"])
    if row is None:
        return Response(status_code=404)
    content = bytes(row["content"])
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return Response(content, media_type=kind, headers={"Cache-Control": "max-age=3600"})


routes = [
    Route("/", home),
    Route("/chat/{chat_id}", show),
    Route("/chat/{chat_id}/stream", stream),
    Route("/chat/{chat_id}/{action}", act, methods=["POST"]),
    Route("/photo/{file_id}", photo),
]
