"""Clocks in the partner's working hours, as tables. All times are the city's (UTC+5)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tereze.disruption.actions.partners import known_partners
from tereze.disruption.hours import NeverOpenError, Schedule, deadline, worked_minutes


ZONE = ZoneInfo("Asia/Almaty")
DAY = [["09:00", "18:00"]]
OFFICE = Schedule.read(
    {"mon": DAY, "tue": DAY, "wed": DAY, "thu": DAY, "fri": DAY}, ["2026-12-16", "2026-12-17"]
)
LUNCH = Schedule.read({day: [["09:00", "13:00"], ["14:00", "18:00"]] for day in ("mon", "tue")})
NIGHT = Schedule.read({day: [["20:00", "02:00"]] for day in ("fri", "sat")})
ROUND = Schedule.read({}, around_the_clock=True)
TO_MIDNIGHT = Schedule.read({"mon": [["22:00", "24:00"]], "tue": [["00:00", "01:00"]]})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("schedule", "start", "minutes", "end"),
    [
        (OFFICE, "2026-11-23 10:00", 60, "2026-11-23 11:00"),  # Monday, inside
        (OFFICE, "2026-11-23 08:00", 60, "2026-11-23 10:00"),  # before opening
        (OFFICE, "2026-11-23 17:30", 60, "2026-11-24 09:30"),  # over the night
        (OFFICE, "2026-11-23 17:00", 60, "2026-11-23 18:00"),  # exactly to closing
        (OFFICE, "2026-11-23 18:00", 60, "2026-11-24 10:00"),  # at closing
        (OFFICE, "2026-11-27 17:30", 60, "2026-11-30 09:30"),  # over the weekend
        (OFFICE, "2026-11-28 12:00", 240, "2026-11-30 13:00"),  # on Saturday
        (OFFICE, "2026-12-15 17:00", 120, "2026-12-18 10:00"),  # over two holidays
        (OFFICE, "2026-11-23 09:00", 9 * 60 * 2, "2026-11-24 18:00"),  # two whole days
        (LUNCH, "2026-11-23 12:30", 60, "2026-11-23 14:30"),  # over lunch
        (NIGHT, "2026-11-27 23:00", 120, "2026-11-28 01:00"),  # a shift past midnight
        (NIGHT, "2026-11-28 01:30", 60, "2026-11-28 20:30"),  # begun the evening before
        (TO_MIDNIGHT, "2026-11-23 23:00", 90, "2026-11-24 00:30"),
        (ROUND, "2026-12-16 03:00", 45, "2026-12-16 03:45"),  # night duty, on a holiday
    ],
)
def test_a_deadline_counts_only_agreed_hours(
    schedule: Schedule, start: str, minutes: float, end: str
) -> None:
    assert deadline(at(start), minutes, schedule) == at(end)
    assert worked_minutes(at(start), at(end), schedule) == minutes


def test_hours_that_never_open_give_no_deadline() -> None:
    with pytest.raises(NeverOpenError):
        deadline(at("2026-11-23 10:00"), 60, Schedule({}))


@pytest.mark.parametrize(
    ("when", "open_"),
    [
        ("2026-11-27 21:00", True),
        ("2026-11-28 01:00", True),
        ("2026-11-28 03:00", False),
        ("2026-11-29 01:00", True),
        ("2026-11-30 01:00", False),
    ],
)
def test_a_night_shift_belongs_to_the_day_it_began(when: str, open_: bool) -> None:
    assert NIGHT.is_open(at(when)) is open_


@pytest.mark.parametrize(
    ("hours", "holidays"),
    [({"monday": DAY}, []), ({"mon": [["9", "18:00"]]}, []), ({"mon": DAY}, ["16.12.2026"])],
)
def test_wrong_hours_are_refused(hours: dict[str, list[list[str]]], holidays: list[str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Schedule.read(hours, holidays)


def test_known_partners_have_hours_that_open() -> None:
    for slug, entry in known_partners().items():
        terms = entry["terms"]
        schedule = Schedule.read(
            terms["hours"], terms["holidays"], around_the_clock="*" in terms["night_duty"]
        )
        assert deadline(at("2026-11-23 10:00"), 60, schedule), slug
        assert terms["source"], slug
