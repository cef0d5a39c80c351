"""The worker reads what was handed over: each message is judged, stored and decided like one of a
watched chat, except that the machine never acts there.

The same message may come in several submissions and from several phones, which write other names
and other times to the second: it is known by its minute and its words, and decided once. Killed
anywhere, the next run reads the file again and finds what is stored already.
"""

import logging
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction

from tereze.audit.models import record
from tereze.core import due, vault
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.detection import Outcome
from tereze.detection.ruleset import RuleSet
from tereze.live import publish
from tereze.watch.actions import correcting, deciding, incoming, judging, neighbours
from tereze.watch.actions.judging import Judged
from tereze.watch.beside import accused
from tereze.watch.models import (
    FLAGGED,
    Message,
    MessagePicture,
    Source,
    Submission,
    SubmissionFile,
)
from tereze.watch.raids import PARTS, PARTS_WITHIN
from tereze.watch.received import Author, Incoming
from tereze.watch.submissions import findings, looking, pictures, replying, sources
from tereze.watch.submissions.export import Line
from tereze.watch.submissions.unpacking import Sent, Unpacked, unpack
from tereze.watch.workshop import rulebook


log = logging.getLogger(__name__)
MACHINE = Actor.machine("watch")
CHUNK = 100
LEASE = timedelta(minutes=4)  # renewed with every chunk: a long chat takes longer
ASKED = 500  # values in one question


@due.handler(Submission, lane="submissions", lease=LEASE)
def read_submission(submission: Submission) -> None:
    if submission.state != Submission.State.RECEIVED:
        if replying.owes_letter(submission):
            replying.reply(submission)
        return
    unpacked = unpack(list(sent_files(submission)), submission.text)
    pictures.keep_pictures(submission, unpacked)
    files = pictures.files_of(submission)
    said = list(items_of(submission, unpacked, files))
    named = {file.name for item in said for file in item.pictures}
    alone = pictures.alone(submission, (file for file in files if file.sha256 not in named))
    items = [*said, *alone]
    source = sources.source_for(submission, unpacked.title(), items)
    if source is not None:
        for chunk in chunks(beside_own_parts(source, items)):
            take(submission, chunk)
            if len(items) > CHUNK:
                Submission.objects.filter(pk=submission.pk).update(lease_until=now() + LEASE)
    finish(submission, source, unpacked, said, new_ones(submission, source, said))


def new_ones(submission: Submission, source: Source | None, items: Sequence[Incoming]) -> int:
    """How many no earlier submission had brought; the same whether we were interrupted or not."""
    names = [item.external_id for item in items]
    fresh = Message.objects.filter(source=source, received_at__gte=submission.at)
    parts = (names[start : start + ASKED] for start in range(0, len(names), ASKED))
    return sum(fresh.filter(external_id__in=part).count() for part in parts)


def sent_files(submission: Submission) -> Iterator[Sent]:
    for file in submission.files.filter(role=SubmissionFile.Role.ORIGINAL).order_by("pk"):
        yield Sent(file.name, file.media_type, vault.read(file.sha256))


# ---- from lines to what the wall takes in ----


def items_of(
    submission: Submission, unpacked: Unpacked, files: Sequence[SubmissionFile]
) -> Iterator[Incoming]:
    zone = ZoneInfo(submission.unit.zone)
    rules = rulebook.rules_of([submission.unit_id])[submission.unit_id]
    seen: Counter[tuple[str, str]] = Counter()
    shown = {file.name: file for file in files}
    for line in unpacked.lines(shown):
        if not line.sender and not is_advert(line.text, rules):
            continue  # the program's own words
        at = min(line.at.replace(tzinfo=zone), submission.at)  # a phone's clock may be ahead
        file = shown.get(line.media) if line.media else None
        words = folded(f"{line.text}\n{line.quoted}") or (file.sha256 if file else "")
        place = (f"{line.at:%Y-%m-%dT%H:%M}", words)
        seen[place] += 1
        yield Incoming(
            external_id=pictures.message_key(*place, str(seen[place])),
            version_id="1",  # names and seconds differ from phone to phone; the words do not
            sent_at=at,
            edited_at=at if line.edited else None,
            author=author_of(line),
            text="" if line.media else line.text,
            caption=line.text if line.media else "",
            quoted=line.quoted,
            is_foreign=bool(line.quoted),  # nobody can tell whether it stood in this chat
            media=line.media,
            pictures=(pictures.file_of(file),) if file else (),
            profile="" if line.phone else line.sender,
        )
    for text in unpacked.texts:
        yield words_alone(submission, text)


def words_alone(submission: Submission, text: str) -> Incoming:
    """Words without author and time, as they were pasted."""
    return Incoming(
        external_id=pictures.message_key("words", folded(text)),
        version_id="1",
        sent_at=submission.at,
        text=text,
    )


def folded(text: str) -> str:
    return " ".join(text.casefold().split())


def is_advert(words: str, rules: RuleSet) -> bool:
    """A group may be renamed into one, and a line typed to look like the program's. The program
    itself speaks of safety, which a doubtful text does too."""
    found = accused(words, rules)
    return found is not None and found.outcome == Outcome.ILLEGAL


def author_of(line: Line) -> Author | None:
    """By number where the phone showed one; a name out of somebody's address book says nothing
    about another chat, so it counts in this one only."""
    if not line.sender:
        return None
    if line.phone:
        return Author(id=line.phone, name=line.phone)
    return Author(id=line.sender, name=line.sender, kind="named")


def named_here(source: Source, item: Incoming) -> Incoming:
    author = item.author
    if author is None or author.kind != "named":
        return item
    return replace(item, author=replace(author, id=f"{source.public_id}:{author.name}"))


