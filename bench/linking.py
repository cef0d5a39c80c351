"""What it costs to link one report: in an empty base and at 200,000 reports, as a ratio.

    .venv/bin/python bench/linking.py [REPORTS]

Each report names three values. The base is written in bulk, then reports are linked one by one
through the real action, each with two new values and one that an earlier report named.
"""

import os
import random
import statistics
import sys
import tempfile
import time


os.environ["TEREZE_DATA"] = tempfile.mkdtemp(prefix="tereze-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tereze.settings")

import django


django.setup()

from django.core.management import call_command  # noqa: E402

from tereze.accounts.models import Unit  # noqa: E402
from tereze.core.actor import Actor  # noqa: E402
from tereze.core.clock import now  # noqa: E402
from tereze.indicators import Indicator as Found  # noqa: E402
from tereze.linking.actions import Subject, record_sightings  # noqa: E402
from tereze.linking.models import Indicator, Series, Sighting  # noqa: E402


BY = Actor.machine("bench")
SAMPLE = 300


def phone(number: int) -> str:
    return f"+7700{number:07d}"


def found(value: str) -> Found:
    return Found("phone", value, value, (0, len(value)), 1.0)


def fill(unit: Unit, reports: int) -> None:
    """The base as it stands after as many reports, each with three values of its own."""
    moment, batch = now(), 20_000
    for start in range(0, reports, batch):
        numbers = range(start, min(start + batch, reports))
        series = Series.objects.bulk_create(Series(unit=unit, size=3) for _ in numbers)
        rows = Indicator.objects.bulk_create(
            Indicator(
                type="phone",
                value_key=phone(3 * n + k),
                shown=phone(3 * n + k),
                reports=1,
                series=one,
            )
            for n, one in zip(numbers, series, strict=True)
            for k in range(3)
        )
        Sighting.objects.bulk_create(
            Sighting(
                indicator=row,
                unit=unit,
                subject_kind="report",
                subject_key=f"r{start + i // 3}",
                at=moment,
            )
            for i, row in enumerate(rows)
        )
        print(f"\r{numbers[-1] + 1:,} reports", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def link(unit: Unit, first: int, known: int, rng: random.Random) -> list[float]:
    """Seconds for each of SAMPLE reports."""
    costs = []
    for n in range(first, first + SAMPLE):
        values = [phone(5_000_000 + 2 * n), phone(5_000_001 + 2 * n)]
        if known:
            values.append(phone(rng.randrange(known)))
        started = time.perf_counter()
        subject = Subject("report", f"n{n}", now())
        record_sightings(unit=unit, subject=subject, found=map(found, values), by=BY)
        costs.append(time.perf_counter() - started)
    return costs


def line(name: str, costs: list[float]) -> float:
    ordered = sorted(costs)
    median, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(f"{name:<28} p50 {median * 1000:6.2f} ms   p95 {p95 * 1000:6.2f} ms")
    return median


def main() -> None:
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rng = random.Random(20261122)
    call_command("migrate", verbosity=0)
    unit = Unit.objects.create(slug="bench", name="bench")
    link(unit, 0, 0, rng)  # warm-up
    small = line("in a base of 300 reports", link(unit, 1000, 600, rng))
    Sighting.objects.all().delete()
    Indicator.objects.all().delete()
    Series.objects.all().delete()
    fill(unit, reports)
    large = line(f"in a base of {reports:,}", link(unit, 2000, 3 * reports, rng))
    print(f"ratio {large / small:.2f} (flat is 1; more than 3 fails)")
    sys.exit(large / small > 3)


if __name__ == "__main__":
    main()
