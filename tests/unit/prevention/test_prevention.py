"""Warnings, corrections, the leaflet and events, as the people who use them meet them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.indicators import extract
from tereze.linking.actions import Subject, record_sightings
from tereze.prevention.actions.corrections import answer_correction, ask_correction
from tereze.prevention.actions.events import hold_event, plan_event
from tereze.prevention.checking import Verdict, check
from tereze.prevention.growing import growing_indicators, is_growing
from tereze.prevention.models import Correction, Event, PublicWarning


Officer = Callable[[str], User]
NUMBER = "+7 701 555 66 77"
TEXTS = {
    "title_ru": "Осторожно: «домофон»",
    "title_kk": "Сақ болыңыз: «домофон»",
    "body_ru": "Не называйте код.\nНикому.",
    "body_kk": "Кодты айтпаңыз.",
}


def test_a_warning_is_published_in_the_readers_language_and_withdrawn(
    client: Client, officer: Officer
) -> None:
    client.force_login(officer(Role.PREVENTION))
    client.post(reverse("prevention:new_warning"), {**TEXTS, "publish": "1"})
    warning = PublicWarning.objects.get()
    resident = Client()
    for language, title in (("ru", TEXTS["title_ru"]), ("kk", TEXTS["title_kk"])):
        headers = {"Accept-Language": language}
        for address in ("/", reverse("prevention:warnings")):
            assert title in resident.get(address, headers=headers).content.decode()
        assert title in resident.get(reverse("prevention:feed", args=[language])).content.decode()
    decide = reverse("prevention:decide_warning", args=[warning.public_id])
    client.post(decide, {"do": "withdraw"})
    assert TEXTS["title_kk"] not in resident.get(reverse("prevention:warnings")).content.decode()
    assert resident.get(reverse("prevention:warning", args=[warning.public_id])).status_code == 404
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"warning.written", "warning.published", "warning.withdrawn"} <= kinds


def test_a_warning_needs_both_languages(client: Client, officer: Officer) -> None:
    client.force_login(officer(Role.CHIEF))
    answer = client.post(
        reverse("prevention:new_warning"), {**TEXTS, "body_kk": "", "publish": "1"}
    )
    assert answer.status_code == 422
    assert not PublicWarning.objects.exists()


def test_a_warning_is_prefilled_from_the_typology(client: Client, officer: Officer) -> None:
    client.force_login(officer(Role.CHIEF))
    page = client.get(reverse("prevention:new_warning"), {"scheme": "intercom_code"})
    assert "домофон" in page.content.decode().lower()


@pytest.mark.parametrize(
    ("this_week", "before", "grows"),
    [(2, 0, False), (3, 0, True), (3, 6, True), (3, 7, False), (10, 20, True), (10, 21, False)],
)
def test_growing_is_three_and_twice_the_usual(this_week: int, before: int, grows: bool) -> None:
    assert is_growing(this_week, before) == grows


def test_what_grows_is_shown_with_its_numbers(client: Client, unit: Unit, officer: Officer) -> None:
    for n, days in enumerate([1, 2, 3, 20]):
        record_sightings(
            unit=unit,
            subject=Subject("report", f"r{n}", now() - timedelta(days=days), f"p{n}"),
            found=extract(NUMBER),
            by=Actor.machine("test"),
        )
    (growing,) = growing_indicators(unit)
    assert (growing.this_week, growing.usual) == (3, 0.25)
    client.force_login(officer(Role.CHIEF))
    page = client.get(reverse("prevention:desk_warnings")).content.decode()
    assert "не публикуйте сам номер" in page


def test_an_accepted_correction_silences_the_check_page(unit: Unit, chief: User) -> None:
    for n in range(4):
        record_sightings(
            unit=unit,
            subject=Subject("report", f"r{n}", now(), f"p{n}"),
            found=extract(NUMBER),
            by=Actor.machine("test"),
        )
    assert check(NUMBER).findings[0].verdict == Verdict.KNOWN
    row = ask_correction(
        unit=unit,
        subject=NUMBER,
        text="меня подменили",
        contact="a@example.kz",
        language="ru",
        by=Actor.resident(),
    )
    assert check(NUMBER).findings[0].verdict == Verdict.KNOWN
    answer_correction(correction=row, accept=True, answer="Исправлено", by=chief)
    assert check(NUMBER).findings[0].verdict == Verdict.NOTHING
    answer_correction(correction=row, accept=False, answer="Ошиблись", by=chief)
    assert check(NUMBER).findings[0].verdict == Verdict.KNOWN


def test_a_correction_is_taken_from_the_page_and_answered(
    client: Client, unit: Unit, officer: Officer
) -> None:
    typed = {"subject": NUMBER, "text": "это мой номер", "contact": "+7 702 111 22 33"}
    assert client.post(reverse("prevention:correction"), typed).status_code == 302
    row = Correction.objects.get()
    client.force_login(officer(Role.PREVENTION))
    page = reverse("prevention:answer_correction", args=[row.public_id])
    assert "это мой номер" in client.get(page).content.decode()
    assert AuditEvent.objects.filter(kind="correction.read").exists()
    assert client.post(page, {"accept": "1", "answer": ""}).status_code == 422
    client.post(page, {"accept": "1", "answer": "Исправили"})
    row.refresh_from_db()
    assert (row.state, row.answered_by) == ("accepted", officer(Role.PREVENTION))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("scheme", ["", "intercom_code"])
def test_the_leaflet_has_rules_phones_and_a_code(
    client: Client, language: str, scheme: str, db: None
) -> None:
    page = client.get(reverse("prevention:leaflet"), {"lang": language, "scheme": scheme})
    text = page.content.decode()
    assert "data:image/svg+xml" in text
    assert "102" in text
    assert "1477" in text
    assert f'lang="{language}"' in text
    assert text.split("leaflet-rules")[1].split("</ol>")[0].count("<li>") == 4


def test_an_event_is_planned_held_and_counted(client: Client, officer: Officer) -> None:
    inspector = officer(Role.PRECINCT)
    event = plan_event(
        planned={
            "kind": "round",
            "place": "ул. Абая, 1–20",
            "district": "Центр",
            "planned_at": now() - timedelta(days=1),
            "responsible": inspector,
        },
        by=inspector,
    )
    assert event.is_overdue
    client.force_login(inspector)
    assert "tile-over" in client.get(reverse("prevention:events")).content.decode()
    page = reverse("prevention:event", args=[event.public_id])
    assert client.post(page, {"people": "много", "held_at": "2026-05-05T10:00"}).status_code == 422
    client.post(
        page,
        {"people": "42", "held_at": "2026-11-05T10:00", "material": "=памятка", "copies": "40"},
    )
    event = Event.objects.get()
    assert (event.state, event.people, event.copies) == ("held", 42, 40)
    assert not Event.objects.overdue().exists()
    table = client.get(reverse("prevention:events_csv")).content.decode()
    assert "42" in table
    assert "'=памятка" in table  # a spreadsheet must not calculate what somebody typed


def test_another_unit_sees_nothing_of_it(client: Client, unit: Unit, officer: Officer) -> None:
    inspector = officer(Role.PRECINCT)
    event = plan_event(
        planned={"kind": "round", "place": "двор", "planned_at": now(), "responsible": inspector},
        by=inspector,
    )
    hold_event(event=event, held_at=now(), people=3, material="", copies=0, note="", by=inspector)
    other = Unit.objects.create(slug="other", name="Другой")
    stranger = User.objects.create_user(
        username="x", password=None, name="Х", role=Role.CHIEF, unit=other
    )
    client.force_login(stranger)
    assert client.get(reverse("prevention:event", args=[event.public_id])).status_code == 404
    assert "двор" not in client.get(reverse("prevention:events")).content.decode()
