"""The sheet for a meeting with a partner: complete, in their language, without a resident in it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import User
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Partner, Request, Word
from tests.unit.disruption.conftest import BY, Make


def sheet(client: Client, partner: Partner) -> str:
    page = client.get(reverse("statistics:meeting", args=[partner.public_id]))
    return page.text.split("<main")[1]


def test_the_sheet_says_what_is_open_late_and_refused(
    client: Client, make: Make, chief: User
) -> None:
    late, refused, asked, more, answered, appealed = (make("delivered") for _ in range(6))
    partner = late.partner
    Request.objects.filter(pk=late.pk).update(
        act_by=now() - timedelta(days=3), acknowledged_at=now() - timedelta(days=4)
    )
    late.refresh_from_db()
    actions.check_deadlines(request=late, at=now() - timedelta(days=2, hours=1))
    actions.answer(request=refused, answer="refused", by=BY, text="магазин", refusal="no_violation")
    actions.answer(request=more, answer="need_more", by=BY, text="чей это телефон?")
    question = "Карта 4400 4301 2345 6788 – чья?"
    for row, kind, by_them in (
        (asked, Word.Kind.QUESTION, True),
        (answered, Word.Kind.QUESTION, True),
        (answered, Word.Kind.REPLY, False),
        (appealed, Word.Kind.APPEAL, True),
        (appealed, Word.Kind.REPLY, False),  # a word in between decides nothing
    ):
        Word.objects.create(
            request=row, kind=kind, from_partner=by_them, author="Дана", text=question
        )
    client.force_login(chief)
    said = sheet(client, partner)
    questions = said.split("Открытые вопросы: 3")[1].split("<h2>")[0]
    assert asked.number in questions
    assert more.number in questions
    assert appealed.number in questions
    assert answered.number not in questions
    assert "4400" not in said
    assert "[карта скрыта]" in questions
    overdue = said.split("Просрочено: 1")[1].split("<h2>")[0]
    assert late.number in overdue
    assert '<td class="number">2</td>' in overdue  # days
    refusals = said.split("Отказы: 1")[1].split("<h2>")[0]
    for word in (refused.number, "магазин", "нарушения правил не видно: 1"):
        assert word in refusals
    assert "Отправлено 6: в срок" in said
    assert "с нарушением срока 1" in said


@pytest.mark.parametrize(("language", "word"), [("ru", "Лист к встрече"), ("kk", "Кездесу парағы")])
def test_the_partner_reads_its_own_language(
    client: Client, make: Make, chief: User, language: str, word: str
) -> None:
    partner = make("delivered").partner
    Partner.objects.filter(pk=partner.pk).update(language=language)
    client.force_login(chief)
    assert word in sheet(client, partner)


def test_the_partners_page_offers_it_to_the_chief(client: Client, make: Make, chief: User) -> None:
    partner = make("delivered").partner
    client.force_login(chief)
    panel = reverse("statistics:meeting_panel", args=[partner.public_id])
    assert panel in client.get(reverse("disruption:partner", args=[partner.public_id])).text
    assert reverse("statistics:meeting_pdf", args=[partner.public_id]) in client.get(panel).text
