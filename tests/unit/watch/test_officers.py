"""One key each: block, release, undo; who may, what follows, what the register shows."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.core.clock import now
from tereze.watch.actions import acting, appeals, officers, sources, watching
from tereze.watch.interventions import blocked, interventions
from tereze.watch.models import Act, Call, Decision, InHand, Message, Seal, Source
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, STORY, lawful


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def waiting(say: Say, source: Source) -> Message:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    source.refresh_from_db()
    return say(f"{ADVERT}, писать 8 701 555 12 34")


@pytest.fixture
def visit(client: Client, officer: Officer) -> Callable[[str], Client]:
    def enter(role: str) -> Client:
        client.force_login(officer(role), backend=BACKEND)
        return client

    return enter


@pytest.mark.parametrize(
    ("role", "ladder", "may"),
    [
        (Role.DISPATCHER, ("delete",), True),
        (Role.DISPATCHER, ("delete", "restrict"), False),
        (Role.DISPATCHER, ("delete", "ban"), False),
        (Role.DUTY_OFFICER, ("delete", "ban"), True),
        (Role.DUTY_OFFICER, ("delete", "ban_everywhere"), False),
        (Role.CHIEF, ("delete", "ban_everywhere"), True),
        (Role.PROSECUTOR, ("delete",), False),
    ],
)
def test_the_ladder_by_role(
    role: str, ladder: tuple[str, ...], may: bool, waiting: Message, officer: Officer
) -> None:
    if may:
        officers.block(message=waiting, ladder=ladder, by=officer(role))
        assert Seal.objects.filter(message=waiting).exists()
        assert Act.objects.filter(kind="delete").exists()
    else:
        with pytest.raises(PermissionDenied):
            officers.block(message=waiting, ladder=ladder, by=officer(role))
        assert not Act.objects.exists()


def test_blocking_twice_does_nothing_twice_and_a_step_further_adds_only_itself(
    waiting: Message, officer: Officer
) -> None:
    officers.block(message=waiting, ladder=("delete",), by=officer(Role.CHIEF))
    with pytest.raises(officers.AlreadyDecidedError):
        officers.block(message=waiting, ladder=("delete",), by=officer(Role.DUTY_OFFICER))
    officers.block(message=waiting, ladder=("delete", "ban"), by=officer(Role.DUTY_OFFICER))
    assert sorted(Act.objects.values_list("kind", flat=True)) == ["ban", "delete"]
    assert Decision.objects.blocking().count() == 1


def test_undoing_before_anything_happened_cancels_it(waiting: Message, officer: Officer) -> None:
    decision = officers.block(message=waiting, ladder=("delete", "ban"), by=officer(Role.CHIEF))
    officers.undo(decision=decision, by=officer(Role.DUTY_OFFICER))
    assert set(Act.objects.values_list("kind", "state")) == {
        ("delete", "cancelled"),
        ("ban", "cancelled"),
    }
    with pytest.raises(officers.AlreadyDecidedError):
        officers.undo(decision=decision, by=officer(Role.CHIEF))


def test_a_released_message_can_be_taken_up_again(waiting: Message, officer: Officer) -> None:
    decision = officers.release(message=waiting, by=officer(Role.DISPATCHER))
    assert Message.objects.get().standing == "released"
    officers.undo(decision=decision, by=officer(Role.DISPATCHER))
    assert Message.objects.get().standing == "waiting"


def test_keys_work_by_htmx_and_by_plain_post(
    waiting: Message, visit: Callable[[str], Client]
) -> None:
    client = visit(Role.DISPATCHER)
    address = f"/desk/wall/messages/{waiting.public_id}/do"
    assert client.post(f"{address}/ban/").status_code == 403
    assert client.post(f"{address}/nonsense/").status_code == 404
    assert client.get(f"{address}/delete/").status_code == 405
    answer = client.post(f"{address}/delete/", headers={"HX-Request": "true"})
    assert answer["HX-Trigger"] == "live:wall-paced"
    assert client.post(f"{address}/undo/").status_code == 302
    assert Message.objects.get().standing == "undone"


def test_of_two_who_press_at_one_moment_the_second_is_told_what_the_first_did(
    waiting: Message, officer: Officer
) -> None:
    """Both windows were drawn before either pressed."""
    first, second = Client(), Client()
    first.force_login(officer(Role.DUTY_OFFICER), backend=BACKEND)
    second.force_login(officer(Role.OPERATIVE), backend=BACKEND)
    page = second.get("/desk/wall/").content.decode()
    address = f"/desk/wall/messages/{waiting.public_id}/do"
    assert f"""{address}/delete/" hx-vals='{{"seen": "waiting"}}'""" in page
    assert f"""{address}/take/" hx-vals='{{"seen": ""}}'""" in page

    def press(client: Client, what: str, seen: str) -> str:
        answer = client.post(
            f"{address}/{what}/",
            {"seen": seen},
            headers={"HX-Request": "true", "accept-language": "ru"},
        )
        return answer.content.decode()

    assert "Публикация за вами" in press(first, "take", "")
    assert "уже занимается" in press(second, "take", "")
    keeper = InHand.objects.get().officer
    assert keeper.role == Role.DUTY_OFFICER
    assert "Публикация за вами" in press(
        second, "take", str(keeper.pk)
    )  # who insists takes it over

    assert "безобидное" in press(first, "release", "waiting")
    assert "Уже решено" in press(second, "delete", "waiting")
    assert not Act.objects.exists()
    assert "Решение принято" in press(second, "delete", "released")


