"""The direct line from end to end, with real processes and a real Chromium.

    python bench/line.py [--reports 20] [--batch 100] [--removals 10] [--urgent 10]

A fresh city with `serve`, `worker` and `clock` as they are started in life, and the stand-in sites.
A resident's form, an officer's and a moderator's screens are driven by their own HTTP requests, and
woken as browsers are: by the event stream. Measured:

* report of a fake advert → the request in the moderator's portal, its sealed capture included, and
  the same without the time for which the browser was looking;
* so many adverts pasted at once: all captured and sent, in minutes, with the progress that is shown;
* the moderator's "removed" → verified by our own look;
* a report "money has just left" → the bank's request ready to be signed.
"""

import argparse
import contextlib
import itertools
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.city import City, a_city, wait_until
from tests.sites import Sites, running_sites


PASSWORD = "correct horse battery"
TARGETS = {"portal": 60.0, "rest": 2.0, "batch": 600.0, "removal": 90.0, "urgent": 10.0}
SETUP = """
from tereze.accounts.models import Unit, User
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.models import Partner
by = Actor.machine("bench")
unit = Unit.objects.create(slug="bench", name="Bench")
actions.register_known_partners(unit=unit, by=by)
Partner.objects.filter(slug="olx").update(bases={bases!r})
def person(username, role, partner=""):
    user = User.objects.create_user(username=username, password={password!r}, name=username, role=role, unit=unit, post="майор")
    if partner:
        actions.add_member(partner=Partner.objects.get(slug=partner), user=user, by=by)
person("chief", "chief")
person("olx", "partner", "olx")
"""
TIMES = """
import json
from tereze.disruption.models import Request
rows = Request.objects.filter(public_id__in={keys!r}).select_related("capture")
print(json.dumps({{row.public_id: [
    (row.captured_at - row.created_at).total_seconds(), row.capture.seconds or 0.0
] for row in rows}}))
"""


class Person:
    """Somebody logged in, who sees what their browser would fetch."""

    def __init__(self, city: City, username: str) -> None:
        self.http = httpx.Client(base_url=city.url, timeout=60, follow_redirects=True)
        self.http.get("/login/")
        self.post("/login/", username=username, password=PASSWORD)

    def get(self, address: str) -> str:
        return self.http.get(address).raise_for_status().text

    def post(self, address: str, **fields: Any) -> httpx.Response:
        token = {"csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
        return self.http.post(address, data=fields | token).raise_for_status()

    @contextlib.contextmanager
    def listening(self, topic: str) -> Iterator[Iterator[object]]:
        """Wakes when this topic is announced, as the open page does."""
        with self.http.stream("GET", f"/live/?topic={topic}") as stream:
            lines = (line for line in stream.iter_lines() if line.startswith("event: "))
            next(lines)
            yield lines

    def until(self, topic: str, address: str, found: str) -> str:
        """The page, as soon as it holds this; fetched when its topic is announced."""
        with self.listening(topic) as news:
            while True:
                page = self.get(address)
                if re.search(found, page):
                    return page
                next(news)


class Line:
    def __init__(self, city: City, sites: Sites) -> None:
        self.city, self.sites = city, sites
        self.officer, self.moderator = Person(city, "chief"), Person(city, "olx")
        self.resident = httpx.Client(base_url=city.url, timeout=60)
        self.marks = itertools.count(1000)

    def advert(self, number: int) -> tuple[str, str]:
        return self.sites.post(
            title=f"iPhone {number}, срочно",
            seller=f"Продавец {number}",
            phone=f"+7 705 {number % 1000:03d} 22 {number % 97:02d}",
            photo_count=4,
            description=f"Объявление номер {number}. " + "Отправлю после предоплаты. " * 8,
        )

    def tell(self, text: str, **fields: str) -> str:
        """A resident sends; the officer's list shows it. The report's key."""
        mark = f"Примета {next(self.marks)}:"
        token = f"bench{time.monotonic_ns():022d}"
        self.resident.post("/report/", data={"text": f"{mark} {text}", "token": token} | fields)
        before = self.officer.get("/desk/intake/").partition(mark)[0]
        return re.findall(r'href="/desk/intake/([^/"]+)/"', before)[-1]

    def report_to_portal(self, number: int) -> tuple[str, str, float]:
        code, url = self.advert(number)
        began = time.perf_counter()
        report = self.tell(f"Поддельное объявление: {url} Просят предоплату.")
        page = self.officer.post(f"/desk/requests/for/report/{report}/draft/")
        key = page.url.path.split("/")[-2]
        page_url = f"/desk/requests/{key}/"
        self.officer.until(f"request:{key}", page_url, rf'action="{page_url}approve/"')
        self.officer.post(f"{page_url}approve/")
        wait_until(lambda: key in self.moderator.get("/portal/"), what="the portal")
        return key, code, time.perf_counter() - began

    def remove(self, key: str, code: str) -> float:
        self.sites.set(code, status="removed")
        began = time.perf_counter()
        self.moderator.post(f"/portal/{key}/answer/", answer="done")
        self.officer.until(f"request:{key}", f"/desk/requests/{key}/", "Проверено нами: удалено")
        return time.perf_counter() - began

    def batch(self, count: int) -> tuple[float, list[tuple[float, int]]]:
        """Pasted together; what is captured is signed as it comes, as the button offers."""
        urls = [self.advert(10_000 + number)[1] for number in range(count)]
        began = time.perf_counter()
        page = self.officer.post(
            "/desk/requests/new/",
            addresses="\n".join(urls),
            reason="Предоплата без товара.",
            kind="remove_listing",
        )
        address, seen = page.url.path, []
        with self.officer.listening("requests") as news:
            while True:
                page_text = self.officer.get(address)
                ready = re.findall(r'name="request" value="([^"]+)"', page_text)
                if ready:
                    self.officer.post("/desk/requests/approve/", request=ready)
                sent = int(re.findall(r'value="(\d+)"', page_text.split("Отправлено")[1])[0])
                seen.append((time.perf_counter() - began, sent))
                if sent >= count:
                    return seen[-1][0], seen
                if not ready:
                    next(news)

    def urgent(self, number: int) -> float:
        to = f"8 705 {number:03d} 77 {number % 97:02d}"
        began = time.perf_counter()
        report = self.tell(
            "Позвонили «из банка», перевела деньги двадцать минут назад.",
            loss="lost",
            amount="250 000",
            money_when="hour",
            bank_from="Kaspi Bank",
            money_to=to,
        )
        address = f"/desk/requests/for/report/{report}/"
        self.officer.until("requests", address, r"удержать деньги[\s\S]*ждёт утверждения")
        return time.perf_counter() - began


def main() -> int:
    options = arguments()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_sites(Path(folder)) as sites,
        a_city(TEREZE_STANDINS=sites.host) as city,
    ):
        city.python(SETUP.format(bases=sites.bases("olx"), password=PASSWORD))
        city.serve()
        for process in ("worker", "clock"):
            city.start(process)
        return measure(Line(city, sites), options)


