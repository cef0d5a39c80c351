"""When something was written, as sites say it: ISO, mail dates, Russian and Kazakh words.

What is told only to the minute or the day is taken as late as its words allow: who wrote on the day
of the notice wrote after it.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo


MONTHS = {
    stem: number
    for number, stems in enumerate(
        (
            ("янв", "қаң", "jan"),
            ("фев", "ақп", "feb"),
            ("мар", "нау", "mar"),
            ("апр", "сәу", "apr"),
            ("мая", "май", "мам", "may"),
            ("июн", "мау", "jun"),
            ("июл", "шіл", "jul"),
            ("авг", "там", "aug"),
            ("сен", "қыр", "sep"),
            ("окт", "қаз", "oct"),
            ("ноя", "қар", "nov"),
            ("дек", "жел", "dec"),
        ),
        1,
    )
    for stem in stems
}
CLOCK = r"(?:[^\d]{1,12}(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?(?P<pm>\s*pm\b)?)?"
NUMBERS = re.compile(r"(?P<d>\d{1,2})[./-](?P<mo>\d{1,2})[./-](?P<y>\d{4}|\d{2})(?!\d)" + CLOCK)
TURNED = re.compile(r"(?P<y>\d{4})[./-](?P<mo>\d{1,2})[./-](?P<d>\d{1,2})(?!\d)" + CLOCK)
WORDS = re.compile(
    r"(?P<d>\d{1,2})[\s.]+(?P<mo>[^\W\d_]{3,12})\.?,?\s*(?:(?P<y>\d{4}))?" + CLOCK, re.IGNORECASE
)
ENGLISH = re.compile(
    r"(?P<mo>[a-z]{3,9})\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})" + CLOCK, re.IGNORECASE
)
DAYS = {"сегодня": 0, "бүгін": 0, "today": 0, "вчера": 1, "кеше": 1, "yesterday": 1}
RELATIVE = re.compile(r"(?P<day>" + "|".join(DAYS) + r")" + CLOCK, re.IGNORECASE)
AGO = re.compile(
    r"(?P<n>\d{1,4})\s*(?P<unit>сек|мин|час|дн|ден|день|нед|секунд|минут|сағат|күн|апта|sec|min|hour|day|week)"
    r"[^\d]{0,12}(?:назад|бұрын|ago)",
    re.IGNORECASE,
)
UNITS = {
    **dict.fromkeys(("сек", "секунд", "sec"), timedelta(seconds=1)),
    **dict.fromkeys(("мин", "минут", "min"), timedelta(minutes=1)),
    **dict.fromkeys(("час", "сағат", "hour"), timedelta(hours=1)),
    **dict.fromkeys(("дн", "ден", "день", "күн", "day"), timedelta(days=1)),
    **dict.fromkeys(("нед", "апта", "week"), timedelta(weeks=1)),
}
STAMP = re.compile(r"\d{10}(\d{3})?")
MINUTE, DAY = timedelta(seconds=59), timedelta(hours=23, minutes=59, seconds=59)
LONGEST = 120  # characters in which a moment is looked for


def moment(words: str, *, zone: str, at: datetime) -> str:
    """ISO in UTC, or nothing.

    >>> at = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    >>> moment("12 марта 2026, 14:05", zone="Asia/Almaty", at=at)
    '2026-03-12T09:05:59+00:00'
    """
    text = " ".join(words.split())[:LONGEST]
    try:
        found = exact(text, zone) or told(text.casefold(), ZoneInfo(zone), at)
        return found.astimezone(UTC).isoformat() if found else ""
    except (ValueError, OverflowError):
        return ""  # also the year one, which some programs write where they know no date


def is_stable(moment: str) -> bool:
    """Whether the next look reads the same: «5 минут назад» moves, «27.11.2026 10:00» does not."""
    return bool(moment) and "." not in moment


def exact(text: str, zone: str) -> datetime | None:
    if STAMP.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    found = None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            break
        except (ValueError, TypeError, IndexError):
            continue
    if found is None or len(text) <= len("2026-11-28"):
        return None
    found = found.replace(microsecond=0)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def told(text: str, zone: ZoneInfo, at: datetime) -> datetime | None:
    if ago := AGO.search(text):
        return moving(at - UNITS[ago["unit"].lower()] * int(ago["n"]))
    if day := RELATIVE.search(text):
        date = at.astimezone(zone) - timedelta(days=DAYS[day["day"]])
        return latest(day, date.year, date.month, date.day, zone, at)
    for pattern in (TURNED, NUMBERS, ENGLISH, WORDS):
        found = pattern.search(text)
        month = month_of(found["mo"]) if found else 0
        if found and month:
            year = year_of(found["y"], month, int(found["d"]), zone, at)
            return latest(found, year, month, int(found["d"]), zone, at)
    return None


def month_of(words: str) -> int:
    return int(words) if words.isdigit() else MONTHS.get(words[:3], 0)


def year_of(words: str | None, month: int, day: int, zone: ZoneInfo, at: datetime) -> int:
    """Sites leave out the year while it is this one; what would lie ahead was last year."""
    if words:
        return int(words) + (2000 if len(words) == 2 else 0)
    today = at.astimezone(zone)
    return today.year - ((month, day) > (today.month, today.day))


def latest(
    found: re.Match[str], year: int, month: int, day: int, zone: ZoneInfo, at: datetime
) -> datetime:
    begun = datetime(year, month, day, tzinfo=zone)
    if found["h"] is None:
        return moving(min(begun + DAY, at))
    hour = int(found["h"]) % 12 + 12 if found["pm"] else int(found["h"])
    begun = begun.replace(hour=hour, minute=int(found["m"]))
    return begun + (timedelta(seconds=int(found["s"])) if found["s"] else MINUTE)


def moving(found: datetime) -> datetime:
    """Marked as one that is told from today."""
    return found.replace(microsecond=1)
