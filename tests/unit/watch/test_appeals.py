"""Objections: who may answer, in which time, what comes of it, and that nothing is learnt from it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core import due
from tereze.core.clock import now
from tereze.detection import assess
from tereze.intake import receipts
from tereze.watch.actions import acting, agreeing, appeals, officers, sources
from tereze.watch.actions.deciding import appeal_token
from tereze.watch.clusters import clusters
from tereze.watch.figures import by_rule
from tereze.watch.models import Act, Appeal, Call, Decision, Message, Source
from tereze.watch.received import Author
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, Time


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
BACKEND = "django.contrib.auth.backends.ModelBackend"
RULE = "dropper_recruitment.buys_cards"


@pytest.fixture
def waiting(say: Say, source: Source) -> Message:
    sources.set_mode(source=source, mode="review", by=ADMINISTRATOR)
    source.refresh_from_db()
    return say(f"{ADVERT}, писать 8 701 555 12 34")


@pytest.fixture
def decision(waiting: Message, officer: Officer) -> Decision:
    return officers.block(message=waiting, ladder=("delete",), by=officer(Role.DUTY_OFFICER))


@pytest.fixture
def deleted(decision: Decision) -> Decision:
    act = Act.objects.get(decision=decision, kind="delete")
    acting.note(results=[acting.Result(act=act, state="done", look="not_found")])
    return decision


def objection(decision: Decision, **more: bool) -> Appeal:
    return appeals.appeal(decision=decision, text="Я не мошенник", language="kk", **more)


def test_nobody_who_had_a_hand_in_it_may_answer(
    waiting: Message, officer: Officer, settings: object
) -> None:
    """Who held, who decided, who went further, who asked for a second and who was the second."""
    settings.WATCH_ALONE = {"chats": 0, "people": 10, "hour": 60}  # type: ignore[attr-defined]
    officers.hold(message=waiting, by=officer(Role.DISPATCHER))
    decision = officers.block(message=waiting, ladder=("delete",), by=officer(Role.DUTY_OFFICER))
    officers.block(message=waiting, ladder=("restrict",), by=officer(Role.IT_SPECIALIST))
    officers.block(message=waiting, ladder=("ban",), by=officer(Role.OPERATIVE))
    agreeing.agree(agreement=decision.agreements.get(), by=officer(Role.CHIEF))
    made = objection(decision)
    involved = (
        Role.DISPATCHER, Role.DUTY_OFFICER, Role.IT_SPECIALIST, Role.OPERATIVE, Role.CHIEF,
    )  # fmt: skip
    for role in involved:
        with pytest.raises(appeals.OwnDecisionError):
            appeals.answer(appeal=made, overturn=False, text="Нет", by=officer(role))
    other = User.objects.create_user(
        username="second", password=None, name="Другой", role=Role.DUTY_OFFICER, unit=made.decision.message.source.unit
    )  # fmt: skip
    appeals.answer(appeal=made, overturn=False, text="Нет", by=other)


def test_a_second_appeal_goes_to_somebody_else_and_there_is_no_third(
    decision: Decision, officer: Officer
) -> None:
    appeals.answer(
        appeal=objection(decision), overturn=False, text="Нет", by=officer(Role.OPERATIVE)
    )
    again = objection(decision)
    with pytest.raises(appeals.OwnDecisionError):
        appeals.answer(appeal=again, overturn=True, text="Да", by=officer(Role.OPERATIVE))
    appeals.answer(appeal=again, overturn=False, text="Нет", by=officer(Role.CHIEF))
    with pytest.raises(appeals.NothingToAppealError):
        objection(decision)


@pytest.mark.parametrize("hours", [72, 5])
def test_unanswered_in_time_it_calls_somebody_who_may_answer_and_then_the_chief(
    hours: int, decision: Decision, officer: Officer, time: Time, settings: object
) -> None:
    settings.WATCH_APPEAL_HOURS = hours  # type: ignore[attr-defined]
    source = decision.message.source
    named, chief = officer(Role.OPERATIVE), officer(Role.CHIEF)
    sources.change_source(source=source, by=ADMINISTRATOR, on_call=named)
    made = objection(decision)
    time.move(hours=hours - 1)
    due.run_until_idle()
    assert not Call.objects.exists()
    time.move(hours=1, seconds=1)
    due.run_until_idle()
    assert [call.person for call in Call.objects.all()] == [named]
    time.move(minutes=16)
    due.run_until_idle()
    assert {call.person for call in Call.objects.open()} == {named, chief}
    assert Appeal.objects.get().escalated_at is not None
    appeals.answer(appeal=made, overturn=False, text="Нет", by=chief)
    assert not Call.objects.open().exists()


def test_who_decided_is_not_called_to_judge_it(
    decision: Decision, officer: Officer, time: Time
) -> None:
    named = officer(Role.DUTY_OFFICER)
    sources.change_source(source=decision.message.source, by=ADMINISTRATOR, on_call=named)
    other = officer(Role.OPERATIVE)
    objection(decision)
    time.move(hours=73)
    due.run_until_idle()
    assert [call.person for call in Call.objects.all()] == [other]


def test_an_answer_in_time_calls_nobody(deleted: Decision, officer: Officer, time: Time) -> None:
    appeals.answer(
        appeal=objection(deleted), overturn=True, text="Да", by=officer(Role.CHIEF), repost=True
    )
    assert Act.objects.filter(kind="repost").count() == 1
    time.move(hours=80)
    Act.objects.update(next_action_at=None)
    due.run_until_idle()
    assert not Call.objects.exists()


def test_the_code_can_be_typed_and_read_aloud(decision: Decision, client: Client) -> None:
    code = appeal_token(decision)
    assert receipts.read_receipt(receipts.spoken(code)) == code
    page = client.post("/appeal-code/", {"code": receipts.spoken(code)})
    assert page["Location"] == f"/appeal/{code}/"
    for typed, said in (
        ("1234", "28"),
        (code[:-1] + str((int(code[-1]) + 1) % 10), "ошибка"),
        (receipts.with_check_digit(5), "Такого кода нет"),
    ):
        page = client.post("/appeal-code/", {"code": typed}, headers={"Accept-Language": "ru"})
        assert said in page.content.decode()


def test_the_author_asks_for_the_words_back_and_reads_what_was_lifted(
    deleted: Decision, officer: Officer, client: Client
) -> None:
    address = f"/appeal/{appeal_token(deleted)}/"
    client.post(address, {"text": "Ошибка", "wants_repost": "on"})
    made = Appeal.objects.get()
    assert made.wants_repost
    desk = Client()
    desk.force_login(officer(Role.CHIEF), backend=BACKEND)
    form = desk.get(f"/desk/appeals/{made.public_id}/").content.decode()
    assert "checked" in form.partition('name="repost"')[2][:80]
    answer = {"overturn": "yes", "answer": "Вы правы", "repost": "on"}
    desk.post(f"/desk/appeals/{made.public_id}/", answer)
    assert Act.objects.filter(kind="repost").exists()
    page = client.get(address, headers={"Accept-Language": "ru"}).content.decode()
    assert "Ограничений нет" in page
    assert "Вы правы" in page
    assert client.get(address, headers={"Accept-Language": "kk"}).status_code == 200


# figures


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], []),
        ([("a",), ("b",), ("c",)], [0, 1, 2]),
        ([("a", "x"), ("b", "x"), ("b", "y"), ("c", "y")], [0, 0, 0, 0]),
        ([("", "x"), ("", "y"), ("", "")], [0, 1, 2]),
        ([("a",), ("b",), ("a", "b")], [0, 0, 0]),
    ],
)
def test_what_shares_anything_is_one(marks: list[tuple[str, ...]], expected: list[int]) -> None:
    assert clusters(marks) == expected


def test_overturned_decisions_are_counted_for_the_rules_that_spoke(
    say: Say, source: Source, officer: Officer, unit: Unit, client: Client
) -> None:
    for number in range(4):
        say(f"{ADVERT}, пишите {number}", author=Author(id=str(number)))
    first = Decision.objects.earliest("pk")
    appeals.answer(appeal=objection(first), overturn=True, text="Да", by=officer(Role.CHIEF))
    row = next(row for row in by_rule(unit, "ru") if row.name == RULE)
    assert (row.blocked, row.appealed, row.overturned, row.percent) == (4, 1, 1, 75)
    client.force_login(officer(Role.CHIEF), backend=BACKEND)
    page = client.get("/desk/appeals/", headers={"Accept-Language": "ru"}).content.decode()
    assert row.text in page
    assert "75 %" in page


def test_many_accounts_with_one_text_count_once(
    say: Say, source: Source, officer: Officer, unit: Unit
) -> None:
    """Twenty accounts post the same and object to it: one decision, one mistake of the rule."""
    for number in range(20):
        say(ADVERT, author=Author(id=str(number)))
    say(f"{ADVERT}, только сегодня", author=Author(id="500"))
    for decision in Decision.objects.order_by("pk")[:20]:
        appeals.answer(appeal=objection(decision), overturn=True, text="Да", by=officer(Role.CHIEF))
    row = next(row for row in by_rule(unit, "ru") if row.name == RULE)
    assert (row.blocked, row.overturned) == (2, 1)


def test_acting_teaches_nothing(say: Say, officer: Officer, time: Time) -> None:
    """However often people say the opposite: the engine and its opinion stay as they were."""
    before = assess(ADVERT).to_json()
    for number in range(30):
        message = say(f"{ADVERT}, пишите {number}", author=Author(id=str(number)))
        appeals.answer(
            appeal=objection(message.decisions.get()),
            overturn=True,
            text="Да",
            by=officer(Role.CHIEF),
        )
    assert assess(ADVERT).to_json() == before
    assert say(f"{ADVERT}, пишите снова", author=Author(id="99")).standing == "blocked"
    assert now() < Appeal.objects.earliest("pk").answer_due


def test_an_appeal_is_answered_by_somebody_else_and_overturning_undoes(
    waiting: Message, officer: Officer
) -> None:
    decision = officers.block(message=waiting, ladder=("delete",), by=officer(Role.CHIEF))
    made = appeals.appeal(decision=decision, text="Это шутка", language="kk")
    with pytest.raises(appeals.NothingToAppealError):
        appeals.appeal(decision=decision, text="Ещё раз", language="kk")
    with pytest.raises(appeals.OwnDecisionError):
        appeals.answer(appeal=made, overturn=True, text="Да", by=officer(Role.CHIEF))
    appeals.answer(appeal=made, overturn=True, text="Да", by=officer(Role.DUTY_OFFICER))
    assert Appeal.objects.get().state == "overturned"
    assert Decision.objects.get().undone_by == officer(Role.DUTY_OFFICER)
    assert Message.objects.get().standing == "undone"


def test_the_authors_page_shows_the_reason_and_not_the_words(
    waiting: Message, officer: Officer, client: Client
) -> None:
    decision = officers.block(message=waiting, ladder=("delete",), by=officer(Role.CHIEF))
    address = f"/appeal/{appeal_token(decision)}/"
    page = client.get(address, headers={"Accept-Language": "ru"}).content.decode()
    for code in (appeal_token(decision), receipts.spoken(appeal_token(decision))):
        assert code in page
        page = page.replace(code, "")  # random digits may hold any of these, as may a form's token
    page = re.sub(r"<[^>]*csrfmiddlewaretoken[^>]*>", "", page)
    assert "дроппер" in page.lower()
    for hidden in ("701", "drop_kz", "Скупщик", "Ахметова"):
        assert hidden not in page
    assert client.post(address, {"text": "Я не мошенник"}).status_code == 302
    assert "72" not in page
    assert Appeal.objects.get().text == "Я не мошенник"
    assert client.get("/appeal/ffffffffffffffffffffffffffffffff/").status_code == 404
    assert appeal_token(decision) not in str(Decision.objects.values_list().get())


@pytest.mark.parametrize(
    ("deletion", "title"),
    [
        ("done", "Почему публикация удалена"),
        ("gone", "Почему публикация удалена"),
        ("failed", "Почему ограничен автор публикации"),
    ],
)
def test_what_was_not_deleted_is_not_called_so(
    deletion: str, title: str, decision: Decision, client: Client, officer: Officer
) -> None:
    officers.block(message=decision.message, ladder=("restrict",), by=officer(Role.CHIEF))
    decision.acts.filter(kind="restrict").update(state="done")
    decision.acts.filter(kind="delete").update(state=deletion)
    address = f"/appeal/{appeal_token(decision)}/"
    page = client.get(address, headers={"Accept-Language": "ru"}).content.decode()
    assert f"<h1>{title}</h1>" in page


def test_officers_answer_appeals_on_their_page(
    waiting: Message, officer: Officer, client: Client
) -> None:
    decision = officers.block(message=waiting, ladder=("delete",), by=officer(Role.CHIEF))
    made = appeals.appeal(decision=decision, text="Это шутка", language="ru")
    client.force_login(officer(Role.DUTY_OFFICER), backend=BACKEND)
    assert "Это шутка" in client.get("/desk/appeals/").content.decode()
    client.post(f"/desk/appeals/{made.public_id}/", {"overturn": "no", "answer": "Нет, не шутка"})
    assert Appeal.objects.get().state == "upheld"
    page = client.get(f"/appeal/{appeal_token(decision)}/").content.decode()
    assert "Нет, не шутка" in page


def test_who_answers_a_moment_later_hears_that_it_was_not_recorded(
    decision: Decision, officer: Officer, client: Client
) -> None:
    made = objection(decision)
    appeals.answer(appeal=made, overturn=False, text="Нет", by=officer(Role.CHIEF))
    client.force_login(officer(Role.DUTY_OFFICER), backend=BACKEND)
    answer = {"overturn": "yes", "answer": "Вы правы"}
    page = client.post(
        f"/desk/appeals/{made.public_id}/", answer, follow=True, headers={"Accept-Language": "ru"}
    )
    assert "ваш ответ не записан" in page.content.decode()


def test_what_was_taken_back_meanwhile_cannot_be_left_in_force(
    decision: Decision, officer: Officer, client: Client
) -> None:
    made = objection(decision)
    officers.undo(decision=decision, by=officer(Role.DUTY_OFFICER))
    chief = officer(Role.CHIEF)
    with pytest.raises(appeals.TakenBackError):
        appeals.answer(appeal=made, overturn=False, text="Оставляем", by=chief)
    client.force_login(chief, backend=BACKEND)
    address = f"/desk/appeals/{made.public_id}/"
    assert "уже отменено" in client.get(address).content.decode()
    client.post(address, {"overturn": "no", "answer": "Оставляем"})
    assert Appeal.objects.get().state == "open"
    client.post(address, {"overturn": "yes", "answer": "Отменено"})
    assert Appeal.objects.get().state == "overturned"


@pytest.mark.parametrize(("state", "posted"), [("failed", False), ("gone", True)])
def test_only_a_text_that_is_gone_is_put_back(
    state: str, posted: bool, decision: Decision, officer: Officer
) -> None:
    made = objection(decision, wants_repost=True)
    result = acting.Result(act=Act.objects.get(kind="delete"), state=state, words="no_delete_right")
    acting.note(results=[result])
    appeals.answer(appeal=made, overturn=True, text="Да", by=officer(Role.CHIEF), repost=True)
    assert Act.objects.filter(kind="repost").exists() is posted
