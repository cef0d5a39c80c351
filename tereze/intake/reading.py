"""Reads times and amounts as people write them. What cannot be read stays text beside nothing."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from tereze.indicators.folding import fold
from tereze.indicators.numberwords import digits_for_words


DAYS_AGO = {
    "сегодня": 0, "бүгін": 0, "бугин": 0, "today": 0,
    "вчера": 1, "кеше": 1, "yesterday": 1,
    "позавчера": 2, "алдыңгүні": 2,
}  # fmt: skip
UNITS = {
    "мин": timedelta(minutes=1), "minute": timedelta(minutes=1), "min": timedelta(minutes=1),
    "час": timedelta(hours=1), "сағ": timedelta(hours=1), "саг": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "дн": timedelta(days=1), "день": timedelta(days=1), "күн": timedelta(days=1),
    "кун": timedelta(days=1), "day": timedelta(days=1),
    "недел": timedelta(days=7), "апта": timedelta(days=7), "week": timedelta(days=7),
}  # fmt: skip
AGO = re.compile(
    rf"(\d{{1,3}}|полтора|пол|полу|жарты|half\s+an)?\s*({'|'.join(UNITS)})\w*\s+(?:тому\s+)?(?:назад|бұрын|бурын|ago)",
    re.IGNORECASE,
)
JUST_NOW = re.compile(
    r"только\s+что|сейчас|меньше\s+часа|қазір|жаңа\s+ғана|just\s+now|right\s+now", re.IGNORECASE
)
DATE = re.compile(r"\b(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?\b")
ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
NAMED = re.compile(r"\b(\d{1,2})(?:-?го)?\s+([а-яәғқңөұүһіa-z]{3,})(?:\s+(\d{4}))?", re.IGNORECASE)
MONTHS = (
    ("янв", "қаңт", "jan"), ("фев", "ақп", "feb"), ("мар", "наур", "mar"), ("апр", "сәу", "apr"),
    ("ма", "мам", "may"), ("июн", "маус", "jun"), ("июл", "шіл", "jul"), ("авг", "там", "aug"),
    ("сен", "қыр", "sep"), ("окт", "қаз", "oct"), ("ноя", "қар", "nov"), ("дек", "жел", "dec"),
)  # fmt: skip
TIME = re.compile(r"(?<![\d.])([01]?\d|2[0-3])[:.]([0-5]\d)(?![\d.])")
HOUR = re.compile(r"(?:\bв|\bat|сағат)\s+([01]?\d|2[0-3])(?:\s*(?:час|ч\b|\b))", re.IGNORECASE)
OLDEST = timedelta(days=366 * 10)
AHEAD = timedelta(hours=1)  # clocks differ; more than that is a slip of the pen


def parse_when(text: str, *, at: datetime, zone: str) -> datetime | None:
    """The moment meant, in UTC, or None. Without an hour, noon (or now, if noon is still ahead).

    >>> at = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    >>> parse_when("вчера в 14:30", at=at, zone="Asia/Almaty")
    datetime.datetime(2026, 3, 4, 9, 30, tzinfo=datetime.timezone.utc)
    """
    if JUST_NOW.search(text):
        return at
    if passed := ago(text):
        return at - passed
    here = at.astimezone(ZoneInfo(zone))
    day = read_day(text, here)
    clock = TIME.search(DATE.sub(" ", text)) or HOUR.search(text)
    if day is None:
        if clock is None:
            return None
        day = here
    hour, minute = (int(clock[1]), int(clock[2] if clock.re is TIME else 0)) if clock else (12, 0)
    meant = day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)
    if meant > at and day.date() == here.date() and clock is None:
        meant = at
    return meant if at - OLDEST <= meant <= at + AHEAD else None


def ago(text: str) -> timedelta | None:
    """«двадцать минут назад», «жарты сағат бұрын»: how long, by the first that says so."""
    found = AGO.search(digits_for_words(fold(text)).text)
    return UNITS[found[2].lower()] * count(found[1]) if found else None


def count(word: str | None) -> float:
    if word is None:
        return 1
    return float(word) if word.isdigit() else 1.5 if word.lower() == "полтора" else 0.5


def read_day(text: str, here: datetime) -> datetime | None:
    folded = text.casefold()
    # «позавчера» holds «вчера»: the longer word is asked first
    for word in sorted(DAYS_AGO, key=len, reverse=True):
        if word in folded:
            return here - timedelta(days=DAYS_AGO[word])
    if found := ISO.search(text):
        return on(here, int(found[1]), int(found[2]), int(found[3]))
    for found in DATE.finditer(text):
        year = int(found[3]) if found[3] else None
        if year is not None and year < 100:
            year += 2000
        if day := on(here, year, int(found[2]), int(found[1])):
            return day
    for found in NAMED.finditer(folded):
        month = next((n for n, names in enumerate(MONTHS, 1) if found[2].startswith(names)), 0)
        if month and (day := on(here, int(found[3]) if found[3] else None, month, int(found[1]))):
            return day
    return None


def on(here: datetime, year: int | None, month: int, day: int) -> datetime | None:
    """That day; without a year, the last time it was that day."""
    try:
        found = here.replace(year=year or here.year, month=month, day=day)
    except ValueError:
        return None
    if year is None and found.date() > here.date():
        return on(here, here.year - 1, month, day)
    return found


AMOUNT = re.compile(
    r"(\d[\d\s\u00a0\u202f'.,]*)\s*(млрд|млн|миллион|million|лям|тыс|тыщ|штук|косар|мың|мын|thousand|k\b|к\b|т\b)?",
    re.IGNORECASE,
)
FACTORS = {
    "млрд": 10**9, "млн": 10**6, "миллион": 10**6, "million": 10**6, "лям": 10**6,
    "тыс": 1000, "тыщ": 1000, "штук": 1000, "косар": 1000, "мың": 1000, "мын": 1000,
    "thousand": 1000, "k": 1000, "к": 1000, "т": 1000,
}  # fmt: skip
FOREIGN = re.compile(r"[$€£¥₽]|доллар|евро|рубл|usd|eur|rub|usdt|bitcoin|биткоин", re.IGNORECASE)
LARGEST = Decimal(10**12)


def parse_amount(text: str) -> Decimal | None:
    """Tenge, or None where it cannot be read for certain (another currency, several numbers).

    >>> parse_amount("1,5 млн тг"), parse_amount("50 000"), parse_amount("$300")
    (Decimal('1500000.00'), Decimal('50000.00'), None)
    """
    if FOREIGN.search(text):
        return None
    found = list(AMOUNT.finditer(text))
    if len(found) != 1:
        return None
    number, factor = found[0][1].strip(), found[0][2]
    value = read_number(number, fraction_likely=bool(factor))
    if value is None:
        return None
    value *= FACTORS[factor.lower()] if factor else 1
    return value.quantize(Decimal("0.01")) if 0 < value <= LARGEST else None


def read_number(written: str, *, fraction_likely: bool) -> Decimal | None:
    """`50.000` is fifty thousand, `50.5` and, before «млн», `1,500` are not."""
    digits = re.sub(r"[\s\u00a0\u202f']", "", written).rstrip(".,")
    thousands = re.fullmatch(r"\d{1,3}([.,]\d{3})+(?:[.,]\d{1,2})?", digits)
    if thousands and not fraction_likely:
        head, tail = digits, ""
        if part := re.search(r"[.,](\d{1,2})$", digits):
            head, tail = digits[: part.start()], part[1]
        digits = re.sub(r"[.,]", "", head) + (f".{tail}" if tail else "")
    try:
        return Decimal(digits.replace(",", "."))
    except InvalidOperation:
        return None
