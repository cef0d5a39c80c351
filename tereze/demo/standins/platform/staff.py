"""The page of the sites' own moderators: remove, archive, restore, close an account."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tereze.demo.standins.html import Markup, Node, document, tag

from .behaviours import APPEARANCES, appearance
from .sites import SITES
from .state import Row, Site, address
from .texts import staff_words
from .view import moment, photo_address


ACTS = ("remove", "archive", "restore", "close", "open")
FITTING = {
    "active": {"remove", "archive", "close"},
    "removed": {"restore", "close"},
    "archived": {"remove", "restore", "close"},
}
STATES = {"active": "active", "removed": "removed", "archived": "in_archive"}
SHOWN = 100
Words = dict[str, str]


def language(request: Request) -> str:
    chosen = request.query_params.get("lang") or request.cookies.get("lang")
    return "kk" if chosen == "kk" else "ru"


def page(request: Request, title: str, *content: Node) -> Response:
    lang = language(request)
    switch = [
        tag("a", code.upper(), href=f"?lang={code}", aria_current=str(code == lang).lower())
        for code in ("kk", "ru")
    ]
    say = staff_words(lang)
    header = tag(
        "header",
        tag("a", say["boards"], href="/", class_="logo"),
        tag("span", say["stand"], class_="stand"),
        tag("nav", tag("a", say["staff"], href="/_site/"), tag("span", switch, class_="switch")),
        class_="top",
    )
    head = tag("link", rel="stylesheet", href="/static/site.css")
    body = (header, tag("main", content))
    response = HTMLResponse(document(lang=lang, title=title, head=head, body=body))
    if "lang" in request.query_params:
        response.set_cookie("lang", lang, samesite="lax")
    return response


async def boards(request: Request) -> Response:
    """The first page of all: which site?"""
    say = staff_words(language(request))
    links = [
        tag("a", site.name, href=f"/{site.key}/", class_=f"site-link {site.key}")
        for site in SITES.values()
    ]
    return page(request, say["boards"], tag("h1", say["boards"]), tag("div", links, class_="sites"))


async def show(request: Request) -> Response:
    site: Site = request.app.state.site
    say = staff_words(language(request))
    query = request.query_params.get("q", "")
    rows = [row for row in site.everything() if matches(row, query)]
    form = tag(
        "form",
        tag(
            "input",
            name="q",
            value=query,
            placeholder=say["staff_search"],
            aria_label=say["staff_search"],
        ),
        tag("button", say["search"]),
        class_="search",
    )
    return page(
        request,
        say["staff_title"],
        tag("h1", say["staff_title"]),
        tag("p", say["staff_more"], class_="quiet"),
        form,
        tag("ul", [listing(row, say) for row in rows[:SHOWN]], class_="rows"),
        tag("p", say["nothing"], class_="empty") if not rows else None,
    )


def matches(row: Row, query: str) -> bool:
    words = f"{row['title']} {row['code']} {row['seller']}".casefold()
    return query.casefold() in words or row["code"] in query


def listing(row: Row, say: Words) -> Markup:
    closed = bool(row["closed"])
    wanted = {"open"} if closed else FITTING[row["status"]]
    state = say["closed"] if closed else say[STATES[row["status"]]]
    facts = (SITES[row["site"]].name, row["code"], row["seller"], moment(row["posted"]))
    return tag(
        "li",
        tag("img", src=photo_address(row, 0), alt="", width=96, height=72)
        if row["photo_count"]
        else None,
        tag(
            "div",
            tag("a", row["title"], href=address(row, f"/{row['site']}")),
            tag("span", " · ".join(facts), class_="quiet"),
            tag("span", state, class_=f"status {'removed' if closed else row['status']}"),
            tag("details", tag("summary", say["how"]), behaviour(row, say)),
        ),
        tag("div", [act_form(row, act, say[act]) for act in ACTS if act in wanted], class_="acts"),
    )


def hidden(row: Row) -> list[Markup]:
    return [tag("input", type="hidden", name=name, value=row[name]) for name in ("site", "code")]


def act_form(row: Row, act: str, label: str) -> Markup:
    button = tag("button", label, name="act", value=act)
    return tag("form", hidden(row), button, method="post", action="/_site/act")


def behaviour(row: Row, say: Words) -> Markup:
    options = [tag("option", say["as_usual"], value="", selected=not row["appearance"])]
    options += [
        tag("option", say[key], value=key, selected=key == row["appearance"]) for key in APPEARANCES
    ]
    return tag(
        "form",
        hidden(row),
        tag("select", options, name="appearance", aria_label=say["how"]),
        tag("button", say["apply"], name="act", value="appearance"),
        tag("span", f"{say['now']}: {say[appearance(row)]}", class_="quiet"),
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
