"""The ladder against the stand-in Bot API: holds, ends and undoing, each looked at in the chat."""

from collections.abc import Callable

import pytest

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.watch.actions import agreeing, officers, undoing
from tereze.watch.models import Act, Agreement, Decision, Message, Raid, Source
from tereze.watch.undoing import Undo
from tests.integration.watch.conftest import Running
from tests.integration.watch.test_telegram import looked, standing
from tests.watching import ADVERT, Chat, StandIn, Time, watched


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
Work = Callable[[], None]


def moved(chat: Chat, time: Time, **by: float) -> None:
    """Time goes on for us and for the service."""
    time.move(**by)
    seconds = by.get("seconds", 0) + 3600 * by.get("hours", 0) + 86400 * by.get("days", 0)
    chat.city.ask("POST", "/clock", seconds=seconds)


@pytest.mark.parametrize("keeps_time", [True, False], ids=["the service ends it", "we end it"])
@pytest.mark.parametrize(
    ("act", "during", "after", "hours"),
    [("restrict", "restricted", "member", 24), ("ban", "kicked", "left", 24 * 30)],
)
def test_a_restriction_or_ban_really_ends_and_is_looked_at(
    act: str,
    during: str,
    after: str,
    hours: int,
    keeps_time: bool,
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Work,
    time: Time,
) -> None:
    watched(unit, chat, author_act=act)
    chat.post(resident, ADVERT)
    watching.until(looked(act, "verified"), what="the act")
    assert chat.status(resident) == during
    if keeps_time:
        moved(chat, time, hours=hours, seconds=5)
    else:
        time.move(hours=hours, seconds=5)
        assert chat.status(resident) == during
    work_off()
    assert chat.status(resident) == after
    end = Act.objects.get(is_end=True)
    assert (end.state, end.look) == ("done", "verified")
    assert (end.result == "by_itself") is keeps_time
    assert Message.objects.get().standing == "blocked"


def test_an_end_that_the_service_refuses_becomes_a_task(
    unit: Unit, chat: Chat, resident: int, watching: Running, work_off: Work, time: Time
) -> None:
    watched(unit, chat, author_act="ban")
    chat.post(resident, ADVERT)
    watching.until(looked("ban", "verified"), what="the ban")
    refusal = {"method": "unbanChatMember", "code": 400, "description": "Bad Request: no"}
    chat.city.faults(refusal)
    time.move(days=31)
    work_off()
    found = Message.objects.get()
    assert (found.standing, found.trouble.partition(":")[0]) == ("stuck", "unban")


def test_a_hold_silences_the_author_and_releasing_lets_them_speak(
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Work,
    time: Time,
    officer: Officer,
) -> None:
    watched(unit, chat, mode="review")
    number = chat.post(resident, ADVERT)
    watching.until(standing(number, "waiting"), what="the queue")
    officers.hold(message=Message.objects.get(), by=officer(Role.DISPATCHER))
    work_off()
    assert (chat.is_there(number), chat.status(resident)) == (True, "restricted")
    officers.release(message=Message.objects.get(), by=officer(Role.DISPATCHER))
    time.move(seconds=10)
    work_off()
    assert chat.status(resident) == "member"
    assert Act.objects.get(kind="unrestrict").look == "verified"
    assert chat.notices() == []  # nothing was deleted: there is nothing to explain


def test_a_ban_in_too_many_chats_happens_only_when_a_second_officer_agrees(
    unit: Unit,
    standin: StandIn,
    bot: int,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Work,
    time: Time,
    officer: Officer,
    settings: object,
) -> None:
    settings.WATCH_ALONE = {"chats": 5, "people": 2, "hour": 60}  # type: ignore[attr-defined]
    second = standin.chat("Второй чат", bot=bot, members=[resident])
    watched(unit, chat, mode="review")
    watched(unit, second, mode="review", title="Второй чат")
    number = chat.post(resident, ADVERT)
    watching.until(
        lambda: standing(number, "waiting")() and all(s.members for s in Source.objects.all()),
        what="the queue, and how many read the chats",
    )
    officers.block(
        message=Message.objects.get(),
        ladder=("delete", "ban_everywhere"),
        by=officer(Role.OPERATIVE),
    )
    work_off()
    assert not chat.is_there(number)
    assert (chat.status(resident), second.status(resident)) == ("member", "member")
    asked = Agreement.objects.get()
    assert (asked.radius["people"], asked.radius["beyond"]) == (4, ["people"])
    agreeing.agree(agreement=asked, by=officer(Role.CHIEF))
    work_off()
    assert (chat.status(resident), second.status(resident)) == ("kicked", "kicked")


def test_an_undo_that_is_refused_stands_before_a_person_until_it_worked(
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Work,
    officer: Officer,
) -> None:
    watched(unit, chat, author_act="ban")
    chat.post(resident, ADVERT)
    watching.until(looked("ban", "verified"), what="the ban")
    refusal = {
        "method": "unbanChatMember",
        "code": 400,
        "description": "Bad Request: user is an administrator of the chat",
    }
    chat.city.faults(refusal)
    officers.undo(decision=Decision.objects.get(), by=officer(Role.CHIEF))
    work_off()
    assert undoing.undo_of(Decision.objects.get()) == Undo.TASK
    assert Message.objects.get().standing == "stuck"
    officers.retry(message=Message.objects.get(), by=officer(Role.CHIEF))
    work_off()
    assert undoing.undo_of(Decision.objects.get()) == Undo.LIFTED
    assert chat.status(resident) == "left"


def test_a_wave_of_new_members_is_noticed(
    unit: Unit, standin: StandIn, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat)
    chat.post(resident, "Доброе утро!")
    watching.until(lambda: Message.objects.exists(), what="the first message")
    for number in range(22):
        standin.ask("POST", f"/chats/{chat.id}/join", user_id=standin.resident(f"Новый {number}"))
    watching.until(lambda: Raid.objects.filter(people__gte=20).exists(), what="the wave")
    assert Raid.objects.get().kind == "joins"