def test_another_unit_sees_nothing(waiting: Message, client: Client, unit: Unit) -> None:
    other = Unit.objects.create(slug="temirtau", name="Темиртау")
    stranger = User.objects.create_user(
        username="x", password=None, name="X", role=Role.CHIEF, unit=other
    )
    client.force_login(stranger, backend=BACKEND)
    assert client.get(f"/desk/wall/messages/{waiting.public_id}/").status_code == 404
    assert waiting.own_text[:10] not in client.get("/desk/wall/").content.decode()
    assert client.get(f"/desk/chats/{waiting.source.public_id}/").status_code == 404


def test_reading_who_wrote_it_leaves_a_trace(
    waiting: Message, visit: Callable[[str], Client]
) -> None:
    page = visit(Role.CHIEF).get(f"/desk/wall/messages/{waiting.public_id}/").content.decode()
    assert "drop_kz" in page
    assert AuditEvent.objects.filter(kind="message.author_read").count() == 1


def test_what_people_write_is_text_and_never_markup(
    say: Say, visit: Callable[[str], Client]
) -> None:
    say(f"{ADVERT} <script>alert(1)</script><img src=x onerror=alert(1)>")
    client = visit(Role.CHIEF)
    for address in ("/desk/wall/", Message.objects.get().get_absolute_url()):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_wall_stays_short_whatever_happened(say: Say, visit: Callable[[str], Client]) -> None:
    for number in range(60):
        say(f"{STORY} {number}")
    page = visit(Role.CHIEF).get("/desk/wall/").content.decode()
    assert page.count("data-item") < 25 + 8 + 12 + 1
    assert "35" in page  # and so many more


def test_one_trouble_of_many_chats_is_one_line_on_the_wall(
    source: Source, unit: Unit, visit: Callable[[str], Client]
) -> None:
    chats = [
        source,
        *(
            sources.add_source(
                unit=unit,
                kind="telegram",
                chat_id=f"-10060{number}",
                title=f"Двор {number}",
                by=ADMINISTRATOR,
                **lawful(mode="review", token="1:a", threshold=0.85, language="ru"),
            )
            for number in range(30)
        ),
    ]
    lost = [chat.pk for chat in chats]
    sources.note_health(source_ids=lost[:-1], health="blind", reason="silence")
    sources.note_health(source_ids=lost[-1:], health="blind", reason="kicked")
    page = visit(Role.CHIEF).get("/desk/wall/").content.decode()
    many, one = re.findall(r'(?s)<p class="wall-blind".*?</p>', page)[:2]
    assert "СТЕНА НЕ ВИДИТ эти чаты" in many
    assert "и ещё 25" in many
    assert "СТЕНА НЕ ВИДИТ этот чат" in one
    assert "Двор 29" in one

    Source.objects.update(health_since=now() - timedelta(minutes=2))
    watching.call_for_the_blind()
    client = visit(Role.CHIEF)
    panel = client.get("/desk/wall/calls/").content.decode()
    assert panel.count("Вас вызывают") == 2
    assert "и ещё 29" in panel
    client.post(re.findall(r'action="(/desk/wall/calls/\S+/take/)"', panel)[0])
    assert Call.objects.open().get().source.title == "Двор 29"  # another trouble, another call


