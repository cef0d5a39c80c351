"""The wall against the stand-in Bot API: what disappears, what stays, what is said and undone."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.watch import sealing
from tereze.watch.actions import officers, sources
from tereze.watch.models import Act, Decision, Message, Notice, Seal, Source
from tests.integration.watch.conftest import Running
from tests.watching import ADVERT, STORY, WARNING, Chat, StandIn, Time, watched


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
HARMLESS = "Всем доброе утро! Кто знает, до скольки сегодня работает ЦОН на Ленина?"


def looked(kind: str = "delete", look: str = "not_found") -> Callable[[], bool]:
    return lambda: Act.objects.filter(kind=kind, look=look).exists()


def standing(external_id: int, wanted: str) -> Callable[[], bool]:
    return lambda: Message.objects.filter(external_id=str(external_id), standing=wanted).exists()


def stored(count: int) -> Callable[[], bool]:
    return lambda: Message.objects.count() >= count


def test_an_advert_disappears_and_warning_and_story_stay(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none")
    advert = chat.post(resident, ADVERT)
    warning, story = chat.post(resident, WARNING), chat.post(resident, STORY)
    watching.until(looked(), what="the look after the deletion")
    assert [chat.is_there(number) for number in (advert, warning, story)] == [False, True, True]
    blocked = Message.objects.get(external_id=str(advert))
    assert (blocked.standing, blocked.state) == ("blocked", "looked")
    assert Seal.objects.get(message=blocked).content["text"]["text"] == ADVERT
    assert Decision.objects.blocking().count() == 1
    assert sealing.verify().broken_at is None


def test_a_message_edited_into_an_advert_is_caught(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat)
    number = chat.post(resident, HARMLESS)
    watching.until(stored(1), what="the first version")
    chat.edit(resident, number, ADVERT)
    watching.until(looked(), what="the look after the deletion")
    assert not chat.is_there(number)
    versions = Message.objects.filter(external_id=str(number)).order_by("version")
    assert [(v.standing, v.is_latest) for v in versions] == [("quiet", False), ("blocked", True)]


def test_a_caption_is_read_like_a_text(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat)
    photo = base64.b64encode(b"\xff\xd8\xff").decode()
    number = chat.post(resident, caption=ADVERT, photo=photo)
    watching.until(looked(), what="the look after the deletion")
    assert not chat.is_there(number)
    assert Message.objects.get().text["media"] == "photo"


def test_an_administrator_is_left_to_people(
    unit: Unit, standin: StandIn, bot: int, watching: Running
) -> None:
    admin = standin.resident("Админ")
    chat = standin.chat("Чат", bot=bot, members=[], admins=[admin])
    watched(unit, chat)
    number = chat.post(admin, ADVERT)
    watching.until(standing(number, "waiting"), what="the queue")
    assert chat.is_there(number)
    assert Message.objects.get().exempt == "administrator"


def test_a_verified_author_is_left_to_people(
    unit: Unit, standin: StandIn, bot: int, watching: Running
) -> None:
    akimat = standin.resident("Акимат", username="Balqash_Akimat")
    chat = standin.chat("Чат", bot=bot, members=[akimat])
    watched(unit, chat, exempt=["balqash_akimat"])
    number = chat.post(akimat, ADVERT)
    watching.until(standing(number, "waiting"), what="the queue")
    assert chat.is_there(number)


@pytest.mark.parametrize(("mode", "wanted"), [("shadow", "shadow"), ("review", "waiting")])
def test_shadow_only_records_and_review_only_asks(
    mode: str, wanted: str, unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, mode=mode)
    number = chat.post(resident, ADVERT)
    watching.until(standing(number, wanted), what=wanted)
    assert chat.is_there(number)
    assert not Act.objects.exists()
    assert Decision.objects.filter(verdict="shadow").exists() == (mode == "shadow")


def test_a_ban_erases_history_which_was_copied_before(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="ban")
    earlier = chat.post(resident, HARMLESS)
    watching.until(stored(1), what="the earlier message")
    chat.post(resident, ADVERT)
    watching.until(looked("ban", "verified"), what="the look at the ban")
    assert not chat.is_there(earlier)  # the service did that, not we
    assert chat.status(resident) == "kicked"
    kept = Seal.objects.get(message__external_id=str(earlier))
    assert kept.content["text"]["text"] == HARMLESS
    assert Message.objects.get(external_id=str(earlier)).kept_until is None


def test_what_is_too_old_to_delete_is_said(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none", notice_at=now() - timedelta(days=3))
    number = chat.post(resident, ADVERT, ago=49 * 3600)
    watching.until(standing(number, "stuck"), what="the refusal")
    assert Act.objects.get().result == "too_late"
    assert Message.objects.get().trouble == "delete:too_late"


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "deleteMessage", "code": 429, "retry_after": 1},
        {"method": "deleteMessage", "code": 502},
        {"method": "deleteMessage", "code": 500, "after": True},
    ],
    ids=["too many", "bad gateway", "the answer was lost"],
)
def test_a_failing_service_is_asked_again(
    fault: dict[str, Any],
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Callable[[], None],
    time: Time,
) -> None:
    watched(unit, chat, author_act="none")
    chat.city.faults(fault)
    number = chat.post(resident, ADVERT)
    watching.until(lambda: Act.objects.filter(attempts=1).exists(), what="the first failure")
    assert Message.objects.get().trouble == "retrying:delete"
    time.move(minutes=1)
    work_off()
    act = Act.objects.get()
    assert (act.state in {"done", "gone"}, act.look) == (True, "not_found")
    assert not chat.is_there(number)
    assert Message.objects.get().trouble == ""


def test_a_bot_without_its_rights_is_blind_and_sees_again(
    unit: Unit, chat: Chat, bot: int, watching: Running
) -> None:
    source = watched(unit, chat)
    health = lambda: Source.objects.get(pk=source.pk)  # noqa: E731
    watching.until(lambda: health().health == "ok", what="the first contact")
    chat.demote(bot)
    watching.until(lambda: health().health == "blind", what="blindness")
    assert health().health_reason == "no_rights"
    chat.promote(bot)
    watching.until(lambda: health().health == "ok", what="sight")


def test_a_refused_token_makes_only_its_own_chat_blind(
    unit: Unit, standin: StandIn, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none")
    other = standin.chat("Чужой", bot=standin.bot("7000000002:second"), members=[resident])
    blind = watched(unit, other, token="7000000003:revoked", title="Без ключа")
    chat.post(resident, ADVERT)
    watching.until(
        lambda: looked()() and Source.objects.get(pk=blind.pk).health == "blind", what="both"
    )
    assert Source.objects.get(pk=blind.pk).health_reason == "token"


def test_a_chat_without_a_source_is_neither_read_nor_stored(
    unit: Unit, standin: StandIn, bot: int, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, author_act="none")
    foreign = standin.chat("Другой чат", bot=bot, members=[resident])
    number = foreign.post(resident, ADVERT)
    chat.post(resident, ADVERT)
    watching.until(looked(), what="our own chat")
    assert foreign.is_there(number)
    assert Message.objects.count() == 1


def test_undo_really_unbans_and_looks_again(
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Callable[[], None],
    officer: Officer,
) -> None:
    watched(unit, chat, author_act="ban")
    chat.post(resident, ADVERT)
    watching.until(looked("ban", "verified"), what="the ban")
    officers.undo(decision=Decision.objects.get(), by=officer(Role.CHIEF))
    work_off()
    assert chat.status(resident) == "left"  # may come back by himself: the service adds nobody
    assert Act.objects.get(kind="unban").look == "verified"
    assert Message.objects.get().standing == "undone"


def test_undo_lifts_a_restriction_and_reposts_the_words_on_request(
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Callable[[], None],
    officer: Officer,
) -> None:
    watched(unit, chat, author_act="restrict")
    chat.post(resident, ADVERT)
    watching.until(looked("restrict", "verified"), what="the restriction")
    assert chat.status(resident) == "restricted"
    decision = Decision.objects.get()
    officers.undo(decision=decision, by=officer(Role.CHIEF))
    officers.repost(decision=decision, by=officer(Role.CHIEF))
    work_off()
    assert chat.status(resident) == "member"
    assert Act.objects.get(kind="unrestrict").look == "verified"
    assert any(ADVERT in text for text in chat.notices())


def test_an_officer_blocks_with_one_act_and_the_worker_carries_it_out(
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Callable[[], None],
    officer: Officer,
) -> None:
    watched(unit, chat, mode="review")
    number = chat.post(resident, ADVERT)
    watching.until(standing(number, "waiting"), what="the queue")
    officers.block(
        message=Message.objects.get(), ladder=("delete", "ban"), by=officer(Role.OPERATIVE)
    )
    work_off()
    assert not chat.is_there(number)
    assert chat.status(resident) == "kicked"


def test_a_ban_everywhere_reaches_every_watched_chat_and_is_lifted_everywhere(
    unit: Unit,
    standin: StandIn,
    bot: int,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Callable[[], None],
    officer: Officer,
) -> None:
    second = standin.chat("Второй чат", bot=bot, members=[resident])
    watched(unit, chat, mode="review")
    watched(unit, second, mode="review", title="Второй чат")
    number = chat.post(resident, ADVERT)
    watching.until(standing(number, "waiting"), what="the queue")
    officers.block(
        message=Message.objects.get(),
        ladder=("delete", "ban_everywhere"),
        by=officer(Role.OPERATIVE),
    )
    work_off()
    assert (chat.status(resident), second.status(resident)) == ("kicked", "kicked")
    officers.undo(decision=Decision.objects.get(), by=officer(Role.CHIEF))
    work_off()
    assert (chat.status(resident), second.status(resident)) == ("left", "left")
    assert Act.objects.filter(kind="unban", look="verified").count() == 2


def test_what_happens_together_is_told_once_and_the_notice_goes_away(
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    work_off: Callable[[], None],
    time: Time,
) -> None:
    watched(unit, chat, author_act="none", notice_minutes=10)
    for number in range(3):
        chat.post(resident, f"{ADVERT} {number}")
    watching.until(
        lambda: Message.objects.filter(state="looked").count() == 3, what="three deletions"
    )
    assert chat.notices() == []
    time.move(seconds=21)
    work_off()
    (notice,) = chat.notices()
    assert notice.count("/appeal/") == 3
    assert Message.objects.filter(state="told").count() == 3
    time.move(minutes=11)
    work_off()
    assert chat.notices() == []
    assert Notice.objects.get().state == "removed"


def test_without_a_copy_nothing_is_done_and_the_dispatcher_sees_why(
    unit: Unit,
    chat: Chat,
    resident: int,
    watching: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(message: Message) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("tereze.watch.actions.deciding.seal", broken)
    watched(unit, chat)
    number = chat.post(resident, ADVERT)
    watching.until(standing(number, "stuck"), what="the refusal to act")
    assert chat.is_there(number)
    assert not Act.objects.exists()
    assert not Decision.objects.exists()
    assert Message.objects.get().trouble.startswith("not_sealed")


def test_quoting_an_advert_is_not_writing_one(
    unit: Unit, standin: StandIn, bot: int, chat: Chat, resident: int, watching: Running
) -> None:
    watched(unit, chat, mode="review")
    advert = chat.post(resident, ADVERT)
    neighbour = standin.resident("Сосед")
    chat.city.ask("POST", f"/chats/{chat.id}/join", user_id=neighbour)
    reply = chat.post(neighbour, "Осторожно, это мошенники!", reply_to=advert)
    watching.until(
        lambda: Message.objects.filter(external_id=str(reply)).exists(), what="the reply"
    )
    found = Message.objects.get(external_id=str(reply))
    assert found.text["quoted"] == ADVERT
    assert found.outcome != "illegal"


def test_a_lost_right_to_restrict_is_said_and_made_up_for_when_it_is_back(
    unit: Unit,
    chat: Chat,
    bot: int,
    resident: int,
    watching: Running,
    work_off: Callable[[], None],
) -> None:
    source = watched(unit, chat, author_act="restrict")
    reason = lambda: Source.objects.get(pk=source.pk).health_reason  # noqa: E731
    chat.promote(bot, can_restrict_members=False)
    number = chat.post(resident, ADVERT)
    watching.until(
        lambda: reason() == "no_restrict_right" and Notice.objects.exists(), what="the trouble"
    )
    assert not chat.is_there(number)  # what can be done is done and told
    assert Act.objects.get(kind="restrict").state == "waiting"
    chat.promote(bot)
    watching.until(lambda: reason() == "", what="the right")
    work_off()
    assert chat.status(resident) == "restricted"


def test_silence_noted_by_another_process_ends_when_the_service_answers(
    unit: Unit, chat: Chat, resident: int, watching: Running
) -> None:
    source = watched(unit, chat)
    health = lambda: Source.objects.get(pk=source.pk).health  # noqa: E731
    noted: list[int] = []

    def blind_in_between() -> bool:
        if health() == "ok" and not noted:
            sources.note_health(source_ids=[source.pk], health="blind", reason="silence")
            noted.append(chat.post(resident, HARMLESS))
        elif noted and health() == "blind":
            noted.append(chat.post(resident, HARMLESS))
        return bool(noted) and health() == "ok"

    watching.until(blind_in_between, what="sight after silence")
