"""The window through a real server: a report reaches an open screen, twins make one report."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.city import City, a_city
from tests.conftest import PASSWORD


SETUP = f"""
from tereze.accounts.models import Unit, User
from tereze.intake.actions import issue_key
unit = Unit.objects.create(slug="c", name="c")
def user(role):
    return User.objects.create_user(
        username=role, password={PASSWORD!r}, name=role, role=role, unit=unit
    )
user("operative")
print(issue_key(unit=unit, partner="Bank", by=user("administrator"))[1])
"""
STORY = "Позвонили из банка с номера +7 701 555 66 77, просили код из SMS"


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with a_city() as city:
        city.key = city.python(SETUP).strip()  # type: ignore[attr-defined]
        city.serve()
        yield city


@pytest.fixture(scope="module")
def officer(city: City) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=city.url, timeout=30) as client:
        client.get("/login/")
        data = {"username": "operative", "password": PASSWORD}
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        assert client.post("/login/", data=data | token).status_code == 302
        yield client


def reports_seen_by(officer: httpx.Client) -> int:
    return officer.get("/desk/intake/").text.count("data-item")


def test_a_report_reaches_the_officers_open_screen(city: City, officer: httpx.Client) -> None:
    with officer.stream("GET", "/live/?topic=reports") as response:
        lines = response.iter_lines()
        heard = (line for line in lines if line.startswith("event: "))
        assert [next(heard), next(heard)] == ["event: refresh"] * 2
        sent = httpx.post(f"{city.url}/report/", data={"text": STORY}, timeout=30)
        assert sent.status_code == 302
        assert next(heard) == "event: reports"
        page = officer.get("/desk/intake/", headers={"HX-Request": "true"})
        assert "+7 701 555 66 77" in page.text


def test_twins_sent_at_once_make_one_report(city: City, officer: httpx.Client) -> None:
    before = reports_seen_by(officer)
    page = httpx.get(f"{city.url}/report/").text
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found

    def send(_: int) -> tuple[int, str]:
        typed = {"text": STORY, "token": found[1]}
        answer = httpx.post(f"{city.url}/report/", data=typed, timeout=30)
        return answer.status_code, answer.headers["Location"]

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(send, range(6)))
    assert answers == {(302, f"/report/sent/{found[1]}/")}
    assert reports_seen_by(officer) == before + 1


def test_a_partner_that_repeats_itself_at_once_gets_one_report(
    city: City, officer: httpx.Client
) -> None:
    before = reports_seen_by(officer)
    key: str = city.key  # type: ignore[attr-defined]
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "twins"}

    def send(_: int) -> tuple[int, str]:
        answer = httpx.post(
            f"{city.url}/api/v1/reports", json={"text": STORY}, headers=headers, timeout=30
        )
        return answer.status_code, json.dumps(answer.json(), sort_keys=True)

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(send, range(6)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert reports_seen_by(officer) == before + 1


WHOLE = """
from tereze.audit.models import AuditEvent
from tereze.intake.models import IdempotencyKey, Report
from tereze.linking.models import Sighting
keys = sorted(Report.objects.values_list("public_id", flat=True))
events = AuditEvent.objects.filter(kind="report.submitted").values_list("target", flat=True)
print(len(keys) > 0)
print(keys == sorted(IdempotencyKey.objects.values_list("report__public_id", flat=True)))
print(keys == sorted(Sighting.objects.values_list("subject_key", flat=True)))
print(keys == sorted(target.removeprefix("intake.Report:") for target in events))
"""


def test_a_killed_server_leaves_whole_reports_only(city: City) -> None:
    """Killed among sendings: each report that exists has its key, sightings and journal."""
    with ThreadPoolExecutor(4) as pool:
        sendings = [
            pool.submit(httpx.post, f"{city.url}/report/", data={"text": STORY}, timeout=30)
            for _ in range(20)
        ]
        sendings[0].exception()
        city.processes[0].kill()
        for sending in sendings:
            sending.exception()
    assert city.python(WHOLE).split() == ["True"] * 4
