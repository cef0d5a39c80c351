"""Times and amounts as people write them; what cannot be read is None and stays text."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.intake.reading import parse_amount, parse_when


AT = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)  # 14:00 in the city


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("сегодня в 13:30", "2026-03-05 08:30"),
        ("вчера в 14:30", "2026-03-04 09:30"),
        ("кеше 10:00", "2026-03-04 05:00"),
        ("позавчера вечером", "2026-03-03 07:00"),
        ("2 часа назад", "2026-03-05 07:00"),
        ("час назад", "2026-03-05 08:00"),
        ("2 сағат бұрын", "2026-03-05 07:00"),
        ("45 минут тому назад", "2026-03-05 08:15"),
        ("20 minutes ago", "2026-03-05 08:40"),
        ("двадцать минут назад", "2026-03-05 08:40"),
        ("жиырма бес минут бұрын", "2026-03-05 08:35"),
        ("жарты сағат бұрын", "2026-03-05 08:30"),
        ("half an hour ago", "2026-03-05 08:30"),
        ("только что", "2026-03-05 09:00"),
        ("жаңа ғана", "2026-03-05 09:00"),
        ("12.02.2026 14:00", "2026-02-12 09:00"),
        ("12.02.26", "2026-02-12 07:00"),
        ("12.02", "2026-02-12 07:00"),
        ("31.12", "2025-12-31 07:00"),
        ("2026-03-04T10:20", "2026-03-04 05:20"),
        ("5 ақпан", "2026-02-05 07:00"),
        ("3 мая 2025", "2025-05-03 07:00"),
        ("в 9 утра", "2026-03-05 04:00"),
        ("сегодня", "2026-03-05 07:00"),
    ],
)
def test_times_are_read(text: str, hour: str) -> None:
    found = parse_when(text, at=AT, zone="Asia/Almaty")
    assert found is not None
    assert found.strftime("%Y-%m-%d %H:%M") == hour


@pytest.mark.parametrize("text", ["", "не помню", "😀", "завтра", "31.02.2026", "12", "01.01.2031"])
def test_what_is_no_past_time_is_none(text: str) -> None:
    assert parse_when(text, at=AT, zone="Asia/Almaty") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50 000 тг", "50000"),
        ("50\u00a0000", "50000"),
        ("1,5 млн", "1500000"),
        ("200 тыс", "200000"),
        ("20 тыщ", "20000"),
        ("150к", "150000"),
        ("около 300 мың теңге", "300000"),
        ("50.000", "50000"),
        ("1.250.000,50", "1250000.50"),
        ("1 200 000 ₸", "1200000"),
        ("250000тг", "250000"),
    ],
)
def test_amounts_are_read(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "$500", "два миллиона", "12-15 тыс", "0", "9" * 60, "💸"])
def test_what_is_no_certain_amount_of_tenge_is_none(text: str) -> None:
    assert parse_amount(text) is None


@given(st.text(max_size=60))
def test_nothing_typed_breaks_the_readers(text: str) -> None:
    parse_when(text, at=AT, zone="Asia/Almaty")
    parse_amount(text)
