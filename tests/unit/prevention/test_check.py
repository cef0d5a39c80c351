"""The public check page: what it says, what it never says, and that nobody can read the base out."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.indicators import extract
from tereze.linking.actions import Subject, confirm_indicator, record_sightings
from tereze.linking.reads import row_of
from tereze.prevention import quota
from tereze.prevention.checking import Answer, Band, Verdict, check
from tereze.prevention.models import CheckCount


NUMBER = "+7 701 555 66 77"


def name(unit: Unit, text: str, *reporters: str, shown: bool = False) -> None:
    """Each of these people names what stands in the text in a report of their own."""
    found = extract(text)
    for order, reporter in enumerate(reporters):
        record_sightings(
            unit=unit,
            subject=Subject("report", f"{reporter}-{order}-{shown}", now(), reporter),
            found=found,
            by=Actor.machine("test"),
            shown=frozenset(item.value for item in found) if shown else frozenset(),
        )


def verdict(text: str) -> Verdict:
    return check(text).findings[0].verdict


@pytest.mark.parametrize(
    ("reporters", "expected"),
    [
        ([], Verdict.NOTHING),
        (["a", "b"], Verdict.NOTHING),
        (["a", "a", "a", "a"], Verdict.NOTHING),  # one voice counts once
        (["", "", "", ""], Verdict.NOTHING),  # nobody can be reached
        (["a", "b", "c"], Verdict.KNOWN),
    ],
)
def test_known_takes_three_people_who_can_be_reached(
    unit: Unit, reporters: list[str], expected: Verdict
) -> None:
    name(unit, NUMBER, *reporters)
    assert verdict(NUMBER) == expected
    assert verdict("8 (701) 555-66-77") == expected


def test_known_is_what_an_officer_confirmed(unit: Unit, chief: User) -> None:
    name(unit, NUMBER, "a")
    row = row_of(extract(NUMBER)[0])
    assert row
    confirm_indicator(indicator=row, by=chief.actor)
    found = check(NUMBER).findings[0]
    assert (found.verdict, found.band) == (Verdict.KNOWN, Band.CONFIRMED)


@pytest.mark.parametrize(
    ("number", "band"), [(3, Band.SEVERAL), (10, Band.SEVERAL), (11, Band.TENS)]
)
def test_numbers_are_said_in_bands(client: Client, unit: Unit, number: int, band: Band) -> None:
    name(unit, NUMBER, *(f"r{n}" for n in range(number)))
    assert check(NUMBER).findings[0].band == band
    page = ask(client, NUMBER)
    assert str(number) not in page.split("<main")[1].split("check-findings")[1].split("</ul>")[
        0
    ].replace("+7\xa0701\xa0555\xa066\xa077", "")


def test_a_number_that_callers_showed_may_have_been_imitated(client: Client, unit: Unit) -> None:
    name(unit, NUMBER, "a", "b", "c", "d", shown=True)
    name(unit, NUMBER, "e", "f")
    assert verdict(NUMBER) == Verdict.IMITATED
    assert "подменён" in ask(client, NUMBER)


@pytest.mark.parametrize("text", ["1477", "102", "8 800 080 18 80", "egov.kz"])
def test_an_official_line_is_said_to_be_imitated(client: Client, unit: Unit, text: str) -> None:
    assert check(text).answer == Answer.OFFICIAL


def test_a_lookalike_is_named_with_what_it_imitates(client: Client, unit: Unit) -> None:
    page = ask(client, "https://kaspi-pay.top/abc")
    assert "kaspi.kz" in page
    assert check("https://kaspi-pay.top/abc").answer == Answer.LOOKALIKE


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("Звонят из банка: с вашего счёта переводят деньги", "bank_security_call"),
        ("Куплю карту, оплата сразу", "dropper_recruitment"),
        ("Біреу хабарласып, ақшаңды қауіпсіз есепшотқа аудар деді", "safe_account"),
    ],
)
def test_a_story_is_answered_with_its_scheme_and_reasons(
    client: Client, unit: Unit, text: str, scheme: str
) -> None:
    checked = check(text)
    assert (checked.answer, checked.scheme) == (Answer.SCHEME, scheme)
    assert checked.reasons
    assert "<mark" in ask(client, text)


def test_a_warning_that_quotes_is_no_fraud(client: Client, unit: Unit) -> None:
    text = "Полиция предупреждает: не верьте объявлениям «куплю карту, оплата сразу»"
    assert check(text).answer == Answer.WARNING


def test_nothing_known_is_no_guarantee(client: Client, unit: Unit) -> None:
    assert "не гарантия" in ask(client, "https://example.org/shop")


def test_the_four_rules_stand_on_the_page(client: Client, unit: Unit) -> None:
    for page in (client.get("/", headers=RU), client.get(reverse("prevention:check"), headers=RU)):
        assert "Не спешите с деньгами" in page.content.decode()


def test_cards_and_iin_are_not_shown_back(client: Client, unit: Unit) -> None:
    page = ask(client, "Куплю карту 4400 4301 2345 6789, оплата сразу")
    assert "4400 4301 2345 6789" not in page.split("<main")[1].split('action="/report/"')[0]


def test_a_link_to_an_account_is_spoken_of_once(unit: Unit) -> None:
    name(unit, NUMBER, "a", "b", "c")
    (finding,) = check("wa.me/77015556677").findings
    assert (finding.type, finding.verdict) == ("whatsapp", Verdict.KNOWN)


def test_an_iin_is_neither_checked_nor_shown(client: Client, unit: Unit) -> None:
    name(unit, "061211600012", "a", "b", "c", "d")
    main = ask(client, "061211600012").split("<main")[1].split('action="/report/"')[0]
    assert "0612" not in main
    assert check("061211600012").answer == Answer.PERSONAL


def test_a_slip_in_a_card_number_is_hinted_at(client: Client, unit: Unit) -> None:
    assert "опечатки" in ask(client, "5169 4971 1234 5678")
    assert "опечатки" not in ask(client, "Здравствуйте, диван ещё продаётся?")


def test_a_question_in_the_address_is_not_answered(client: Client, unit: Unit) -> None:
    page = client.get(reverse("prevention:check"), {"q": NUMBER, "text": NUMBER})
    assert "555" not in page.content.decode().split("<main")[1]


def test_nothing_asked_is_stored(client: Client, unit: Unit) -> None:
    with CaptureQueriesContext(connection) as queries:
        ask(client, f"{NUMBER} пишет: куплю карту, оплата сразу")
    writes = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert writes
    assert not any("5556677" in sql or "куплю" in sql for sql in writes)


def test_the_known_and_the_unknown_take_the_same_questions(unit: Unit) -> None:
    name(unit, NUMBER, "a", "b", "c")
    with CaptureQueriesContext(connection) as known:
        check(NUMBER)
    with CaptureQueriesContext(connection) as unknown:
        check("+7 702 000 11 22")
    assert len(known) == len(unknown)


def test_numbers_cannot_be_fished(client: Client, unit: Unit) -> None:
    for n in range(quota.NUMBERS.device):
        assert post(client, f"+7 701 555 {n // 100:02} {n % 100:02}").status_code == 200
    answer = post(client, "+7 701 555 99 99")
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert "Слишком много" in answer.content.decode()
    # whoever describes what happened is still heard
    assert post(client, "с вашего счёта переводят деньги").status_code == 200


def test_a_list_of_numbers_counts_each_of_them(client: Client, unit: Unit) -> None:
    story = "Мне звонили с разных номеров и обещали вернуть деньги: " + ", ".join(
        f"+7 701 555 66 {n}" for n in range(10, 40)
    )
    page = ask(client, story)
    assert page.count('class="chip"') == 5
    answers = [post(client, story).status_code for _ in range(5)]
    assert 429 in answers


def test_an_address_has_more_room_than_a_device(client: Client, unit: Unit) -> None:
    for n in range(quota.NUMBERS.device + 1):
        answer = post(client, f"+7 701 555 66 {n:02}")
    assert answer.status_code == 429
    assert post(client, NUMBER, user_agent="another phone").status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_home_with_ipv6_counts_as_one_address(address: str, network: str) -> None:
    assert quota.network_of(address) == network


def test_old_counts_are_forgotten(unit: Unit) -> None:
    CheckCount.objects.create(key="old", hour=now() - timedelta(hours=5), count=3)
    quota.forget_old_counts()
    assert not CheckCount.objects.exists()


def test_what_was_checked_can_be_reported(client: Client, unit: Unit) -> None:
    page = ask(client, "с вашего счёта переводят деньги")
    assert 'name="draft"' in page
    form = client.post(
        reverse("intake:report"), {"draft": "1", "text": "с вашего счёта"}, headers=RU
    )
    assert form.status_code == 200
    assert "с вашего счёта</textarea>" in form.content.decode()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_language_is_answered(client: Client, unit: Unit, language: str) -> None:
    for text in (NUMBER, "Куплю карту, оплата сразу", "1477", "061211600012"):
        page = client.post(
            reverse("prevention:check"), {"text": text}, headers={"Accept-Language": language}
        )
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode()


def test_the_first_page_is_light(client: Client, unit: Unit) -> None:
    assert len(client.get("/").content) < 15_000


RU = {"Accept-Language": "ru"}


def post(client: Client, text: str, user_agent: str = "a phone") -> Any:
    return client.post(
        reverse("prevention:check"), {"text": text}, headers={**RU, "User-Agent": user_agent}
    )


def ask(client: Client, text: str) -> str:
    answer = post(client, text)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("text", "answer", "scheme"),
    [
        ("Продавец на OLX просит предоплату за телефон", Answer.SCHEME, "ad_prepayment"),
        ("Домофон ауыстырамыз деп код сұрап жатыр", Answer.SCHEME, "intercom_code"),
        ("меня обманули, что делать", Answer.STORY, ""),
        ("Менен ақша алып кетті, не істеймін", Answer.STORY, ""),
        ("Сестра звонит и говорит, что приедет в гости", Answer.NOTHING, ""),
        ("Продавец говорит, что доставка бесплатная от 10 тысяч", Answer.NOTHING, ""),
        ("с вашего счёта переводят деньги", Answer.SCHEME, "bank_security_call"),
        ("Кинь на каспи 30000 до завтра, звонить не могу", Answer.SCHEME, "hijacked_account_loan"),
    ],
)
@pytest.mark.django_db
def test_a_call_that_goes_on_is_recognised_and_no_scheme_is_guessed(
    text: str, answer: Answer, scheme: str
) -> None:
    found = check(text)
    assert (found.answer, found.scheme) == (answer, scheme)


@pytest.mark.django_db
def test_a_time_of_day_is_no_misspelt_number() -> None:
    assert not check("Завтра в 18:00").is_unread
    assert check("87015556").is_unread