def measure(line: Line, options: argparse.Namespace) -> int:
    good = True
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} when it began")
    line.report_to_portal(9_999)  # the browser's driver starts once
    made = [line.report_to_portal(number) for number in range(options.reports)]
    if made:
        keys = [key for key, _code, _time in made]
        told = json.loads(line.city.python(TIMES.format(keys=keys)))
        good &= said("report → portal, capture included", [t for *_, t in made], "portal")
        good &= said("  everything but the browser", [t - told[k][1] for k, _c, t in made], "rest")
        said("  drafted → sealed", [told[key][0] for key in keys])
        said("  of which the browser itself", [told[key][1] for key in keys])
        gone = [line.remove(key, code) for key, code, _time in made[: options.removals]]
        good &= said("removed → verified by us", gone, "removal")
    if options.urgent:
        took = [line.urgent(number) for number in range(options.urgent)]
        good &= said("money left → bank's request ready", took, "urgent")
    if options.batch:
        seconds, seen = line.batch(options.batch)
        print(
            f"{options.batch} adverts at once: all sent after {seconds / 60:.1f} min "
            f"({seconds / options.batch:.1f} s each), progress seen {len(seen)} times; "
            + ", ".join(f"{sent} after {at:.0f} s" for at, sent in seen[:: max(1, len(seen) // 5)])
        )
        good &= seconds < TARGETS["batch"]
    print(
        f"load {os.getloadavg()[0]:.1f} when it ended; {'all in time' if good else 'NOT in time'}"
    )
    return 0 if good else 1


def said(what: str, times: list[float], target: str = "") -> bool:
    if not times:
        return True
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    limit = TARGETS.get(target)
    kept = limit is None or p95 < limit
    print(
        f"{what:<40} n {len(times):>3}  p50 {statistics.median(times):6.2f} s  p95 {p95:6.2f} s"
        + (f"  (expected < {limit:g} s{'' if kept else ': MISSED'})" if limit else "")
    )
    return kept


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=20)
    parser.add_argument("--removals", type=int, default=10)
    parser.add_argument("--urgent", type=int, default=10)
    parser.add_argument("--batch", type=int, default=100)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
