"""The site's own staff and the tests: everything under /_site/ is no part of a real site."""

import json
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .behaviours import APPEARANCES, appearance
from .sites import SITES
from .state import STATUSES, Row, Site, address


Handler = Callable[[Request, Site, dict[str, Any]], Any]


def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        content = await request.body()
        if content and "json" not in request.headers.get("content-type", ""):
            return JSONResponse({"error": "send JSON"}, status_code=415)
        try:
            body = json.loads(content or b"{}")
            return JSONResponse(handler(request, request.app.state.site, body))
        except LookupError as error:
            return JSONResponse({"error": f"not found: {error}"}, status_code=404)
        except (ValueError, TypeError, OverflowError, sqlite3.Error) as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return answer


def described(request: Request, row: Row) -> dict[str, Any]:
    path = address(row, f"/{row['site']}")
    return {
        "site": row["site"],
        "code": row["code"],
        "number": row["number"],
        "title": row["title"],
        "price": row["price"],
        "seller_id": row["seller_id"],
        "status": row["status"],
        "account_closed": bool(row["closed"]),
        "appearance": appearance(row),
        "photos_stay": bool(row["photos_stay"]),
        "previous": row["previous"],
        "path": path,
        "url": str(request.base_url).rstrip("/") + path,
        "real_url": f"https://{SITES[row['site']].hosts[0]}{address(row, '')}",
    }


def found(site: Site, request: Request) -> Row:
    row = site.listing(request.path_params["site"], request.path_params["code"])
    if row is None:
        raise LookupError(request.path_params["code"])
    return row


def check(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("appearance") and body["appearance"] not in APPEARANCES:
        raise ValueError(f"appearance is one of {', '.join(APPEARANCES)}, or empty")
    if "status" in body and body["status"] not in STATUSES:
        raise ValueError(f"status is one of {', '.join(STATUSES)}")
    return body


def listings(request: Request, site: Site, body: dict[str, Any]) -> Any:
    return [described(request, row) for row in site.everything()]


def one(request: Request, site: Site, body: dict[str, Any]) -> Any:
    return described(request, found(site, request))


def add(request: Request, site: Site, body: dict[str, Any]) -> Any:
    """{"site", "title", "price", "seller", "phone", "description"?, "photo_kind"?, …}"""
    values = dict(check(body))
    name, title, price = str(values.pop("site")), str(values.pop("title")), int(values.pop("price"))
    if name not in SITES:
        raise ValueError(f"site is one of {', '.join(SITES)}")
    seller = site.seller_named(
        name, str(values.pop("seller", "Асхат")), str(values.pop("phone", "+7 701 555 01 42"))
    )
    status = values.pop("status", "active")
    code = site.add(name, title=title, price=price, seller_id=seller, **values)
    site.change(name, code, status=status)
    row = site.listing(name, code)
    return described(request, row) if row else None


def change(request: Request, site: Site, body: dict[str, Any]) -> Any:
    row = found(site, request)
    site.change(row["site"], row["code"], **check(body))
    return described(request, found(site, request))


def relist(request: Request, site: Site, body: dict[str, Any]) -> Any:
    """{"title"?, "price"?, "seller"? and "phone"?: under another name, "photo_variant"?, …}"""
    row = found(site, request)
    if "seller" in body or "phone" in body:
        name, number = body.pop("seller", row["seller"]), body.pop("phone", row["phone"])
        body["seller_id"] = site.seller_named(row["site"], str(name), str(number))
    code = site.relist(row["site"], row["code"], **body)
    new = site.listing(row["site"], code)
    return described(request, new) if new else None


def set_account(request: Request, site: Site, body: dict[str, Any]) -> Any:
    seller_id = int(request.path_params["seller_id"])
    if site.seller(seller_id) is None:
        raise LookupError(seller_id)
    site.close_seller(seller_id, closed=bool(body["closed"]))
    return {"seller_id": seller_id, "closed": bool(body["closed"])}


def visits(request: Request, site: Site, body: dict[str, Any]) -> Any:
    """Who looked at which advert, and what they got."""
    return [dict(row) for row in site.rows("SELECT * FROM visits ORDER BY at DESC LIMIT 200")]


def appearances(request: Request, site: Site, body: dict[str, Any]) -> Any:
    return APPEARANCES


TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/appearances", appearances),
    ("GET", "/listings", listings),
    ("POST", "/listings", add),
    ("GET", "/listings/{site}/{code}", one),
    ("POST", "/listings/{site}/{code}", change),
    ("POST", "/listings/{site}/{code}/relist", relist),
    ("POST", "/sellers/{seller_id:int}", set_account),
    ("GET", "/visits", visits),
)
routes = [Route(path, endpoint(handler), methods=[verb]) for verb, path, handler in TABLE]
