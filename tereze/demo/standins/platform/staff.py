"""The page of the sites' own moderators: remove, archive, restore, close an account."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tereze.demo.standins.html import Markup, document, tag

from .behaviours import APPEARANCES, appearance
from .sites import SITES
from .state import Row, Site, address
from .view import moment, photo_address


ACTS = (
    ("remove", "Удалить"),
    ("archive", "В архив"),
    ("restore", "Вернуть"),
    ("close", "Закрыть аккаунт"),
    ("open", "Открыть аккаунт"),
)
FITTING = {
    "active": {"remove", "archive", "close"},
    "removed": {"restore", "close"},
    "archived": {"remove", "restore", "close"},
}
STATES = {"active": "Активно", "removed": "Удалено", "archived": "В архиве"}
SHOWN = 100


async def show(request: Request) -> Response:
    site: Site = request.app.state.site
    query = request.query_params.get("q", "").casefold()
    rows = [
        row
        for row in site.everything()
        if query in f"{row['title']} {row['code']} {row['seller']}".casefold()
        or row["code"] in query
    ]
    form = tag(
        "form",
        tag("input", name="q", value=query, placeholder="Название, номер или адрес объявления",
            aria_label="Название, номер или адрес объявления"),
        tag("button", "Найти"),
        class_="search",
    )  # fmt: skip
    body = tag(
        "main",
        tag("h1", "Модераторам учебных досок объявлений"),
        tag("p", "Здесь работает площадка: Tereze этой страницы не видит.", class_="quiet"),
        form,
        tag("ul", [listing(row) for row in rows[:SHOWN]], class_="rows"),
        tag("p", "Ничего не нашлось.", class_="empty") if not rows else None,
    )
    head = tag("link", rel="stylesheet", href="/static/site.css")
    return HTMLResponse(document(lang="ru", title="Модераторам", head=head, body=body))


def listing(row: Row) -> Markup:
    closed = bool(row["closed"])
    wanted = {"open"} if closed else FITTING[row["status"]]
    state = "Аккаунт закрыт" if closed else STATES[row["status"]]
    site = SITES[row["site"]]
    picture = tag("img", src=photo_address(row, 0), alt="", width=96, height=72)
    return tag(
        "li",
        picture if row["photo_count"] else None,
        tag(
            "div",
            tag("a", row["title"], href=address(row, f"/{row['site']}")),
            tag("span", f"{site.name} · {row['code']} · {row['seller']} · {moment(row['posted'])}",
                class_="quiet"),
            tag("span", state, class_=f"status {'removed' if closed else row['status']}"),
            tag("details", tag("summary", "Как отвечает адрес"), behaviour(row)),
        ),
        tag("div", [act_form(row, act, label) for act, label in ACTS if act in wanted],
            class_="acts"),
    )  # fmt: skip


def hidden(row: Row) -> list[Markup]:
    return [tag("input", type="hidden", name=name, value=row[name]) for name in ("site", "code")]


def act_form(row: Row, act: str, label: str) -> Markup:
    button = tag("button", label, name="act", value=act)
    return tag("form", hidden(row), button, method="post", action="/_site/act")


def behaviour(row: Row) -> Markup:
    options = [tag("option", "как принято на сайте", value="", selected=not row["appearance"])]
    options += [
        tag("option", f"{key}: {text}", value=key, selected=key == row["appearance"])
        for key, text in APPEARANCES.items()
    ]
    return tag(
        "form",
        hidden(row),
        tag("select", options, name="appearance", aria_label="Как отвечает адрес"),
        tag("button", "Применить", name="act", value="appearance"),
        tag("span", f"сейчас: {appearance(row)}", class_="quiet"),
        method="post",
        action="/_site/act",
    )


async def act(request: Request) -> Response:
    origin = request.headers.get("origin")
    if origin not in {None, "null"} and urlsplit(origin or "").netloc != request.url.netloc:
        return Response(status_code=403)
    site: Site = request.app.state.site
    async with request.form() as form:
        values = {key: str(value) for key, value in form.items()}
    row = site.listing(values.get("site", ""), values.get("code", ""))
    if row is None:
        return Response("Not Found", status_code=404)
    moderate(site, row, values.get("act", ""), values.get("appearance", ""))
    return RedirectResponse("/_site/", status_code=303)


def moderate(site: Site, row: Row, act: str, wanted: str = "") -> None:
    statuses = {"remove": "removed", "archive": "archived", "restore": "active"}
    if act in statuses:
        site.change(row["site"], row["code"], status=statuses[act])
    elif act in {"close", "open"}:
        site.close_seller(row["seller_id"], closed=act == "close")
    elif act == "appearance" and wanted in {"", *APPEARANCES}:
        site.change(row["site"], row["code"], appearance=wanted)


routes = [Route("/", show), Route("/act", act, methods=["POST"])]
