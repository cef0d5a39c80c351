"""Raids: one text in many places, an advert in pieces, waves of joins, accounts that were warmed up."""

from collections.abc import Callable

import pytest
from django.test import Client

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.clock import now
from tereze.detection import fingerprint
from tereze.watch.actions import incoming, neighbours, raids, sources
from tereze.watch.models import Act, Arrival, Message, Print, Raid, Source
from tereze.watch.raids import are_alike, is_raid, is_wave, joined, marks_of
from tereze.watch.received import Author, Incoming, author_key
from tests.unit.watch.conftest import Say
from tests.watching import ADMINISTRATOR, ADVERT, Time, lawful


Officer = Callable[[str], User]
BACKEND = "django.contrib.auth.backends.ModelBackend"
OFFER = (
    "Всем привет! Приглашаем на бесплатную консультацию, запись по телефону {phone}, район {place}"
)
FIRST = OFFER.format(phone="8 701 555 12 34", place="Самал")
AGAIN = OFFER.format(phone="8 702 333 44 55", place="Центр")
OTHER = "Сдам квартиру посуточно, центр города, всё есть, чисто, звоните в любое время, дом 5"
CALM = "Доброе утро, соседи! Кто знает, когда сегодня дадут горячую воду на Ленина?"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (FIRST, AGAIN, True),
        (FIRST, FIRST.upper() + "!!!", True),
        (FIRST, FIRST.replace("о", "o"), True),  # Latin letters that look the same
        (FIRST, OTHER, False),
        (FIRST, CALM, False),
    ],
)
def test_a_text_with_another_number_is_the_same_text(one: str, other: str, alike: bool) -> None:
    shared = set(marks_of(one)) & set(marks_of(other))
    assert (len(shared) >= 3) is alike
    assert are_alike(fingerprint(one), fingerprint(other)) is alike


@pytest.mark.parametrize(
    ("places", "raid"),
    [
        ([(1, "a"), (2, "a")], False),
        ([(1, "a"), (2, "a"), (3, "a")], True),
        ([(1, "a"), (1, "b"), (1, "c"), (1, "d")], False),
        ([(1, "a"), (1, "b"), (1, "c"), (1, "d"), (1, "e")], True),
        ([(1, "a")] * 9, False),
        ([], False),
    ],
)
def test_how_many_places_make_a_raid(places: list[tuple[int, str]], raid: bool) -> None:
    assert is_raid(places) is raid


@pytest.mark.parametrize(
    ("lately", "day", "wave"),
    [(19, 19, False), (20, 20, True), (20, 20 + 143 * 3, True), (20, 20 + 143 * 4, False)],
)
def test_a_wave_is_more_than_a_busy_day(lately: int, day: int, wave: bool) -> None:
    assert is_wave(lately, day) is wave


def test_only_short_pieces_are_put_together() -> None:
    assert joined(["Куплю", "карту"]) == "Куплю\nкарту"
    assert joined(["Куплю"]) == ""
    assert joined(["Куплю", "х" * 301]) == ""


@pytest.fixture
def chats(unit: Unit, source: Source) -> list[Source]:
    more = [
        sources.add_source(
            unit=unit, kind="telegram", chat_id=f"-{number}", title=f"Чат {number}",
            by=ADMINISTRATOR, **lawful(mode="automatic", token="1:a"),
        )
        for number in range(3)
    ]  # fmt: skip
    return [source, *more]


@pytest.mark.django_db
def test_one_text_in_three_chats_is_shown_once_and_grows(
    chats: list[Source], say: Say, client: Client, officer: Officer
) -> None:
    for number, chat in enumerate(chats):
        say(FIRST.replace("Самал", f"дом {number}"), source=chat, author=Author(id=str(number)))
    raid = Raid.objects.get()
    assert (raid.kind, raid.chats, raid.people) == ("text", 4, 4)
    assert set(Message.objects.values_list("standing", flat=True)) == {"quiet"}
    assert not Message.objects.exclude(author=None).exists()  # harmless authors stay unknown
    client.force_login(officer(Role.DISPATCHER), backend=BACKEND)
    page = client.get("/desk/wall/", headers={"Accept-Language": "ru"}).content.decode()
    assert "чатов: 4, авторов: 4" in page
    client.post(f"/desk/wall/raids/{raid.public_id}/close/")
    assert not Raid.objects.open().exists()


