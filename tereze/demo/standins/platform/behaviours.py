"""How an advert's address answers: live, gone in one of many ways, or not letting anyone look."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tereze.demo.standins.serving import Stopping

from . import view
from .sites import SITES
from .state import Row


ROBOT_WORDS = ("bot", "crawl", "spider", "curl", "python", "httpx", "headless", "tereze")
HANG_SECONDS = 120.0
APPEARANCES = {
    "live": "the advert itself",
    "hard404": "404, not found",
    "gone410": "410, gone",
    "soft404": "200 with a page that says it was not found",
    "redirect": "302 to the category",
    "archived": "200, the advert marked as archived, without a phone number",
    "challenge": "200, a robot check instead of the page",
    "forbidden": "403",
    "limited": "429 with Retry-After",
    "timeout": "accepts the connection and never answers",
    "error500": "500",
    "error503": "503",
    "login": "200, a log-in page",
    "robots_see_gone": "people see the advert, robots a not-found page",
    "robots_see_live": "robots see the advert, people a not-found page",
    "mobile_sees_gone": "computers see the advert, phones a not-found page",
    "mobile_sees_live": "phones see the advert, computers a not-found page",
}


def looks_like_robot(request: Request) -> bool:
    agent = request.headers.get("user-agent", "").lower()
    return not agent or any(word in agent for word in ROBOT_WORDS)


def looks_like_phone(request: Request) -> bool:
    return "mobile" in request.headers.get("user-agent", "").lower()


def appearance(row: Row) -> str:
    """What was switched on for this advert, otherwise what its site does with such adverts."""
    if row["appearance"]:
        return str(row["appearance"])
    if row["closed"] or row["status"] == "removed":
        return SITES[row["site"]].removed
    return "archived" if row["status"] == "archived" else "live"


async def answer(request: Request, page: view.Page, row: Row, stopping: Stopping) -> Response:
    how = appearance(row)
    if how.startswith("robots_see_"):
        robot = looks_like_robot(request)
        how = "soft404" if robot == (how == "robots_see_gone") else "live"
    if how.startswith("mobile_sees_"):
        how = "soft404" if page.mobile == (how == "mobile_sees_gone") else "live"
    if how == "timeout":
        await stopping.within(HANG_SECONDS)
        return Response(status_code=504)
    if how == "redirect":
        return RedirectResponse(page.link(f"/{row['category']}/"), status_code=302)
    if how in {"live", "archived"}:
        phone = how == "live" and "phone" in request.query_params
        return HTMLResponse(view.listing(page, row, archived=how == "archived", phone=phone))
    name, status = NOTICES[how]
    headers = {"Retry-After": "60"} if status == 429 else None
    return HTMLResponse(view.notice(page, name), status_code=status, headers=headers)


NOTICES = {
    "hard404": ("gone", 404),
    "gone410": ("gone", 410),
    "soft404": ("gone", 200),
    "challenge": ("challenge", 200),
    "forbidden": ("forbidden", 403),
    "limited": ("limited", 429),
    "error500": ("error", 500),
    "error503": ("error", 503),
    "login": ("login", 200),
}


def photos_visible(row: Row) -> bool:
    return appearance(row) in {"live", "archived", "robots_see_gone", "mobile_sees_gone"} or bool(
        row["photos_stay"]
    )
