"""The partner's own figures, by month and as a table."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from tereze.disruption import actions
from tereze.disruption.figures_partner import partner_figures
from tereze.disruption.models import Partner, Request

from .conftest import BY, Make


pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Almaty")


class TestFigures:
    @pytest.fixture
    def year(self, make: Make, olx: Partner) -> Partner:
        """Three in October: gone after 10 and 30 minutes, and one refused; two in November, open."""
        start = datetime(2026, 10, 5, 9, tzinfo=ZONE)
        for number, (state, minutes) in enumerate((("verified", 10), ("verified", 30))):
            row = make(state)
            at = start + timedelta(minutes=minutes)
            Request.objects.filter(pk=row.pk).update(
                delivered_at=start, answered_at=at - timedelta(minutes=5), gone_at=at
            )
            if number:
                Request.objects.filter(pk=row.pk).update(reopened_at=at, overdue_at=at)
        row = make("delivered")
        actions.answer(request=row, answer="refused", refusal="not_ours", by=BY)
        Request.objects.filter(pk=row.pk).update(
            delivered_at=start, answered_at=start + timedelta(minutes=2)
        )
        november = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # already November in the city
        for hours in (2, 100):
            row = make("delivered")
            Request.objects.filter(pk=row.pk).update(
                delivered_at=november - timedelta(hours=hours - 2)
            )
        return olx

    def test_by_month_with_what_is_open_counted(self, year: Partner) -> None:
        figures = partner_figures(year, at=datetime(2026, 11, 1, 1, 30, tzinfo=UTC))
        months = {one.month: one for one in figures.months}
        assert [*months] == ["2026-11", "2026-10"]
        assert (months["2026-11"].received, months["2026-11"].answered) == (1, 0)
        assert months["2026-11"].gone_median is None
        october = months["2026-10"]
        assert (october.received, october.answered, october.gone) == (4, 3, 2)
        assert (october.gone_median, october.gone_n) == (30, 4), "the open ones are not left out"
        assert (october.answer_median, october.answer_p90) == (15, None)
        assert (october.refused, october.reopened, october.late) == (1, 1, 1)
        assert [(str(name), n) for name, n in figures.refusals] == [("это не наша страница", 1)]
        assert [n for _name, n in figures.open_by_age] == [0, 1, 0, 0, 1]

    def test_as_a_table_to_take_away(self, year: Partner, portal: Client) -> None:
        answer = portal.get(reverse("disruption:portal_figures_csv"))
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert [row[0] for row in rows[1:]] == ["2026-11", "2026-10", "всего"]
        assert rows[-1][1:4] == ["5", "3", "2"]
        assert portal.get(reverse("disruption:portal_figures")).status_code == 200