# the register


def test_the_register_names_every_act_with_basis_and_who(
    waiting: Message, say: Say, source: Source, officer: Officer, unit: Unit
) -> None:
    decision = officers.block(message=waiting, ladder=("delete", "ban"), by=officer(Role.CHIEF))
    sources.set_mode(source=source, mode="automatic", by=ADMINISTRATOR)
    source.refresh_from_db()
    say(f"{ADVERT}, утром")
    appeals.appeal(decision=decision, text="Нет", language="ru")
    rows = list(interventions(unit))
    assert [(row.kind, bool(row.who), row.appealed) for row in rows] == [
        ("restrict", False, False),
        ("delete", False, False),
        ("ban", True, True),
        ("delete", True, True),
    ]
    assert {row.basis for row in rows} == {"Соглашение с акиматом № 5"}
    assert "дроппер" in rows[0].reason["ru"].lower()
    assert blocked(unit).count() == 2
    officers.undo(decision=decision, by=officer(Role.CHIEF))
    assert blocked(unit).count() == 1
    other = Unit.objects.create(slug="temirtau", name="Темиртау")
    assert list(interventions(other)) == []


def test_forms_of_a_chat(visit: Callable[[str], Client], unit: Unit, officer: Officer) -> None:
    client = visit(Role.IT_SPECIALIST)
    fields = {
        "title": "Новый чат",
        "chat_id": "-100900",
        "language": "kk",
        "token": "123:abc",
        "threshold": "0.9",
        "author_act": "restrict",
        "restrict_hours": "24",
        "hold_hours": "4",
        "ban_days": "30",
        "on_call": str(officer(Role.DUTY_OFFICER).pk),
        "notice_minutes": "10",
        "retention_days": "7",
        "hourly_limit": "300",
        "quiet_act": "tell_later",
        "pictures": "read",
        "exempt": "@Akimat, 42",
    }
    assert client.post("/desk/chats/new/", {**fields, "threshold": "0.2"}).status_code == 200
    assert client.post("/desk/chats/new/", fields).status_code == 302
    added = Source.objects.get(chat_id="-100900")
    assert (added.mode, added.exempt, added.token) == ("off", ["42", "akimat"], "123:abc")
    assert added.on_call == officer(Role.DUTY_OFFICER)
    again = client.post("/desk/chats/new/", fields)
    assert again.status_code == 200  # said beside the field
    page = client.get("/desk/chats/").content.decode()
    assert "123:abc" not in page
    client.post(f"/desk/chats/{added.public_id}/", {**fields, "token": "", "title": "Другое имя"})
    added.refresh_from_db()
    assert (added.title, added.token) == ("Другое имя", "123:abc")


def test_a_page_that_outlived_its_log_in_does_not_say_that_a_right_is_missing(
    officer: Officer,
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer(Role.CHIEF), backend=BACKEND)
    stale = {"X-CSRFToken": "a" * 64, "Accept-Language": "ru"}
    key = client.post("/desk/wall/go-on/", headers={**stale, "HX-Request": "true"})
    assert key.status_code == 412
    form = client.post("/desk/wall/go-on/", headers=stale)
    assert (form.status_code, "Форма устарела" in form.content.decode()) == (403, True)


def test_the_table_of_chats_names_its_columns_where_it_is_narrow(
    source: Source, visit: Callable[[str], Client]
) -> None:
    page = visit(Role.IT_SPECIALIST).get("/desk/chats/", headers={"Accept-Language": "ru"})
    assert page.content.decode().count('<td data-label="') == 5


