import json
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tereze.accounts.models import Unit
from tereze.statistics import line
from tereze.statistics.figures import Figures, as_json, figures_of
from tereze.statistics.lives import lives_of
from tereze.statistics.period import midnight, year_start
from tereze.statistics.sellers import sellers_on


class Command(BaseCommand):
    help = "Figures since the start of the year, in the city's time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DATE", help="YYYY-MM-DD, from midnight on"
        )
        parser.add_argument("--unit", metavar="SLUG", help="where the installation holds several")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = find_unit(options["unit"])
        since = midnight(options["since"], unit) if options["since"] else year_start(unit)
        figures = figures_of(unit, since)
        if options["json"]:
            found = {**as_json(figures), "direct_line": direct_line(unit, since)}
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            self.stdout.write(as_text(figures, unit, since))


def direct_line(unit: Unit, since: datetime) -> dict[str, Any]:
    lives = lives_of(unit, since)
    return line.as_json(lives, unit, sellers_on(unit, lives))


def find_unit(slug: str | None) -> Unit:
    cities = Unit.objects.filter(children=None).order_by("pk")
    if slug:
        found = Unit.objects.filter(slug=slug).first()
        if found is None:
            known = ", ".join(cities.values_list("slug", flat=True))
            raise CommandError(f"There is no unit {slug}. There are: {known}.")
        return found
    city = cities.first()
    if city is None:
        raise CommandError("There is no city yet: `tereze init` founds one, `make demo` fills one.")
    return city


def as_text(figures: Figures, unit: Unit, since: datetime) -> str:
    lines = [
        f"{unit.name}, since {since:%Y-%m-%d}",
        f"Offences with an ЕРДР number: {figures.offences}",
    ]
    for title, counts in (
        ("By platform", figures.platforms),
        ("By scheme", figures.schemes),
        ("By district", figures.districts),
    ):
        lines += ["", title, *(f"  {number:>6}  {name}" for name, number in counts.items())]
    lines += [
        "",
        f"Reports: {figures.reports.total}, of them not in КУИ: {figures.reports.not_in_kui}",
        f"Attempts: {figures.attempts.total}",
        f"Cases in production: {figures.cases_in_production}, "
        f"of them on fake adverts: {figures.cases_on_fake_adverts}",
        f"Requests: {figures.requests}, overdue: {figures.requests_overdue}",
        f"Messages blocked: {figures.blocked_messages}, undone: {figures.undone_messages}",
        "",
        "Minutes to removal (median, p90; still there)",
    ]
    lines += [
        f"  {platform}: {said(row.median)}, {said(row.p90)}; {row.n} gone, {row.open} open"
        for platform, row in figures.removal.items()
    ]
    return "\n".join(lines)


def said(minutes: float | None) -> str:
    return "not yet" if minutes is None else f"{minutes:g}"