# ---- judging, storing, deciding ----


@dataclass(frozen=True)
class Part:
    """What an author wrote a moment before."""

    external_id: str
    at: datetime
    message: Message  # not stored: only its words and whether it names a contact


@dataclass(frozen=True)
class Found:
    judged: Judged
    parts: tuple[str, ...] = ()  # earlier messages that belong to it


def beside_own_parts(source: Source, items: Iterable[Incoming]) -> Iterator[Found]:
    """Each message beside what its author wrote in the ten minutes before, by the chat's own time.
    Nothing else of the moment counts: a year of a chat arrives at once, and that is no raid."""
    earlier: dict[str, deque[Part]] = {}
    rules = rulebook.rules_of([source.unit_id])[source.unit_id]
    for item in items:
        item = named_here(source, item)
        judged = neighbours.without_cover(judging.judge(source, item, rules))
        if not judged.author or not neighbours.is_calm(judged):
            yield Found(judged)
            continue
        parts = earlier.setdefault(judged.author, deque(maxlen=PARTS))
        while parts and item.sent_at - parts[0].at > PARTS_WITHIN:
            parts.popleft()
        hinted = neighbours.hint(judged, False, [part.message for part in parts], {})
        yield Found(
            replace(hinted, pieces=()),
            tuple(part.external_id for part in parts) if hinted.hint else (),
        )
        parts.append(Part(item.external_id, item.sent_at, words_of(judged)))


def words_of(judged: Judged) -> Message:
    contacts = [1] if judged.assessment is not None and judged.assessment.indicators else []
    return Message(text=judged.item.parts, assessment={"indicators": contacts})


def chunks(found: Iterable[Found]) -> Iterator[list[Found]]:
    stream = iter(found)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def take(submission: Submission, chunk: Sequence[Found]) -> None:
    keys = incoming.store(judged=[found.judged for found in chunk], cursors={})
    incoming.add_pictures([(found.judged.source, found.judged.item) for found in chunk])
    raise_parts(chunk)
    deciding.decide_all(keys)
    note_findings(submission, chunk)


@transaction.atomic
def raise_parts(chunk: Sequence[Found]) -> None:
    """The earlier pieces of an advert go to people too. A crash before this only repeats it."""
    for found in chunk:
        if found.parts:
            rows = Message.objects.filter(
                source=found.judged.source, external_id__in=found.parts, is_latest=True
            )
            incoming.raise_pieces(replace(found.judged, pieces=tuple(rows)))


def note_findings(submission: Submission, chunk: Sequence[Found]) -> None:
    names = [found.judged.item.external_id for found in chunk]
    names += [name for found in chunk for name in found.parts]
    flagged = Message.objects.filter(
        source=chunk[0].judged.source, external_id__in=names, outcome__in=FLAGGED
    )
    findings.note([submission], flagged)


# ---- the end ----


@transaction.atomic
def finish(
    submission: Submission,
    source: Source | None,
    unpacked: Unpacked,
    said: Sequence[Incoming],
    new: int,
) -> None:
    row = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    if row.state != Submission.State.RECEIVED:
        return
    zone = ZoneInfo(submission.unit.zone)
    first, last = unpacked.span()
    row.source = source
    row.problems = [*row.problems, *([name, why] for name, why in unpacked.problems)]
    row.messages_read = len(said)
    row.messages_new = new
    row.people = len({line.sender for chat in unpacked.chats for line in chat.lines if line.sender})
    row.first_at = first.replace(tzinfo=zone) if first else None
    row.last_at = last.replace(tzinfo=zone) if last else None
    shown = pictures.files_of(row)
    findings.note([row], findings.of_pictures(source, shown))  # read before we were done
    row.joined = findings.link(row)
    states = Submission.State
    row.state = states.READ if said or shown else states.UNREADABLE
    row.lease_until = None
    row.read_at, row.next_action_at = now(), now() if replying.owes_letter(row) else None
    if row.kept_until is not None:
        row.kept_until = now() + (source.retention if source else row.kept_until - row.at)
    row.save()
    if source is not None:
        looking.look_again(submission=row, source=source, unpacked=unpacked, items=said)
    record(
        "submission.read",
        target=row,
        by=MACHINE,
        unit=row.unit.slug,
        detail={
            "messages": len(said),
            "new": row.messages_new,
            "flagged": row.findings.count(),
            "problems": [why for _name, why in row.problems],
        },
    )
    publish("submissions")
    publish("wall")


def read_picture(*, file: SubmissionFile, words: str, by: Actor) -> None:
    """An officer typed what stands in a picture, or put right what the machine read there."""
    picture = pictures.picture_of(file) or placed(file)
    if picture is None:
        return
    content = pictures.content_of(picture)
    deciding.decide_all(correcting.correct(picture=picture, content=content, words=words))
    with transaction.atomic():
        SubmissionFile.objects.filter(pk=file.pk).update(
            words=words, read_by=by.name, read_at=now()
        )
        submission = file.submission
        record("submission.picture_read", target=submission, by=by, unit=submission.unit.slug)
        publish("submissions")


def placed(file: SubmissionFile) -> MessagePicture | None:
    """Into a message of the chat, where the worker had not put it or its term was over."""
    submission = file.submission
    items = list(pictures.alone(submission, [file]))
    source = submission.source or sources.source_for(submission, submission.title, items)
    if source is None:
        return None
    source = sources.opened(source, submission)
    rules = rulebook.rules_of([source.unit_id])[source.unit_id]
    take(submission, [Found(judging.judge(source, item, rules)) for item in items])
    Submission.objects.filter(pk=submission.pk, source=None).update(source=source)
    submission.source = source
    return pictures.picture_of(file)
