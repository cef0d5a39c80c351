"""What a report costs, and how soon it stands on an officer's screen.

    .venv/bin/python bench/intake.py [REPORTS]

Cost: CPU time of `submit_report` (assessment, encryption, sightings, journal, news) as a ratio to a
bare insert of one encrypted row on the same database, both committed one by one; the ratio says
more than either figure. Latency: a real server and a real event stream; from the moment the
resident's form leaves to the moment the officer's page has the new list, by ordinary GET.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' city
os.environ["TEREZE_DATA"] = tempfile.mkdtemp(prefix="tereze-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tereze.settings")

import django


django.setup()

import httpx  # noqa: E402
from django.core.management import call_command  # noqa: E402

from tereze.accounts.models import Unit, User  # noqa: E402
from tereze.accounts.permissions import Role  # noqa: E402
from tereze.core.actor import Actor  # noqa: E402
from tereze.core.ids import new_token  # noqa: E402
from tereze.intake.actions import Sending, submit_report  # noqa: E402
from tereze.intake.models import Channel, Report, Supplement  # noqa: E402
from tereze.intake.preparing import prepare  # noqa: E402
from tereze.intake.statement import read_statement  # noqa: E402
from tests.city import City  # noqa: E402


PASSWORD = "correct horse battery"
PAUSE = 0.25


def story(number: int) -> str:
    return (
        f"Мне позвонили из банка с номера +7 701 {number % 1000:03d} 66 {number % 97:02d}, сказали, "
        "что с карты переводят деньги на безопасный счёт. Я назвала код, ушли 150 000 тенге. "
        f"Потом писал @vor_{number}, ссылка https://olx-pay{number}.kz/dostavka"
    )


def submit(unit: Unit, number: int) -> Report:
    statement = read_statement({"text": story(number), "contact": "87021112233"}, language="ru")
    return submit_report(
        unit=unit,
        statement=statement,
        channel=Channel.WEB,
        sending=Sending(scope="web", key=new_token()),
        by=Actor.resident(),
    ).report


def cost(work: Callable[[int], object], times: int) -> tuple[float, float]:
    """CPU and wall milliseconds of one call, the median of batches."""
    cpu, wall = [], []
    for start in range(0, times, 20):
        c, w = time.process_time(), time.perf_counter()
        for number in range(start, start + 20):
            work(number)
        cpu.append((time.process_time() - c) / 20 * 1000)
        wall.append((time.perf_counter() - w) / 20 * 1000)
    return statistics.median(cpu), statistics.median(wall)


def costs(unit: Unit, reports: int) -> None:
    first = submit(unit, 0)
    statement = read_statement({"text": story(1)}, language="ru")
    bare = cost(lambda n: Supplement.objects.create(report=first, by="b", text=story(n)), reports)
    assess = cost(lambda n: prepare(statement, unit=unit), reports)
    whole = cost(lambda n: submit(unit, n + 1), reports)
    for name, (cpu, wall) in {"bare insert": bare, "assess": assess, "submit": whole}.items():
        print(f"{name:<12} {cpu:6.2f} ms CPU  {wall:6.2f} ms wall")
    print(
        f"submit_report = {whole[0] / bare[0]:.1f} bare inserts of CPU, {whole[1] / bare[1]:.1f} of time"
    )


def latencies(city: City, times: int) -> list[float]:
    with httpx.Client(base_url=city.url, timeout=30) as officer:
        officer.get("/login/")
        token = {"csrfmiddlewaretoken": officer.cookies["csrftoken"]}
        officer.post("/login/", data={"username": "chief", "password": PASSWORD} | token)
        arrived: dict[str, float] = {}
        sent: dict[str, float] = {}
        with officer.stream("GET", "/live/?topic=reports") as stream:
            lines = (line for line in stream.iter_lines() if line.startswith("event: "))
            next(lines), next(lines)
            resident = threading.Thread(target=send_all, args=(city.url, times, sent))
            resident.start()
            while len(arrived) < times:
                next(lines)
                page = officer.get("/desk/intake/", headers={"HX-Request": "true"}).text
                seen = time.perf_counter()
                for mark in list(sent):
                    if mark in page:
                        arrived.setdefault(mark, seen)
            resident.join()
        return sorted(arrived[mark] - sent[mark] for mark in arrived)


def send_all(url: str, times: int, sent: dict[str, float]) -> None:
    with httpx.Client(base_url=url, timeout=30) as client:
        for number in range(times):
            mark = f"@vor_{1_000_000 + number}"
            text = f"{mark}: {story(number)}"[:900]
            sent[mark] = time.perf_counter()
            client.post("/report/", data={"text": text, "token": new_token()})
            time.sleep(PAUSE)


def main() -> None:
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    call_command("migrate", verbosity=0)
    unit = Unit.objects.create(slug="bench", name="bench")
    User.objects.create_user(
        username="chief", password=PASSWORD, name="c", role=Role.CHIEF, unit=unit
    )
    costs(unit, reports)
    city = City(Path(os.environ["TEREZE_DATA"]), {})
    try:
        city.serve()
        found = latencies(city, min(reports, 30))
    finally:
        city.stop()
    p95 = found[int(len(found) * 0.95)]
    print(
        f"report → officer's screen, {len(found)} reports, {1 / PAUSE:.0f} a second: "
        f"p50 {statistics.median(found) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
