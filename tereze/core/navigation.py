"""The desk's menu. Each app puts in its own entries; who may not use one does not see it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True, kw_only=True)
class Entry:
    label: Any  # a lazy translation
    url_name: str
    permission: str
    key: str
    order: int
    badge: Callable[[Any], int] | None
    first_for: frozenset[str] = frozenset()


ENTRIES: list[Entry] = []


def register(
    label: Any,
    url_name: str,
    *,
    permission: str,
    key: str = "",
    order: int = 50,
    badge: Callable[[Any], int] | None = None,
    first_for: Iterable[str] = (),
) -> None:
    """Add an entry. `key` is the letter pressed after `g`; `badge(user)` counts what waits.
    The roles in `first_for` find this page when they log in."""
    ENTRIES.append(
        Entry(
            label=label,
            url_name=url_name,
            permission=permission,
            key=key,
            order=order,
            badge=badge,
            first_for=frozenset(first_for),
        )
    )
    ENTRIES.sort(key=lambda entry: entry.order)


PUBLIC: list[tuple[int, Any, str]] = []


def register_public(label: Any, url_name: str, *, order: int = 50) -> None:
    """Add a link to the foot of every public page."""
    PUBLIC.append((order, label, url_name))
    PUBLIC.sort(key=lambda link: link[0])


def public_links() -> list[dict[str, Any]]:
    return [{"label": label, "url": reverse(url_name)} for _order, label, url_name in PUBLIC]


def entries_for(user: Any) -> list[Entry]:
    return [entry for entry in ENTRIES if user.can(entry.permission)]


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the menu of whoever is logged in; counted only when a page draws it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"desk_nav": []}
    entries = [(entry, reverse(entry.url_name)) for entry in entries_for(user)]
    # `/desk/intake/new/` is its own entry, not also `/desk/intake/`
    here = max((url for _, url in entries if request.path.startswith(url)), key=len, default="")
    return {
        "desk_nav": [
            {
                "label": entry.label,
                "url": url,
                "key": entry.key,
                "badge": entry.badge(user) if entry.badge and not is_fragment(request) else 0,
                "current": url == here,
            }
            for entry, url in entries
        ]
    }


def first_page(user: Any) -> str | None:
    """What opens after log-in: this role's own page, or the first entry of its menu."""
    entries = entries_for(user)
    own = [entry for entry in entries if user.role in entry.first_for]
    return next((entry.url_name for entry in [*own, *entries]), None)


def is_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
