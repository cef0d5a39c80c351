"""The city akimat's news page with residents' comments, and their feed: read by the wall, where
nothing can be deleted but by the editors (the buttons at the foot of each comment)."""

import hashlib
import time
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tereze.demo.standins.html import Markup, document, render, tag

from .state import Row, Site


SCHEMA = """
CREATE TABLE IF NOT EXISTS comments (
  id INTEGER PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL, at REAL NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0);
"""
LONGEST_FORM = 16 * 1024
SHOWN = 50
TITLE = "Акимат Сарыкөла · Новости"
NEWS = "Плановое отключение воды в 5-м микрорайоне: 30 ноября с 9:00 до 18:00. Подвоз воды – у школы № 7."
FIRST = (
    ("Сауле", "А в 3-м микрорайоне тоже отключат?"),
    ("Қайрат", "Су тасымалдау кестесі қайда?"),
    ("Наталья", "Спасибо, что предупредили заранее."),
)


def fill(site: Site) -> None:
    site.db.executescript(SCHEMA)
    if not site.rows("SELECT 1 FROM comments LIMIT 1"):
        for number, (author, text) in enumerate(FIRST):
            add(site, author, text, at=time.time() - 3600 * (len(FIRST) - number))


def add(site: Site, author: str, text: str, *, at: float | None = None) -> None:
    site.db.execute(
        "INSERT INTO comments (author, text, at) VALUES (?,?,?)",
        (author[:80], text[:2000], at or time.time()),
    )


def comments(site: Site) -> list[Row]:
    return site.rows("SELECT * FROM comments WHERE NOT removed ORDER BY id DESC LIMIT ?", SHOWN)


def moment(row: Row) -> datetime:
    return datetime.fromtimestamp(int(row["at"]), UTC)


def shown(row: Row) -> Markup:
    at = moment(row)
    remove = tag(
        "form",
        tag("button", "Редакция: удалить", type="submit"),
        method="post",
        action=f"/akimat/{row['id']}/remove",
    )
    return tag(
        "li",
        tag("cite", row["author"], class_="comment-author fn"),
        " ",
        tag("time", f"{at:%d.%m.%Y %H:%M} UTC", datetime=at.isoformat()),
        tag("div", tag("p", row["text"]), class_="comment-content"),
        remove,
        class_="comment",
        id=f"comment-{row['id']}",
    )


def same(request: Request, body: str, kind: str) -> Response:
    """With a validator, so that who asks again politely gets nothing twice."""
    mark = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers={"ETag": mark})
    return HTMLResponse(body, headers={"ETag": mark}, media_type=kind)


async def news(request: Request) -> Response:
    site: Site = request.app.state.site
    feed = tag("link", rel="alternate", type="application/rss+xml", href="/akimat/comments.xml")
    form = tag(
        "form",
        tag("p", tag("label", "Имя ", tag("input", name="author", required=True, maxlength=80))),
        tag("p", tag("label", "Комментарий ", tag("textarea", name="text", required=True, maxlength=2000))),
        tag("button", "Написать", type="submit"),
        method="post",
        action="/akimat/",
    )  # fmt: skip
    body = tag(
        "main",
        tag("h1", "Плановое отключение воды"),
        tag("p", NEWS),
        tag("h2", "Комментарии"),
        tag("ol", [shown(row) for row in comments(site)], class_="comment-list"),
        form,
    )
    head = (tag("link", rel="stylesheet", href="/static/site.css"), feed)
    return same(request, document(lang="ru", title=TITLE, head=head, body=body), "text/html")


async def feed(request: Request) -> Response:
    site: Site = request.app.state.site
    base = f"{request.url.scheme}://{request.url.netloc}/akimat/"
    items = [
        tag(
            "item",
            tag("guid", f"comment-{row['id']}", isPermaLink="false"),
            tag("author", row["author"]),
            tag("pubDate", format_datetime(moment(row))),
            tag("description", row["text"]),
            Markup(f"<link>{render(base)}#comment-{row['id']}</link>"),
        )
        for row in comments(site)
    ]
    channel = tag("channel", tag("title", TITLE), items)
    body = f'<?xml version="1.0" encoding="utf-8"?>\n{tag("rss", channel, version="2.0")}'
    return same(request, body, "application/rss+xml")


async def write(request: Request) -> Response:
    if int(request.headers.get("content-length") or 0) > LONGEST_FORM:
        return Response("too long", status_code=413)
    async with request.form() as form:
        author, text = (str(form.get(name, "")).strip() for name in ("author", "text"))
    if not author or not text:
        return RedirectResponse("/akimat/", 303)
    add(request.app.state.site, author, text)
    return RedirectResponse("/akimat/", 303)


async def remove(request: Request) -> Response:
    site: Site = request.app.state.site
    site.db.execute("UPDATE comments SET removed=1 WHERE id=?", (request.path_params["id"],))
    return RedirectResponse("/akimat/", 303)


routes = [
    Route("/akimat/", news),
    Route("/akimat/", write, methods=["POST"]),
    Route("/akimat/comments.xml", feed),
    Route("/akimat/{id:int}/remove", remove, methods=["POST"]),
]
