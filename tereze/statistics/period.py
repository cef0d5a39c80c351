"""From when the figures count. The year begins when it begins in the city."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.core.forms import YEARS


def midnight(day: date, unit: Unit) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(unit.zone))


def year_start(unit: Unit) -> datetime:
    return midnight(local_day(now(), unit).replace(month=1, day=1), unit)


def local_day(moment: datetime, unit: Unit) -> date:
    return moment.astimezone(ZoneInfo(unit.zone)).date()


def read_day(text: str, unit: Unit) -> datetime | None:
    """`2026-03-01` as that day's midnight in the city; None where it is no day of our years."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return midnight(day, unit) if day.year in YEARS else None
