"""Calls: what lights up, what each role may know, and the advice that goes out."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.intake.models import Report
from tests.unit.intake.conftest import STORY, Submit


BACKEND = "django.contrib.auth.backends.ModelBackend"
CALL = {
    "on_the_line": "no", "text": STORY, "contact": "8 702 111 22 33", "name": "Айгуль",
    "language": "kk", "token": "call-1",
}  # fmt: skip


@pytest.fixture
def desk(client: Client, officer: Callable[[str], User]) -> Callable[[str], Client]:
    def as_role(role: str) -> Client:
        client.force_login(officer(role), BACKEND)
        return client

    return as_role


def hints(client: Client, **typed: str) -> str:
    answer = client.post(reverse("intake:call_hints"), typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_scheme_and_its_questions_appear_in_both_languages(
    desk: Callable[[str], Client],
) -> None:
    shown = hints(desk(Role.DISPATCHER), text=STORY)
    assert "Звонок лже-службы безопасности банка" in shown
    assert 'lang="kk"' in shown
    assert 'lang="ru"' in shown


def test_a_dispatcher_learns_how_often_and_whom_to_ask_and_no_more(
    desk: Callable[[str], Client], submit: Submit, officer: Callable[[str], User]
) -> None:
    first = submit(contact="87021112233", name="Айгуль").report
    chief = officer(Role.CHIEF)
    shown = hints(desk(Role.DISPATCHER), text="звонили с 87015556677")
    assert "встречался в 1 сообщении" in shown
    assert chief.name in shown
    for secret in (first.number, first.public_id, "Айгуль", "переводят"):
        assert secret not in shown


def test_who_may_read_gets_the_reports_themselves(
    desk: Callable[[str], Client], submit: Submit
) -> None:
    first = submit().report
    shown = hints(desk(Role.DUTY_OFFICER), fraudster="8 701 555 66 77")
    assert first.number in shown


def test_the_callers_own_number_is_nothing_to_look_up(
    desk: Callable[[str], Client], submit: Submit
) -> None:
    submit("писал +77021112233")
    assert "7021112233" not in hints(
        desk(Role.DISPATCHER), contact="87021112233", text="мне 87021112233"
    )


@pytest.mark.parametrize("text", ["", "😀", "<script>", "1" * 5000])
def test_half_typed_words_break_nothing(desk: Callable[[str], Client], text: str) -> None:
    assert "<script>" not in hints(desk(Role.DISPATCHER), text=text)


def test_money_that_left_just_now_brings_its_script(desk: Callable[[str], Client]) -> None:
    assert "Деньги только что ушли" in hints(
        desk(Role.DISPATCHER), text="ушли деньги", loss="lost", money_when="hour"
    )


def test_a_call_is_registered_and_the_advice_is_ready_in_the_callers_language(
    desk: Callable[[str], Client],
) -> None:
    dispatcher = desk(Role.DISPATCHER)
    answer = dispatcher.post(reverse("intake:call"), CALL)
    report = Report.objects.get()
    assert (report.channel, report.language) == ("operator", "kk")
    shown = dispatcher.get(answer["Location"]).content.decode()
    assert report.number in shown
    text = unquote(shown)
    assert "sms:+77021112233?body=" in shown
    assert "https://wa.me/77021112233?text=" in shown
    assert "Сіздің хабарыңыз" in text  # Kazakh, though the page is Russian
    leaflet = dispatcher.get(answer["Location"] + "print/").content.decode()
    assert report.number in leaflet
    assert 'class="sheet a5"' in leaflet


def test_saving_twice_makes_one_report(desk: Callable[[str], Client]) -> None:
    dispatcher = desk(Role.DISPATCHER)
    for _ in range(2):
        dispatcher.post(reverse("intake:call"), CALL)
    assert Report.objects.count() == 1


def test_nobody_else_opens_the_page_with_the_receipt(desk: Callable[[str], Client]) -> None:
    address = desk(Role.DISPATCHER).post(reverse("intake:call"), CALL)["Location"]
    assert desk(Role.CHIEF).get(address).status_code == 404


def test_without_a_phone_the_message_is_still_prepared(desk: Callable[[str], Client]) -> None:
    dispatcher = desk(Role.DISPATCHER)
    typed = {**CALL, "contact": "перезвонит сама"}
    shown = dispatcher.get(dispatcher.post(reverse("intake:call"), typed)["Location"])
    assert "sms:?body=" in shown.content.decode()


def test_an_empty_call_asks_for_a_word(desk: Callable[[str], Client]) -> None:
    assert desk(Role.DISPATCHER).post(reverse("intake:call"), {}).status_code == 422
