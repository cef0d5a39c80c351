"""The meeting sheet as a PDF, made by a real Chromium: one click, the right letters, the numbers."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tereze.accounts.models import Unit, User
from tereze.audit.models import AuditEvent
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.models import Partner, Request
from tests.unit.disruption.conftest import bring


pytestmark = pytest.mark.django_db
A4 = (595, 842)  # points
BY = Actor.machine("test")


@pytest.fixture
def partner(unit: Unit, chief: User) -> Partner:
    """Five requests, one of them refused in words that look like markup."""
    actions.register_known_partners(unit=unit, by=BY)
    for number in range(5):
        request = actions.draft_request(
            unit=unit,
            url=f"https://www.olx.kz/d/obyavlenie/iphone-IDr9s{number:02d}.html",
            reason="Предоплата",
            by=BY,
        ).request
        bring(request, "verified" if number else "delivered", chief)
    refused = Request.objects.get(listing="olx:r9s00")
    text = "<script>document.body.remove()</script> қаһарман дүкен <img src=http://127.0.0.1/x>"
    actions.answer(request=refused, answer="refused", by=BY, text=text, refusal="no_violation")
    Partner.objects.filter(slug="olx").update(language="kk")
    return Partner.objects.get(slug="olx")


def test_one_click_gives_an_a4_sheet_in_the_partners_language(
    client: Client, partner: Partner, chief: User
) -> None:
    client.force_login(chief)
    answer = client.get(reverse("statistics:meeting_pdf", args=[partner.public_id]))
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {A4}
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert set("әғқңөұүһі") <= set(text.lower())
    for said in ("Кездесу парағы: OLX.kz", "жіберілді 5", "Бас тартулар: 1", "olx:r9s00", "дүкен"):
        assert said in text
    assert "<script>document.body.remove()</script>" in text.replace(" ", "")  # words, not markup
    assert AuditEvent.objects.filter(kind="meeting_sheet.made").count() == 1


def test_without_a_browser_the_sheet_can_be_printed_from_the_screen(
    client: Client, partner: Partner, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEREZE_CHROMIUM", "/nowhere/chromium")
    client.force_login(chief)
    answer = client.get(reverse("statistics:meeting_pdf", args=[partner.public_id]))
    assert answer.status_code == 503
    assert "Кездесу парағы" in answer.text
    assert "Лист можно напечатать отсюда" in answer.text
