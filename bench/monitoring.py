"""Does the clock's work for 10,000 monitored adverts fit its schedule?

    python bench/monitoring.py [--monitored 10000] [--sample 400] [--full 5] [--photos 100000]

A fresh city with that many verified requests, each watched daily; a real stand-in site answers.
Measured, with everything else idle:
  1. all of them due at once (the worst case: a day of downtime): how fast the hosts' turns are given
     out, and how long an urgent look (a partner has just answered) waits meanwhile;
  2. light looks (two plain HTTP requests, written down): how many a second in one lane;
  3. full looks (browser and HTTP, desktop and mobile): seconds each;
  4. one new advert compared with this many stored photos and texts.
Then the day's arithmetic: light looks daily, all vantages weekly, one lane, the pace per host.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
FOLDER = tempfile.TemporaryDirectory(prefix="tereze-bench-")
os.environ["TEREZE_DATA"] = FOLDER.name
os.environ["TEREZE_NEW_KEYS"] = "1"
os.environ["DJANGO_SETTINGS_MODULE"] = "tereze.settings"

import django  # noqa: E402


django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from tereze.accounts.models import Unit  # noqa: E402
from tereze.casework.actions import Part, seal_evidence, store_parts  # noqa: E402
from tereze.core import due  # noqa: E402
from tereze.core.actor import Actor  # noqa: E402
from tereze.core.clock import now  # noqa: E402
from tereze.disruption import actions  # noqa: E402
from tereze.disruption.likeness import bands  # noqa: E402
from tereze.disruption.models import (  # noqa: E402
    HostPace,
    Lookout,
    Partner,
    Photo,
    Request,
    Snapshot,
    State,
    Trait,
)
from tereze.disruption.resemblance import matches  # noqa: E402
from tests.sites import Sites, running_sites  # noqa: E402


BY = Actor.machine("bench")
DAY = 24 * 3600
HOSTS = 4  # platforms, each a host of its own


def main() -> int:
    options = arguments()
    call_command("migrate", verbosity=0)
    unit = Unit.objects.create(slug="bench", name="Bench")
    actions.register_known_partners(unit=unit, by=BY)
    folder = Path(FOLDER.name) / "sites"
    with running_sites(folder) as sites:
        settings.ALLOWED_PRIVATE = [sites.host]
        Partner.objects.filter(slug="olx").update(bases=sites.bases("olx"))
        evidence = seal_evidence(
            unit=unit, files=store_parts([Part("a.txt", "text/plain", b"a", outgoing=True)]),
            kind="capture", origin="bench", by=BY, seen_at=now(), subject=("request", "bench"), facts={},
        )  # fmt: skip
        fill(unit, sites, evidence, options)
        turns, urgent = burst(options)
        light = looks(options.sample, thorough=False)
        full = looks(options.full, thorough=True) if options.full else []
    compared = likeness(unit, evidence, options.photos)
    return report(options, turns, urgent, light, full, compared)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--monitored", type=int, default=10_000)
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--full", type=int, default=5)
    parser.add_argument("--photos", type=int, default=100_000)
    return parser.parse_args()


def fill(unit: Unit, sites: Sites, evidence: object, options: argparse.Namespace) -> None:
    """Rows in bulk; as many real removed adverts as will be looked at."""
    partner = Partner.objects.get(slug="olx")
    urls = []
    for number in range(min(options.sample + options.full + 50, options.monitored)):
        code, url = sites.post(title=f"Телефон {number}")
        sites.set(code, status="removed")
        urls.append(url)
    at = now()
    made = Request.objects.bulk_create(
        Request(
            unit=unit, partner=partner, kind="remove_listing", state=State.VERIFIED,
            url=urls[n % len(urls)], address=urls[n % len(urls)], listing=f"olx:bench{n}" if n >= len(urls) else "",
            ground="", reason="x", number=f"b-{n}", signatory="x", evidence=evidence, answer="done",
            approved_at=at, delivered_at=at, gone_at=at,
        )
        for n in range(options.monitored)
    )  # fmt: skip
    Lookout.objects.bulk_create(
        Lookout(
            request=row, looks=10, full_at=at, since=at, next_action_at=at - timedelta(minutes=1)
        )
        for row in made
    )


def handler() -> due.Handler:
    return next(each for each in due.HANDLERS if each.model is Lookout)


def burst(options: argparse.Namespace) -> tuple[float, float]:
    """Everything due at once behind a host that is busy: turns a second, and an urgent one's wait."""
    settings.LOOK_PACE = 2.0
    host = next(iter(Request.objects.values_list("address", flat=True))).split("/")[2]
    busy = {"paused_until": now() + timedelta(hours=1), "why": "limited"}
    HostPace.objects.update_or_create(host=host, defaults=busy)
    urgent = Lookout.objects.order_by("-pk")[0]
    Lookout.objects.filter(pk=urgent.pk).update(asked=True, next_action_at=now())
    started, waited = time.monotonic(), 0.0
    while due.run_one(handler()):
        if not waited and Lookout.objects.get(pk=urgent.pk).next_action_at > now():
            waited = time.monotonic() - started
    spent = time.monotonic() - started
    HostPace.objects.all().delete()
    return options.monitored / spent, waited


