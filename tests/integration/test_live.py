"""The stream, through a real server: a commit is announced, a rollback is not."""

from collections.abc import Iterator

import httpx
import pytest

from tests.city import City, a_city
from tests.conftest import PASSWORD


SETUP = f"""
from tereze.accounts.models import Unit, User
unit = Unit.objects.create(slug="c", name="c")
User.objects.create_user(username="chief", password={PASSWORD!r}, name="c", role="chief", unit=unit)
"""
ANNOUNCE = """
from django.db import transaction
from tereze.live import publish
with transaction.atomic():
    publish("reports")
    transaction.set_rollback(True)
with transaction.atomic():
    publish("wall")
"""


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city() as city:
        city.python(SETUP)
        city.serve()
        yield city


def logged_in(city: City) -> httpx.Client:
    client = httpx.Client(base_url=city.url, follow_redirects=False)
    client.get("/login/")
    answer = client.post(
        "/login/",
        data={
            "username": "chief",
            "password": PASSWORD,
            "csrfmiddlewaretoken": client.cookies["csrftoken"],
        },
    )
    assert answer.status_code == 302
    return client


def events(response: httpx.Response) -> Iterator[str]:
    for line in response.iter_lines():
        if line.startswith("event: "):
            yield line.removeprefix("event: ")


def test_a_commit_is_announced_and_a_rollback_is_not(city: City) -> None:
    with (
        logged_in(city) as client,
        client.stream("GET", "/live/?topic=reports&topic=wall", timeout=15) as response,
    ):
        seen = events(response)
        assert [next(seen), next(seen)] == ["refresh", "refresh"]  # stream open, listener ready
        city.python(ANNOUNCE)
        assert next(seen) == "wall"


def test_a_stranger_hears_nothing(city: City) -> None:
    assert httpx.get(f"{city.url}/live/?topic=reports").status_code == 401