def test_whoever_only_reads_the_schemes_reads_them_in_words(
    source: Source, visit: Callable[[str], Client]
) -> None:
    schemes = {"safe_account": {"mode": "automatic"}}
    sources.change_source(source=source, by=ADMINISTRATOR, schemes=schemes)
    page = visit(Role.DISPATCHER).get(f"/desk/chats/{source.public_id}/schemes/").content.decode()
    assert ">automatic<" not in page


def happened(kind: str) -> None:
    Act.objects.filter(kind=kind, state="waiting").update(state="done", next_action_at=None)


def test_an_author_is_freed_when_the_last_decision_about_them_is_undone(
    say: Say, visit: Callable[[str], Client], officer: Officer
) -> None:
    first, second = say(f"{ADVERT} 1"), say(f"{ADVERT} 2")
    happened("restrict")
    answer = visit(Role.CHIEF).post(
        f"/desk/wall/messages/{first.public_id}/do/undo/",
        headers={"HX-Request": "true", "Accept-Language": "ru"},
    )
    assert "остаётся ограничен" in answer.content.decode()
    assert not Act.objects.filter(kind="unrestrict").exists()
    officers.undo(decision=second.decisions.get(), by=officer(Role.CHIEF))
    assert Act.objects.filter(kind="unrestrict").count() == 1


def test_what_failed_is_tried_again_or_closed_with_one_key(
    waiting: Message, visit: Callable[[str], Client], officer: Officer
) -> None:
    decision = officers.block(
        message=waiting, ladder=("delete", "restrict"), by=officer(Role.CHIEF)
    )
    fail(decision, "delete")
    client = visit(Role.DUTY_OFFICER)
    address = f"/desk/wall/messages/{waiting.public_id}/do"
    assert 'data-key="t"' in client.get("/desk/wall/").content.decode()
    client.post(f"{address}/retry/")
    assert Act.objects.get(kind="delete").state == "waiting"
    assert Message.objects.get().standing == "blocked"
    fail(decision, "delete")
    client.post(f"{address}/close/")
    assert Message.objects.get().standing == "closed"
    assert not Message.objects.for_people().exists()


def fail(decision: Decision, kind: str) -> None:
    act = Act.objects.get(decision=decision, kind=kind)
    acting.note(results=[acting.Result(act=act, state="failed", words="too_late")])
    assert Message.objects.get().standing == "stuck"


def test_a_dispatcher_cannot_repeat_what_they_may_not_decide(
    waiting: Message, officer: Officer
) -> None:
    decision = officers.block(message=waiting, ladder=("delete", "ban"), by=officer(Role.CHIEF))
    fail(decision, "ban")
    with pytest.raises(PermissionDenied):
        officers.retry(message=waiting, by=officer(Role.DISPATCHER))


def test_in_a_chat_that_went_off_an_officers_act_does_not_happen_and_is_shown(
    waiting: Message, source: Source, officer: Officer
) -> None:
    officers.block(message=waiting, ladder=("delete",), by=officer(Role.CHIEF))
    sources.set_mode(source=source, mode="off", by=ADMINISTRATOR)
    assert acting.permits(list(Act.objects.all())) == []
    found = Message.objects.get()
    assert (found.standing, found.trouble) == ("stuck", "delete:source_off")


def test_the_wall_says_that_the_machine_has_stopped(
    say: Say, source: Source, visit: Callable[[str], Client]
) -> None:
    sources.change_source(source=source, by=ADMINISTRATOR, hourly_limit=1)
    say(ADVERT)
    page = visit(Role.DUTY_OFFICER).get("/desk/wall/", headers={"Accept-Language": "ru"})
    assert "МАШИНА ОСТАНОВИЛАСЬ" in page.content.decode()


def test_what_was_done_last_stands_first(
    say: Say, source: Source, visit: Callable[[str], Client], officer: Officer
) -> None:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    source.refresh_from_db()
    early, late = say(f"{ADVERT}, утром"), say(f"{ADVERT}, вечером")
    for message in (late, early):
        officers.block(message=message, ladder=("delete",), by=officer(Role.CHIEF))
    page = visit(Role.CHIEF).get("/desk/wall/", headers={"Accept-Language": "ru"}).content.decode()
    done = page.partition('data-list="done"')[2].partition("wall-chats")[0]
    assert done.index("утром") < done.index("вечером")
