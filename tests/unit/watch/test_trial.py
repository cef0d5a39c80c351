"""The way to the automatic, and the attempts to get around it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit.models import AuditEvent
from tereze.watch.actions import appeals, officers, retention, sources, telling, trial
from tereze.watch.actions.trial import NotProvenError, Trial
from tereze.watch.forms import SourceForm
from tereze.watch.models import Call, Message, Notice, Source
from tereze.watch.received import Author
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, Time, lawful


pytestmark = pytest.mark.django_db
Officer = Callable[[str], User]
Lives = Callable[..., None]
BACKEND = "django.contrib.auth.backends.ModelBackend"
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("shadow", "verdicts", "right", "lacks"),
    [
        (WEEK, 50, 50, ()),
        (WEEK, 50, 49, ()),
        (WEEK, 50, 48, ("precision",)),
        (WEEK, 49, 49, ("verdicts",)),
        (WEEK - timedelta(seconds=1), 50, 50, ("shadow",)),
        (timedelta(), 0, 0, ("shadow", "verdicts")),
        (WEEK, 1000, 979, ("precision",)),
        (WEEK, 1000, 980, ()),
    ],
)
def test_what_is_missing(
    shadow: timedelta, verdicts: int, right: int, lacks: tuple[str, ...]
) -> None:
    assert Trial(shadow=shadow, verdicts=verdicts, right=right).lacks == lacks


@pytest.fixture
def fresh(unit: Unit) -> Source:
    """A chat nobody knows anything about yet, in shadow."""
    return sources.add_source(
        unit=unit, kind="telegram", chat_id="-7", title="Новый", by=ADMINISTRATOR,
        **lawful(mode="shadow", token="1:a", threshold=0.85, earlier=None),
    )  # fmt: skip


def decide(fresh: Source, say: Say, officer: Officer, number: int, *, right: bool = True) -> None:
    author = Author(id=str(1000 + number))
    message = say(f"{ADVERT} {number}", source=fresh, author=author)
    if right:
        officers.block(message=message, ladder=("delete",), by=officer(Role.DISPATCHER))
    else:
        officers.release(message=message, by=officer(Role.DISPATCHER))


@pytest.fixture
def many(settings: object) -> None:
    settings.WATCH_ALONE = {"chats": 9, "people": 9, "hour": 9999}  # type: ignore[attr-defined]


def test_no_new_chat_begins_with_the_automatic(unit: Unit) -> None:
    with pytest.raises(NotProvenError):
        sources.add_source(
            unit=unit, kind="telegram", chat_id="-8", title="Новый", by=ADMINISTRATOR,
            **lawful(mode="automatic", token="1:a", earlier=None),
        )  # fmt: skip
    assert not Source.objects.exists()


@pytest.mark.usefixtures("many")
def test_a_week_in_shadow_and_fifty_verdicts_open_it(
    fresh: Source, say: Say, officer: Officer, lives: Lives
) -> None:
    def try_it() -> tuple[str, ...]:
        try:
            sources.set_mode(source=fresh, mode="automatic", by=ADMINISTRATOR)
        except NotProvenError as error:
            return error.trial.lacks
        return ()

    for number in range(49):
        decide(fresh, say, officer, number)
    assert try_it() == ("shadow", "verdicts")
    lives(fresh, days=7)
    assert try_it() == ("verdicts",)
    decide(fresh, say, officer, 50, right=False)
    assert try_it() == ()  # 49 of 50
    assert Source.objects.get(pk=fresh.pk).mode == "automatic"


def test_only_time_in_shadow_counts(fresh: Source, time: Time, lives: Lives) -> None:
    lives(fresh, days=3)
    sources.set_mode(source=fresh, mode="off", by=ADMINISTRATOR)
    time.move(days=30)
    fresh = sources.set_mode(source=fresh, mode="review", by=ADMINISTRATOR)
    lives(fresh, days=3)
    fresh = sources.set_mode(source=fresh, mode="shadow", by=ADMINISTRATOR)
    lives(fresh, days=2)
    assert trial.trial_of(Source.objects.get(pk=fresh.pk)).days == 5


@pytest.mark.usefixtures("many")
def test_one_text_or_one_author_a_hundred_times_is_one_verdict(
    fresh: Source, say: Say, officer: Officer
) -> None:
    for number in range(6):  # many accounts, one text
        message = say(ADVERT, source=fresh, author=Author(id=str(number)))
        officers.block(message=message, ladder=("delete",), by=officer(Role.DISPATCHER))
    for number in range(6):  # one account, many texts
        message = say(f"{ADVERT} {number}", source=fresh, author=Author(id="77"))
        officers.block(message=message, ladder=("delete",), by=officer(Role.DISPATCHER))
    assert trial.trial_of(fresh).verdicts == 2


def test_copies_of_what_was_found_harmless_stay_one_verdict_when_they_are_forgotten(
    fresh: Source, say: Say, officer: Officer, time: Time
) -> None:
    for number in range(12):
        message = say(ADVERT, source=fresh, author=Author(id=str(number)))
        officers.release(message=message, by=officer(Role.DISPATCHER))
    time.move(days=8)
    retention.forget_all()
    assert not Message.objects.exclude(author_trail="", masked="").exists()
    assert trial.counted(trial.verdicts(fresh)) == (1, 0)


@pytest.mark.usefixtures("many")
def test_verdicts_on_what_the_machine_would_have_left_alone_do_not_count(
    fresh: Source, say: Say, officer: Officer
) -> None:
    decide(fresh, say, officer, 1)
    Message.objects.update(p_illegal=0.84)
    decide(fresh, say, officer, 2)
    assert trial.trial_of(fresh).verdicts == 1


def test_lowering_the_threshold_asks_again(source: Source) -> None:
    Source.objects.update(carried={})
    sources.change_source(source=source, by=ADMINISTRATOR, threshold=0.95)
    with pytest.raises(NotProvenError):
        sources.change_source(source=source, by=ADMINISTRATOR, threshold=0.6)
    assert Source.objects.get().threshold == 0.95


def carry(source: Source, number: int) -> None:
    source.refresh_from_db()
    source.carried = {"verdicts": number, "right": number}
    trial.count(source)
    source.save()


def test_it_closes_where_people_decide_otherwise(
    source: Source, say: Say, officer: Officer, unit: Unit
) -> None:
    chief = officer(Role.CHIEF)
    carry(source, 600)
    for number in range(12):
        message = say(f"{ADVERT} {number}", author=Author(id=str(number)))
        if number < 10:
            made = appeals.appeal(decision=message.decisions.get(), text="Нет", language="ru")
            appeals.answer(appeal=made, overturn=number < 2, text="…", by=chief)
    trial.close_what_is_wrong()
    found = Source.objects.get()
    assert (found.mode, found.schemes) == (
        "automatic",
        {"dropper_recruitment": {"mode": "review"}},
    )
    assert Call.objects.get().person == chief
    assert say(f"{ADVERT} ещё", author=Author(id="99")).standing == "waiting"
    carry(source, 0)
    trial.close_what_is_wrong()
    assert Source.objects.get().mode == "review"
    assert AuditEvent.objects.filter(kind="source.closed").count() == 2


# the table


def test_the_table_is_read_by_all_and_changed_by_some(
    source: Source, client: Client, officer: Officer, say: Say
) -> None:
    address = f"/desk/chats/{source.public_id}/schemes/"
    client.force_login(officer(Role.DISPATCHER), backend=BACKEND)
    page = client.get(address, headers={"Accept-Language": "ru"}).content.decode()
    assert "с 0,85 удаляем сразу" in page
    assert "<select" not in page
    typed = {"dropper_recruitment-mode": "review", "dropper_recruitment-threshold": "0,97"}
    assert client.post(address, typed).status_code == 403
    client.force_login(officer(Role.IT_SPECIALIST), backend=BACKEND)
    wrong = {"dropper_recruitment-threshold": "7"}
    assert (
        "Не записано"
        in client.post(address, wrong, headers={"Accept-Language": "ru"}).content.decode()
    )
    assert client.post(address, typed, headers={"Accept-Language": "ru"}).status_code == 302
    assert Source.objects.get().schemes == {
        "dropper_recruitment": {"mode": "review", "threshold": 0.97}
    }
    assert say(ADVERT).standing == "waiting"
    client.post(address, {})
    assert Source.objects.get().schemes == {}
    assert say(f"{ADVERT} 2").standing == "blocked"


def test_the_page_says_what_is_missing(fresh: Source, client: Client, officer: Officer) -> None:
    client.force_login(officer(Role.IT_SPECIALIST), backend=BACKEND)
    answer = client.post(
        f"/desk/chats/{fresh.public_id}/mode/",
        {"mode": "automatic"},
        headers={"Accept-Language": "ru"},
        follow=True,
    )
    assert "в тени 0 из 7 дней" in answer.content.decode()
    assert Source.objects.get().mode == "shadow"


# quiet hours and exempt authors


@pytest.mark.parametrize(
    ("since", "to", "hour", "quiet"),
    [
        ((22, 0), (7, 0), 23, True),
        ((22, 0), (7, 0), 3, True),
        ((22, 0), (7, 0), 7, False),
        ((22, 0), (7, 0), 21, False),
        ((13, 0), (14, 0), 13, True),
        ((13, 0), (14, 0), 14, False),
        ((9, 0), (9, 0), 9, False),
    ],
)
def test_quiet_hours_are_the_citys_own(
    since: tuple[int, int], to: tuple[int, int], hour: int, quiet: bool, source: Source
) -> None:
    source.quiet_from, source.quiet_to = clock(*since), clock(*to)
    at = datetime(2026, 11, 27, hour, 0, tzinfo=UTC) - timedelta(hours=5)  # Asia/Almaty
    assert source.is_quiet(at) is quiet
    end = source.quiet_until(at)
    assert (end > at) is quiet
    assert not source.is_quiet(end)
    assert end - at < timedelta(hours=24)


@pytest.mark.parametrize(
    ("since", "to", "taken"),
    [("22:00", "07:00", True), ("", "", True), ("22:00", "", False), ("00:00", "00:00", False)],
)
def test_quiet_hours_that_would_be_none_are_not_taken(
    since: str, to: str, taken: bool, unit: Unit
) -> None:
    form = SourceForm({"quiet_from": since, "quiet_to": to}, unit=unit)
    assert ("quiet_to" not in form.errors) is taken


def test_at_night_it_deletes_and_tells_in_the_morning(say: Say, source: Source) -> None:
    sources.change_source(
        source=source, by=ADMINISTRATOR, quiet_from=clock(0, 0), quiet_to=clock(23, 59, 59)
    )
    message = say(ADVERT)
    assert message.standing == "blocked"
    telling.tell(decision=message.decisions.get())
    due = Notice.objects.get().next_action_at
    assert due is not None
    assert due == Source.objects.get().quiet_until(due - timedelta(seconds=1))


def test_or_leaves_it_to_people(say: Say, source: Source) -> None:
    sources.change_source(
        source=source,
        by=ADMINISTRATOR,
        quiet_from=clock(0, 0),
        quiet_to=clock(23, 59, 59),
        quiet_act="leave",
    )
    assert say(ADVERT).standing == "waiting"


@pytest.mark.parametrize("listed", ["exempt", "exempt_akimat", "exempt_police"])
def test_who_writes_for_akimat_or_police_is_left_to_people(
    listed: str, say: Say, source: Source
) -> None:
    sources.change_source(source=source, by=ADMINISTRATOR, **{listed: ["drop_kz"]})
    source.refresh_from_db()
    message = say(ADVERT)
    assert message.standing == "waiting"
    assert message.exempt == {"exempt": "verified"}.get(listed, listed.removeprefix("exempt_"))
