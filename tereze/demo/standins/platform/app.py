"""The server of the four sites: /olx/…, /kolesa/…, /krisha/…, /kaspi/…, or by host name."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tereze.demo.standins.headers import SafeHeaders
from tereze.demo.standins.serving import Stopping, health, no_icon

from . import akimat, hooks, staff, view
from .behaviours import answer, appearance, looks_like_phone, photos_visible
from .markup import seller_in
from .pictures import photo
from .sites import SITES, mobile_base, split_prefix
from .state import Site, address


LONGEST_FORM = 64 * 1024


async def home(request: Request) -> Response:
    """Chooses a site, unless the host name has already chosen."""
    if split_prefix(request.url.hostname or "", "/"):
        return await serve(request)
    return await staff.boards(request)


async def serve(request: Request) -> Response:
    """Everything a visitor of one of the sites may open."""
    parts = split_prefix(request.url.hostname or "", request.url.path)
    if parts is None:
        return Response("Not Found", status_code=404)
    key, base, rest, mobile = parts
    form = SITES[key].listing.fullmatch(rest)
    lang = language(request, kazakh=bool(form and form["kk"]) or rest.startswith(("/kk/", "/kz/")))
    phone = looks_like_phone(request)
    if form and phone and not mobile and SITES[key].own_mobile:
        there = mobile_base(SITES[key], request.headers.get("host", ""), base)
        return RedirectResponse(there + rest, status_code=302)
    page = view.Page(key, base, lang, mobile or phone)
    if form:
        response = await show_listing(request, page, form["code"])
    elif rest == "/post" and request.method == "POST":
        response = await publish(request, page)
    elif request.method == "POST":
        response = Response(status_code=405)
    else:
        response = browse(request, page, rest)
    if "lang" in request.query_params:
        response.set_cookie("lang", lang, samesite="lax")
    return response


def language(request: Request, *, kazakh: bool) -> str:
    if kazakh:
        return "kk"
    chosen = request.query_params.get("lang") or request.cookies.get("lang")
    return "kk" if chosen == "kk" else "ru"


async def show_listing(request: Request, page: view.Page, code: str) -> Response:
    site: Site = request.app.state.site
    row = site.listing(page.site, code)
    if row is None:
        return HTMLResponse(view.notice(page, "gone"), status_code=404)
    response = await answer(request, page, row, request.app.state.stopping)
    agent = request.headers.get("user-agent", "")
    site.look(page.site, code, request.url.path, agent, response.status_code)
    return response


def browse(request: Request, page: view.Page, rest: str) -> Response:
    site: Site = request.app.state.site
    first, _, more = rest.removeprefix("/").removeprefix("kk/").removeprefix("kz/").partition("/")
    query = request.query_params.get("q", "")[:200]
    if (first in {"", "list"} and not more.startswith("user/")) or first in SITES[
        page.site
    ].categories:
        category = first if first in SITES[page.site].categories else ""
        rows = site.shown(page.site, query=query, category=category)
        return HTMLResponse(view.search(page, rows, query=query, category=category))
    owner = seller_in(page.site, rest)
    if owner is not None:
        return seller_page(site, page, owner)
    if first == "post":
        return HTMLResponse(post_page(site, page, request.query_params.get("again", "")))
    if first == "account":
        return HTMLResponse(account_page(request, site, page))
    if first == "api" and more.startswith("phone/"):
        return phone(site, page, more.removeprefix("phone/"))
    return HTMLResponse(view.notice(page, "gone"), status_code=404)


def seller_page(site: Site, page: view.Page, seller_id: int) -> Response:
    row = site.seller(seller_id)
    if row is None or row["site"] != page.site or row["closed"]:
        return HTMLResponse(view.notice(page, "gone"), status_code=404)
    own = [one for one in site.shown(page.site) if one["seller_id"] == seller_id]
    return HTMLResponse(view.search(page, own, seller=row["name"]))


def phone(site: Site, page: view.Page, code: str) -> Response:
    row = site.listing(page.site, code)
    if row is None or appearance(row) != "live":
        return JSONResponse({"error": "not found"}, status_code=404)
    return JSONResponse({"phone": row["phone"]})


def post_page(site: Site, page: view.Page, again: str) -> str:
    row = site.listing(page.site, again) if again else None
    if row is None:
        return view.post_form(page, {"place": "Сарыкөл"})
    keys = ("title", "price", "description", "category", "place", "phone")
    values = {key: str(row[key]) for key in keys} | {"name": row["seller"]}
    return view.post_form(page, values, again=row["code"])


def account_page(request: Request, site: Site, page: view.Page) -> str:
    sellers = site.rows("SELECT * FROM sellers WHERE site=? ORDER BY name", page.site)
    given = request.query_params.get("seller", "")
    chosen = site.seller(int(given)) if given.isdecimal() and len(given) < 16 else None
    rows = [row for row in site.everything() if chosen and row["seller_id"] == chosen["id"]]
    return view.account(page, sellers, chosen, rows)


async def publish(request: Request, page: view.Page) -> Response:
    site: Site = request.app.state.site
    if int(request.headers.get("content-length") or 0) > LONGEST_FORM:
        return Response("too long", status_code=413)
    async with request.form() as form:
        values = {key: str(value).strip() for key, value in form.items()}
    price = values.get("price", "")
    complete = all(values.get(key) for key in ("title", "name", "phone"))
    if not complete or not price.isdecimal() or len(price) > 12:
        page_again = view.post_form(page, values, again=values.get("again", ""), mistake=True)
        return HTMLResponse(page_again, status_code=422)
    seller_id = site.seller_named(page.site, values["name"][:80], values["phone"][:30])
    new: dict[str, Any] = {
        "title": values["title"][:120],
        "price": int(price),
        "seller_id": seller_id,
        "description": values.get("description", "")[:4000],
        "category": values.get("category", ""),
        "place": values.get("place", "")[:80],
    }
    if new["category"] not in SITES[page.site].categories:
        new["category"] = SITES[page.site].categories[0]
    again = values.get("again", "")
    if again and site.listing(page.site, again):
        code = site.relist(page.site, again, **new)
    else:
        code = site.add(page.site, **new)
    row = site.listing(page.site, code)
    return RedirectResponse(address(row, page.base, page.lang) if row else page.link("/"), 303)


async def picture(request: Request) -> Response:
    site: Site = request.app.state.site
    row = site.listing(request.path_params["site"], request.path_params["code"])
    number = request.path_params["number"]
    if row is None or number >= row["photo_count"] or not photos_visible(row):
        return Response(status_code=404)
    content = await run_in_threadpool(
        photo, row["photo_kind"], row["photo_seed"], number, row["photo_variant"]
    )
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    app.state.stopping.event.set()
    app.state.site.db.close()


def create_app(folder: Path) -> Starlette:
    app = Starlette(
        routes=[
            Route("/_health", health),
            Route("/favicon.ico", no_icon),
            Mount("/_site", routes=[*staff.routes, *hooks.routes]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
            Route("/photos/{site}/{code}/{number:int}.jpg", picture),
            *akimat.routes,
            Route("/", home),
            Route("/{path:path}", serve, methods=["GET", "POST"]),
        ],
        middleware=[Middleware(SafeHeaders)],
        lifespan=lifespan,
    )
    app.state.name = "platform"
    app.state.site = Site(folder)
    akimat.fill(app.state.site)
    app.state.stopping = Stopping()
    return app