@pytest.mark.django_db
def test_a_campaign_that_outlasts_what_is_looked_at_stays_one_raid(say: Say) -> None:
    job = "Требуются сотрудники на удалённую работу, оплата каждый день, писать @rabota{}, район {}"
    for n in range(60):
        say(job.format(n * 37, "Самал" if n % 2 else "Центр"), author=Author(id=str(n % 30)))
    assert Raid.objects.count() == 1


@pytest.mark.django_db
def test_a_closed_raid_comes_back_only_where_it_was_not_yet(
    chats: list[Source], say: Say, officer: Officer, time: Time
) -> None:
    def spread(number: int, author: int) -> None:
        say(FIRST, source=chats[number], author=Author(id=str(author)))

    for number in range(3):
        spread(number, number)
    raid = Raid.objects.get()
    raids.close(raid=raid, by=officer(Role.DISPATCHER))
    spread(2, 7)
    assert not Raid.objects.open().exists()
    spread(3, 8)
    assert Raid.objects.open().get() == raid
    time.move(hours=2)  # it stands on the wall still: more of the same is not another one
    for number in range(3):
        spread(number, number)
    assert Raid.objects.get() == raid


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "Полиция предупреждает: мошенники пишут «куплю карту, оплата сразу». Не передавайте карты.",
        "Меня обманули: позвонили из «банка», назвала код из СМС, сняли 300 000 тенге",
    ],
)
def test_what_is_meant_to_be_passed_on_is_no_raid(chats: list[Source], say: Say, text: str) -> None:
    for number, chat in enumerate(chats):
        say(text, source=chat, author=Author(id=str(number)))
    assert not Raid.objects.exists()


@pytest.mark.django_db
def test_a_batch_that_holds_the_whole_raid_is_recognised(source: Source) -> None:
    items = [
        Incoming(external_id=str(n), sent_at=now(), text=f"{FIRST} {n}", author=Author(id=str(n)))
        for n in range(6)
    ]
    batch = [(source, item) for item in items]
    incoming.take_in(batch=batch)
    neighbours.count_raids(batch=batch)
    assert Raid.objects.get().people == 6


@pytest.mark.django_db
def test_a_text_that_everybody_repeats_costs_no_more_to_look_at(source: Source) -> None:
    items = [
        Incoming(external_id=str(n), sent_at=now(), text=FIRST, author=Author(id=str(n)))
        for n in range(60)
    ]
    incoming.take_in(batch=[(source, item) for item in items])
    newest = list(Message.objects.order_by("-pk").values_list("pk", flat=True)[:5])
    [found] = raids.sharing([marks_of(FIRST)], 5)
    assert sorted(found, reverse=True) == newest


@pytest.mark.django_db
def test_messages_that_share_a_sentence_and_say_different_things_are_no_raid(
    chats: list[Source], say: Say
) -> None:
    shared = "Добрый вечер, уважаемые соседи, подскажите, пожалуйста, кто знает."
    rest = (
        "Где починить стиральную машину, течёт вода из-под дверцы, мастер нужен уже сегодня?",
        "Когда откроется бассейн на Ауэзова, дети спрашивают каждый день, абонемент куплен давно.",
        "Кому отдать котят, трое рыжих и один серый, приучены к лотку, едят всё подряд.",
        "Сколько стоит доставка угля в посёлок Конырат, и привозят ли его мешками по сорок кило?",
    )
    for number, (chat, words) in enumerate(zip(chats, rest, strict=True)):
        say(f"{shared} {words}", source=chat, author=Author(id=str(number)))
    assert not Raid.objects.exists()


@pytest.mark.django_db
def test_announcements_of_administrators_and_akimat_are_no_raid(
    chats: list[Source], say: Say
) -> None:
    for chat in chats:
        sources.change_source(source=chat, by=ADMINISTRATOR, exempt_akimat=["akimat"])
        chat.refresh_from_db()
        say(FIRST, source=chat, author=Author(id="1", username="akimat"))
    assert not Raid.objects.exists()