def looks(count: int, *, thorough: bool) -> list[float]:
    settings.LOOK_PACE = 0.0
    rows = list(Lookout.objects.order_by("pk").values_list("pk", flat=True)[:count])
    if thorough:
        rows = [pk + 400 for pk in rows]
    Lookout.objects.update(next_action_at=now() + timedelta(days=1), asked=False)
    Lookout.objects.filter(pk__in=rows).update(next_action_at=now(), asked=thorough)
    times = []
    for _ in rows:
        started = time.monotonic()
        assert due.run_one(handler())
        times.append(time.monotonic() - started)
    done = Request.objects.filter(lookout__in=rows)
    assert set(done.values_list("state", flat=True)) == {State.VERIFIED}
    return times


def likeness(unit: Unit, evidence: object, photos: int) -> float:
    rng = random.Random(7)
    requests = list(Request.objects.values_list("pk", flat=True)[:10_000])
    each = 5
    snapshots = Snapshot.objects.bulk_create(
        (
            Snapshot(
                unit=unit, request_id=requests[n % len(requests)], evidence=evidence, next_action_at=None,
                address=f"https://x/{n}", listing=f"olx:x{n}", seller_key=f"olx:user:{n}",
                phones=[f"+7701{n:07d}"], sketch=[rng.getrandbits(32) for _ in range(64)],
            )
            for n in range(photos // each)
        ),
        batch_size=2000,
    )  # fmt: skip
    Photo.objects.bulk_create(
        (
            Photo(
                snapshot=row, position=n, url="https://x/p.jpg", pdq=f"{rng.getrandbits(256):064x}"
            )
            for row in snapshots
            for n in range(each)
        ),
        batch_size=5000,
    )
    Trait.objects.bulk_create(
        (
            Trait(snapshot=row, kind=kind, value=value)
            for row in snapshots
            for kind, value in [
                ("phone", row.phones[0]),
                *(("text", band) for band in bands(row.sketch)),
            ]
        ),
        batch_size=10_000,
    )
    known = snapshots[len(snapshots) // 2]
    new = Snapshot.objects.create(
        unit=unit, request_id=requests[-1], evidence=evidence, next_action_at=None, address="https://x/new",
        listing="olx:new", sketch=known.sketch, text="x",
    )  # fmt: skip
    for photo in known.photos.all():
        bits = int(photo.pdq, 16) ^ (1 << rng.randrange(256))
        Photo.objects.create(snapshot=new, position=photo.position, url="x", pdq=f"{bits:064x}")
    times = []
    for _ in range(3):
        started = time.monotonic()
        found = matches(new)
        times.append(time.monotonic() - started)
        assert len(found) == 1
        assert found[0].how == {"photo", "text"}
    return statistics.median(times)


def report(
    options: argparse.Namespace, turns: float, urgent: float, light: list[float], full: list[float], compared: float
) -> int:  # fmt: skip
    each = statistics.mean(light)
    whole = statistics.mean(full) if full else 0.0
    daily = options.monitored * each
    weekly = options.monitored / 7 * whole
    paced = options.monitored / HOSTS * 2.0
    print(f"monitored adverts                     {options.monitored:>10,}")
    print(
        f"turns given out, all due at once      {turns:>10.0f} a second ({options.monitored / turns:.0f} s for all)"
    )
    print(f"an urgent look behind them waits      {urgent:>10.1f} s")
    print(
        f"light look, mean / p95                {each * 1000:>10.0f} / {statistics.quantiles(light, n=20)[-1] * 1000:.0f} ms"
    )
    if full:
        print(f"look from all vantages, mean          {whole:>10.1f} s")
    print(f"a day's light looks, one lane         {daily / 3600:>10.2f} h")
    print(f"a day's share of weekly full looks    {weekly / 3600:>10.2f} h")
    print(f"the pace of 2 s on {HOSTS} hosts needs       {paced / 3600:>10.2f} h")
    print(f"compared with {options.photos:,} photos        {compared:>10.2f} s")
    fits = max(daily + weekly, paced) < DAY and urgent < 90
    print("fits its schedule" if fits else "DOES NOT FIT")
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
