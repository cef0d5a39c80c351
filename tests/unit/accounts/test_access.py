"""Every address, for every role: the permission table is what the pages really do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tereze.accounts.models import User
from tereze.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from tereze.core.access import KEYED, LOGGED_IN, PUBLIC


pytestmark = pytest.mark.django_db
EXAMPLE = {"int": "1", "slug": "none", "str": "none", "path": "none", "uuid": "0" * 32}


def views(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + example(entry)
        if isinstance(entry, URLResolver):
            yield from views(entry, path)
        else:
            yield path, entry.callback


def example(entry: URLPattern | URLResolver) -> str:
    """The entry's part of an address, with something in place of every argument."""
    route = str(entry.pattern)
    for name, converter in getattr(entry.pattern, "converters", {}).items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            route = route.replace(written, EXAMPLE.get(kind, "none"))
    return route


ALL = sorted(views(), key=lambda pair: pair[0])


def test_every_view_says_who_may_use_it() -> None:
    assert [path for path, view in ALL if not hasattr(view, "access")] == []


def guarded() -> list[tuple[str, tuple[str, ...]]]:
    return [(path, view.access) for path, view in ALL if isinstance(view.access, tuple)]


def test_every_permission_named_is_in_the_table() -> None:
    granted = frozenset().union(*ROLE_PERMISSIONS.values())
    assert {p for _, needed in guarded() for p in needed} <= set(Permission.values)
    assert granted == set(Permission.values), "a permission nobody holds, or one that is unknown"


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_what_the_table_says_and_nothing_else(
    role: str, officer: Callable[[str], User]
) -> None:
    client = Client()
    client.force_login(officer(role), backend="django.contrib.auth.backends.ModelBackend")
    wrong = []
    for path, needed in guarded():
        allowed = bool(ROLE_PERMISSIONS[role] & set(needed))
        status = client.get(path).status_code
        if (status == 403) == allowed or status >= 500:
            wrong.append((path, status, "allowed" if allowed else "not allowed"))
    assert wrong == []


def test_a_stranger_opens_only_what_is_public() -> None:
    client = Client()
    wrong = []
    for path, view in ALL:
        status = client.get(path).status_code
        if status >= 500 or (view.access == PUBLIC and status in {401, 403}):
            wrong.append((path, status))
        if view.access not in {PUBLIC, KEYED} and status not in {302, 401, 405}:
            wrong.append((path, status))
        if view.access == KEYED and status not in {401, 404, 405}:
            wrong.append((path, status))
    assert wrong == []


def test_marks_are_of_the_known_kinds() -> None:
    assert {type(view.access) for _, view in ALL} <= {str, tuple}
    assert {v.access for _, v in ALL if isinstance(v.access, str)} <= {PUBLIC, LOGGED_IN, KEYED}