@pytest.mark.django_db
def test_a_near_copy_of_what_was_flagged_goes_to_people_in_every_chat(
    chats: list[Source], say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    flagged = say(FIRST, source=chats[0], author=Author(id="1"))
    Message.objects.filter(pk=flagged.pk).update(outcome="suspicious")
    Print.objects.update(accused=True)
    others = say(OTHER, source=chats[1], author=Author(id="4"))  # the same words, by chance, often
    Print.objects.bulk_create(Print(message=others, mark=mark) for mark in marks_of(AGAIN) * 20)
    copy = say(AGAIN, source=chats[1], author=Author(id="2", name="Второй"))
    assert (copy.hint, copy.outcome, copy.standing) == ("kin", "suspicious", "waiting")
    assert copy.author["name"] == "Второй"
    assert not Act.objects.exists()
    assert say(OTHER, source=chats[2], author=Author(id="3")).standing == "quiet"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pieces",
    [
        ("87015551234", "Заработок на карту, оплата каждый день"),
        ("Возьму в аренду", "карту Каспи или Халык", "пишите 8 701 555 12 34"),
        ("Куплю", "карту, оплата сразу", "тел 87015551234"),
    ],
)
def test_an_advert_in_pieces_goes_to_people_whole_and_the_machine_leaves_it(
    pieces: tuple[str, ...], say: Say
) -> None:
    seller = Author(id="55", name="Скупщик")
    for piece in pieces:
        say(piece, author=seller)
    found = list(Message.objects.order_by("pk"))
    assert {m.standing for m in found} == {"waiting"}
    assert {m.hint for m in found} == {"split"}
    assert {m.author["name"] for m in found} == {"Скупщик"}
    assert found[-1].scheme
    assert found[-1].p_illegal < 0.5  # of these words alone: nothing acts on it
    assert not Act.objects.exists()


@pytest.mark.django_db
def test_pieces_of_different_people_or_an_hour_apart_are_nothing(say: Say, time: Time) -> None:
    say("87015551234", author=Author(id="1"))
    say("Кому нужны деньги сегодня", author=Author(id="2"))
    time.move(hours=1)
    say("Кому нужны деньги сегодня", author=Author(id="1"))
    assert set(Message.objects.values_list("standing", flat=True)) == {"quiet"}


@pytest.mark.django_db
def test_who_came_with_a_wave_and_leaves_a_number_is_shown_to_people(
    source: Source, say: Say, time: Time
) -> None:
    people = [Author(id=str(number)) for number in range(25)]
    raids.arrived(source=source, author_keys=[author_key(source, one) for one in people])
    raid = Raid.objects.get()
    assert (raid.kind, raid.people) == ("joins", 25)
    greeting = say("Всем привет, рада знакомству", author=people[3])
    number = say("Мой номер 8 701 555 12 34", author=people[4])
    old = say("Мой номер 8 701 555 12 35", author=Author(id="900"))
    assert (greeting.standing, number.standing, old.standing) == ("quiet", "waiting", "quiet")
    assert number.hint == "wave"
    time.move(days=1, minutes=1)
    raids.forget()
    assert not Arrival.objects.exists()
    assert not Raid.objects.open().exists()


@pytest.mark.django_db
def test_an_account_warmed_up_with_harmless_talk_gains_nothing(say: Say) -> None:
    warm, fresh = Author(id="1"), Author(id="2")
    for number in range(20):
        say(f"{CALM} {number}", author=warm)
    late = say(ADVERT, author=warm)
    first = say(ADVERT, author=fresh)
    assert (late.standing, late.p_illegal) == (first.standing, first.p_illegal)
    assert late.standing == "blocked"


@pytest.mark.django_db
def test_marks_go_when_they_can_no_longer_tell_a_raid(say: Say, time: Time) -> None:
    say(FIRST)
    assert Print.objects.count() == 8
    time.move(minutes=31)
    raids.forget()
    assert not Print.objects.exists()
    assert Message.objects.count() == 1
