"""The radar's page: what the desk sees, who may, and how a topic is named and comes back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core import due
from tereze.core.clock import moved_to, now
from tereze.intake.actions.later import set_scheme
from tereze.intake.models import Report
from tereze.prevention.actions.radar import ask_for_sweeps
from tereze.prevention.listening import heard
from tereze.prevention.models import RadarSweep, RadarTopic
from tereze.watch.models import Message
from tereze.watch.models.messages import Standing
from tereze.watch.received import Author
from tests.unit.detection.radar_texts import LIFT


Officer = Callable[[str], User]
Submit = Callable[..., Report]
PAGE = "/desk/radar/"
OLDER = (
    "Хотела купить телефон по объявлению, продавец взял предоплату и пропал.",
    "Звонили из банка, просили код из смс.",
    "Перевёл задаток за квартиру, хозяина нет.",
)


def sweep() -> None:
    ask_for_sweeps()
    RadarSweep.objects.update(next_action_at=now())
    due.run_until_idle()


@pytest.fixture
def report(submit: Submit) -> Callable[[str, float], Report]:
    def tell(text: str, days: float) -> Report:
        with moved_to(now() - timedelta(days=days)):
            phone = f"8 701 {Report.objects.count() + 100} 10 10"
            return submit(text, contact=phone)

    return tell


@pytest.fixture
def lift(report: Callable[[str, float], Report]) -> list[Report]:
    """Three weeks ago ordinary things; this week five people about a lift."""
    for number, text in enumerate(OLDER):
        report(text, 10 + 7 * number)
    return [report(text, 5 - number) for number, text in enumerate(LIFT[:5])]


def read(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def named(client: Client, topic: RadarTopic, **given: str) -> int:
    fields = {f"{topic.public_id}-{name}": value for name, value in given.items()}
    address = reverse("prevention:name_topic", args=[topic.public_id])
    return client.post(address, fields).status_code


def test_the_page_shows_what_is_new_with_links_to_the_reports(
    client: Client, officer: Officer, lift: list[Report]
) -> None:
    sweep()
    for role in (Role.CHIEF, Role.OPERATIVE, Role.IT_SPECIALIST):
        client.force_login(officer(role))
        page = read(client)
        assert "проверка лифта" in page
        assert "Людей за 7 дней: 5" in page
        shown = [row for row in lift if reverse("intake:report_page", args=[row.public_id]) in page]
        assert len(shown) == 3


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.PREVENTION, Role.OBSERVER])
def test_others_do_not_see_it(client: Client, officer: Officer, role: str) -> None:
    client.force_login(officer(role))
    assert client.get(PAGE).status_code == 403


def test_an_empty_page_says_what_to_do(client: Client, chief: User) -> None:
    client.force_login(chief)
    assert "Радар ещё не смотрел" in read(client)
    sweep()
    assert "Новых схем не видно" in read(client)


def test_a_named_topic_is_hidden_and_comes_back_when_it_grows_on(
    client: Client,
    chief: User,
    lift: list[Report],
    report: Callable[[str, float], Report],
) -> None:
    sweep()
    client.force_login(chief)
    topic = RadarTopic.objects.get()
    assert named(client, topic, scheme="", reason="") == 422
    assert named(client, topic, scheme="intercom_code", reason="Тот же домофон, теперь лифт") == 302
    topic.refresh_from_db()
    assert (topic.named_by, topic.people_then) == (chief, 5)
    assert AuditEvent.objects.filter(kind="radar.named").count() == 1
    report(LIFT[5], 0.5)
    sweep()
    assert "Новых схем не видно" in read(client)
    assert "Тот же домофон" in read(client)
    for text in LIFT[6:]:
        report(text, 0.2)
    sweep()
    assert RadarTopic.objects.get().pk == topic.pk
    assert "выросла снова" in read(client)


def test_a_name_given_by_mistake_is_taken_back(
    client: Client, chief: User, lift: list[Report]
) -> None:
    sweep()
    client.force_login(chief)
    topic = RadarTopic.objects.get()
    named(client, topic, scheme="no_fraud", reason="КСК и правда проверяет")
    assert "не мошенничество" in read(client)
    client.post(reverse("prevention:show_topic", args=[topic.public_id]))
    assert "Людей за 7 дней: 5" in read(client)
    topic.refresh_from_db()
    assert topic.named_by is None


def test_what_officers_named_in_the_reports_leaves_the_radar(
    chief: User, lift: list[Report]
) -> None:
    sweep()
    assert RadarTopic.objects.exists()
    for row in lift:
        set_scheme(report=row, scheme="intercom_code", by=chief)
    sweep()
    assert not RadarTopic.objects.exists()


def test_another_city_sees_nothing_of_it(
    client: Client, officer: Officer, lift: list[Report], unit: Unit
) -> None:
    sweep()
    other = Unit.objects.create(slug="other", name="Другой")
    user = User.objects.create_user(
        username="o", password="x", name="О", role=Role.CHIEF, unit=other, post=""
    )
    client.force_login(user)
    assert "лифт" not in read(client)
    topic = RadarTopic.objects.get(unit=unit)
    assert named(client, topic, scheme="no_fraud", reason="a") == 404
    address = reverse("prevention:show_topic", args=[topic.public_id])
    assert client.post(address).status_code == 404


def test_an_example_that_is_gone_is_not_shown(
    client: Client, chief: User, lift: list[Report]
) -> None:
    sweep()
    topic = RadarTopic.objects.get()
    topic.examples = [["report", "gone", "лифт сломан"], ["message", "gone", "лифт сломан"]]
    topic.save()
    client.force_login(chief)
    assert "лифт сломан" not in read(client)
    assert "удалены по сроку хранения" in read(client)


def test_it_looks_once_an_hour(lift: list[Report]) -> None:
    sweep()
    row = RadarSweep.objects.get(unit__slug="balqash")
    assert row.swept_at is not None
    assert row.next_action_at == row.swept_at + timedelta(hours=1)
    ask_for_sweeps()
    due.run_until_idle()
    row.refresh_from_db()
    assert row.attempts == 0


def test_flagged_messages_of_the_wall_are_heard_until_an_officer_clears_them(
    client: Client, chief: User, unit: Unit, say: Callable[..., Message]
) -> None:
    flagged = say("Куплю карту, оплата сразу, пишите @drop_kz")
    say("Продам диван, состояние хорошее", author=Author(id="2"))
    assert [told.id for told in heard(unit, now())] == [("message", flagged.public_id)]
    topic = RadarTopic.objects.create(
        unit=unit,
        words=["карта"],
        people=3,
        usual=0,
        weeks=[0, 3],
        first_seen_at=now(),
        examples=[["message", flagged.public_id, "Куплю карту"]],
    )
    client.force_login(chief)
    assert flagged.get_absolute_url() in read(client)
    Message.objects.filter(pk=flagged.pk).update(standing=Standing.RELEASED, masked="")
    assert list(heard(unit, now())) == []
    assert flagged.get_absolute_url() not in read(client)
    assert str(topic) in read(client)
