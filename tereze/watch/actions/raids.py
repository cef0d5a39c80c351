"""Raids in the rows: who writes what others have just written, in pieces, or right after joining."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from tereze.accounts.models import Unit, User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.detection import Outcome, fingerprint
from tereze.live import publish
from tereze.watch.models import Arrival, Message, Print, Raid, Source
from tereze.watch.models.raids import RaidKind
from tereze.watch.raids import (
    ARRIVALS_KEPT,
    PARTS,
    PARTS_WITHIN,
    SHARED,
    WAVE_WITHIN,
    WINDOW,
    are_alike,
    is_raid,
    is_wave,
)


MACHINE = Actor.machine("watch")
PASSED_ON = {str(Outcome.WARNING_OR_QUOTATION), str(Outcome.INCIDENT_REPORT)}
# near-identical messages that are looked at, the newest: more of them tell nothing new, and what a
# look costs must not grow with how often a text was repeated
FOR_RAID, FOR_KIN = 40, 8
OF_PARTS = ("source", "author_key", "text", "assessment", "outcome", "standing")
UNASKED = ("first__author", "first__assessment", "first__masked")  # two of them encrypted
OFTEN = timedelta(seconds=5)  # a raid that goes on and is no wider is written down no oftener
INSERT = "INSERT INTO watch_print (message_id, mark, accused) VALUES (%s, %s, %s)"
AT_ONCE = 10  # texts in one question: of more, putting it together takes longer than answering it
NEWEST_OF_MARK = """SELECT message_id FROM (SELECT message_id FROM watch_print
    WHERE mark = %s ORDER BY message_id DESC LIMIT %s) AS newest"""
# apart from all others, or whoever writes much would hide them
NEWEST_ACCUSED = NEWEST_OF_MARK.replace("= %s", "= %s AND accused")
SHARING = """SELECT %s, message_id, COUNT(*) FROM ({newest}) AS having_them
    GROUP BY message_id HAVING COUNT(*) >= %s"""


@dataclass(frozen=True)
class Near:
    """A message with nearly the same text: where, by whom, and what it was judged."""

    pk: int
    source: int
    author: str
    outcome: str


Wanted = tuple[tuple[int, ...], str]  # marks and words of a text


def keep_marks(marks: Sequence[tuple[int, int, bool]]) -> None:
    """(message, mark, accused). Some ten rows for each message, several times a second: objects for them
    would cost ten times what the database does."""
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, marks)


def near(
    wanted: Sequence[Wanted],
    unit_id: int,
    *,
    newest: int,
    only_accused: bool = False,
    enough: Callable[[Sequence[Near]], bool] = bool,
) -> list[list[Near]]:
    """For each text the `newest` messages of the last half hour that say nearly the same, in all
    chats.

    Three questions for all of them: who shares marks, what is known of those that share several,
    and the words of a few. Texts are decrypted only where the candidates would be `enough`.
    """
    shared = sharing([own for own, _words in wanted], newest, only_accused=only_accused)
    known = facts({pk for numbers in shared for pk in numbers}, unit_id)
    asked = [
        circles({known[pk]: number for pk, number in numbers.items() if pk in known}, enough)
        for numbers in shared
    ]
    prints = prints_of({oldest(circle) for each in asked for circle in each})
    found = [
        alike_to(words, each, prints) for (_own, words), each in zip(wanted, asked, strict=True)
    ]
    return [alike if enough(alike) else [] for alike in found]


def sharing(
    wanted: Sequence[Collection[int]], newest: int, *, only_accused: bool = False
) -> list[dict[int, int]]:
    """For marks of each text, messages with several of them, and how many. Of each mark the newest
    messages count. What is counted by the database need not become objects here."""
    found: list[dict[int, int]] = [{} for _ in wanted]
    one = NEWEST_ACCUSED if only_accused else NEWEST_OF_MARK
    texts = [(place, own) for place, own in enumerate(wanted) if len(own) >= SHARED]
    with connection.cursor() as cursor:
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            each = (" UNION ALL ".join([one] * len(own)) for _, own in some)
            question = " UNION ALL ".join([SHARING.format(newest=marks) for marks in each])
            parts = [
                [place, *chain.from_iterable((mark, newest) for mark in own), SHARED]
                for place, own in some
            ]
            cursor.execute(question, list(chain.from_iterable(parts)))
            for place, pk, number in cursor.fetchall():
                found[place][pk] = number
    return found


def facts(keys: Iterable[int], unit_id: int) -> dict[int, Near]:
    if not keys:
        return {}
    found = Message.objects.filter(
        pk__in=keys, received_at__gte=now() - WINDOW, source__unit=unit_id
    )
    rows = found.values_list("pk", "source", "author_key", "outcome")
    return {row[0]: Near(*row) for row in rows}


def circles(
    shared: Mapping[Near, int], enough: Callable[[Sequence[Near]], bool]
) -> list[list[Near]]:
    """Those that share as many marks, the most first; none where not even all are enough."""
    if not enough(list(shared)):
        return []
    by_number: dict[int, list[Near]] = {}
    for one, number in shared.items():
        by_number.setdefault(number, []).append(one)
    return [by_number[number] for number in sorted(by_number, reverse=True)]


def oldest(circle: Iterable[Near]) -> int:
    """The message itself may be among them, the newest: an older one tells more."""
    return min(one.pk for one in circle)


def prints_of(keys: Iterable[int]) -> dict[int, bytes]:
    found = Message.objects.only("text").filter(pk__in=keys) if keys else ()
    return {message.pk: fingerprint(message.own_text) for message in found}


def alike_to(
    words: str, asked: Sequence[Sequence[Near]], prints: Mapping[int, bytes]
) -> list[Near]:
    """Those that really say the same. Of as many shared marks one is opened for all: what shares as
    many says the same. The wider circle is not asked once a narrower one says something else."""
    found: list[Near] = []
    own = fingerprint(words) if asked else b""
    for circle in asked:
        other = prints.get(oldest(circle))
        if other is None or not are_alike(own, other):  # its term ended meanwhile, or it differs
            break
        found += circle
    return found


def parts_before(wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], list[Message]]:
    """What each (chat, author) wrote there just before, oldest first."""
    found = Message.objects.filter(
        source__in={source for source, _key in wanted},
        author_key__in={key for _source, key in wanted},
        received_at__gte=now() - PARTS_WITHIN,
        is_latest=True,
    )
    places: dict[tuple[int, str], list[int]] = {}
    for pk, source, key in found.order_by("pk").values_list("pk", "source", "author_key"):
        places.setdefault((source, key), []).append(pk)
    newest = {place: keys[-PARTS:] for place, keys in places.items()}
    rows = Message.objects.only(*OF_PARTS).in_bulk(chain.from_iterable(newest.values()))
    return {place: [rows[pk] for pk in keys if pk in rows] for place, keys in newest.items()}


def waves(sources: Iterable[int]) -> dict[int, datetime]:
    """In which of these chats a wave that nobody has closed is coming in, and since when."""
    found = Raid.objects.open().filter(source__in=set(sources), kind=RaidKind.JOINS)
    return {source: at - WAVE_WITHIN for source, at in found.values_list("source", "began_at")}


def came_with(since: datetime, source: Source, key: str) -> bool:
    arrived = Arrival.objects.filter(source=source, author_key=key, at__gte=since)
    return bool(key) and bool(arrived.exists())


def places_of(alike: Iterable[Near]) -> set[tuple[int, str]]:
    return {(one.source, one.author or str(one.pk)) for one in alike}


def would_be_raid(alike: Sequence[Near]) -> bool:
    """A warning, or the story of somebody deceived, is meant to be passed on."""
    return is_raid(places_of([one for one in alike if one.outcome not in PASSED_ON]))


def count(found: Sequence[tuple[Source, Sequence[Near]]]) -> None:
    """One more of the same text: a raid begins with the third chat or the fifth author."""
    counted = [(source, alike) for source, alike in found if alike]
    if counted:
        note(counted)


@transaction.atomic
def note(counted: Sequence[tuple[Source, Sequence[Near]]]) -> None:
    """The raids of a whole batch at once: in a flood most messages belong to the same one."""
    raids = going_on({source.unit_id for source, _alike in counted})
    of_message = {raid.first_id: raid for raid in raids}
    firsts = Firsts(raids)
    grown: set[Raid] = set()
    for source, alike in counted:
        places = places_of(alike)
        chats, people = len({chat for chat, _ in places}), len(places)
        ours = sorted(one.pk for one in alike)
        raid = next((of_message[pk] for pk in ours if pk in of_message), None)
        raid = raid or firsts.same_text(ours[0], source)
        if raid is None:
            raid = begin(RaidKind.TEXT, source, first_id=ours[0], chats=chats, people=people)
            firsts.raids.append(raid)
        of_message |= dict.fromkeys(ours, raid)
        if chats <= raid.chats and people <= raid.people and now() - raid.last_at < OFTEN:
            continue
        grown.add(raid)
        is_wider = chats > raid.chats
        raid.chats, raid.people = max(chats, raid.chats), max(people, raid.people)
        raid.last_at = now()
        if raid.closed_at and is_wider:  # than what somebody saw to
            raid.closed_at = raid.closed_by = None
            record_began(raid, source)
    for raid in grown:
        raid.save(update_fields=["chats", "people", "last_at", "closed_at", "closed_by"])
    if grown:
        publish("wall")


def going_on(units: Collection[int]) -> list[Raid]:
    """Also what was closed just now. One batch of a unit at a time: two would begin the same one."""
    list(Unit.objects.select_for_update(no_key=True).filter(pk__in=units).order_by("pk").only("pk"))
    not_over = Q(closed_at=None) | Q(last_at__gte=now() - WINDOW)
    found = Raid.objects.filter(not_over, unit__in=units, kind=RaidKind.TEXT, first__isnull=False)
    locked = found.select_for_update(of=("self",)).order_by("pk").select_related("first")
    return list(locked.defer(*UNASKED))


class Firsts:
    """What the first messages of raids say. A long raid's is no longer among the newest that are
    looked at, and its latest may share few marks with it: what they say is the same."""

    def __init__(self, raids: Iterable[Raid]) -> None:
        self.raids = list(raids)
        self.prints: dict[int, bytes] = {}

    def same_text(self, pk: int, source: Source) -> Raid | None:
        own = prints_of([pk]).get(pk)
        if own is None:
            return None
        ours = (raid for raid in self.raids if raid.unit_id == source.unit_id)
        return next((raid for raid in ours if are_alike(own, self.print_of(raid))), None)

    def print_of(self, raid: Raid) -> bytes:
        if raid.pk not in self.prints:
            self.prints[raid.pk] = fingerprint(raid.first.own_text if raid.first else "")
        return self.prints[raid.pk]


def begin(kind: str, source: Source, **facts: Any) -> Raid:
    place = source if kind == RaidKind.JOINS else None
    raid = Raid.objects.create(unit_id=source.unit_id, kind=kind, source=place, **facts)
    record_began(raid, source)
    publish("wall")
    return raid


def record_began(raid: Raid, source: Source) -> None:
    detail = {"kind": raid.kind, "chats": raid.chats, "people": raid.people}
    record("raid.began", target=raid, by=MACHINE, unit=source.unit.slug, detail=detail)


@transaction.atomic
def arrived(*, source: Source, author_keys: Sequence[str]) -> None:
    """People joined the chat: kept for a day to know a wave from a usual day."""
    Arrival.objects.bulk_create(Arrival(source=source, author_key=key) for key in author_keys)
    at = now()
    within = Arrival.objects.filter(source=source)
    lately = within.filter(at__gte=at - WAVE_WITHIN).count()
    if not is_wave(lately, within.filter(at__gte=at - ARRIVALS_KEPT).count()):
        return
    wave = (
        Raid.objects.select_for_update().open().filter(source=source, kind=RaidKind.JOINS).first()
    )
    if wave is None:
        begin(RaidKind.JOINS, source, people=lately)
    else:
        wave.people, wave.last_at = max(wave.people, lately), at
        wave.save(update_fields=["people", "last_at"])
        publish("wall")


@transaction.atomic
def close(*, raid: Raid, by: User) -> None:
    """Somebody has seen to it: it no longer stands before the eyes."""
    row = Raid.objects.select_for_update(of=("self",)).select_related("unit").get(pk=raid.pk)
    if row.closed_at is None:
        row.closed_at, row.closed_by = now(), by
        row.save(update_fields=["closed_at", "closed_by"])
        record("raid.closed", target=row, by=by.actor, unit=row.unit.slug)
        publish("wall")


def forget() -> None:
    """What was needed to recognise a raid goes when it can no longer tell one."""
    at = now()
    Print.objects.filter(message__received_at__lt=at - WINDOW).delete()
    Arrival.objects.filter(at__lt=at - ARRIVALS_KEPT).delete()
    over = Raid.objects.open().filter(last_at__lt=at - ARRIVALS_KEPT)
    over.update(closed_at=at)
