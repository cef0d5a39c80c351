"""The stream, through a real server: a commit is announced, a rollback is not."""

from collections.abc import Generator, Iterator

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
    publish("cases")
    transaction.set_rollback(True)
with transaction.atomic():
    publish("reports")
"""


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city() as city:
        city.python(SETUP)
        city.serve()
        yield city


def log_in(client: httpx.Client) -> None:
    client.get("/login/")
    data = {"username": "chief", "password": PASSWORD}
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    assert client.post("/login/", data=data | token).status_code == 302


def events(response: httpx.Response) -> Generator[str, None, None]:
    for line in response.iter_lines():
        if line.startswith("event: "):
            yield line.removeprefix("event: ")


def test_a_commit_is_announced_and_a_rollback_is_not(city: City) -> None:
    with httpx.Client(base_url=city.url, timeout=15) as client:
        log_in(client)
        with client.stream("GET", "/live/?topic=cases&topic=reports") as response:
            seen = events(response)
            assert [next(seen), next(seen)] == ["refresh", "refresh"]  # open, listener ready
            city.python(ANNOUNCE)
            assert next(seen) == "reports"


def test_a_stranger_hears_nothing(city: City) -> None:
    assert httpx.get(f"{city.url}/live/?topic=reports").status_code == 401
