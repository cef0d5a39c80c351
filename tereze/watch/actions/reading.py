"""What was read in a picture is judged once, together with what stands beside it.

A caption was decided long before and waited for none of this. When the row says that the picture was
read, nothing more comes of it; whatever dies before, the row is still due.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from tereze.core import vault
from tereze.core.clock import now
from tereze.detection import (
    Assessment,
    Document,
    Outcome,
    assess_many,
    fingerprint,
    similarity,
)
from tereze.live import publish
from tereze.watch.actions.incoming import keep_for_people, put_assessment
from tereze.watch.masking import mask
from tereze.watch.models import CALM, FLAGGED, Message, MessagePicture, Seal
from tereze.watch.models.messages import Hint, Standing, State
from tereze.watch.models.pictures import PictureState
from tereze.watch.models.sources import Pictures
from tereze.watch.pictures import Picture, alike
from tereze.watch.raids import ALIKE
from tereze.watch.received import Author, Incoming
from tereze.watch.sealing import seal_picture, wrapped
from tereze.watch.submissions import findings
from tereze.watch.workshop import rulebook


UNDECIDED = {Standing.QUIET, Standing.WAITING, Standing.STUCK}
SERIOUS = ("illegal", "suspicious", "incident_report")  # in this order


@dataclass(frozen=True)
class Judged:
    """A picture beside the words of its message."""

    alone: Assessment
    together: Assessment

    @property
    def hides(self) -> bool:
        """An innocent caption above somebody's advert does not make it innocent."""
        calm = str(self.together.outcome) in CALM
        return calm and self.alone.outcome == Outcome.ILLEGAL


def judge(picture: MessagePicture, words: str) -> Judged:
    parts: dict[str, str] = picture.message.text or {}
    document = Document(
        parts.get("text", ""),
        caption=parts.get("caption", "") or caption_of_album(picture),
        quoted=parts.get("quoted", ""),
        ocr=words,
    )
    unit = picture.message.source.unit_id
    rules = rulebook.rules_of([unit])[unit]
    alone, together = assess_many([Document("", ocr=words), document], rules=rules)
    return Judged(alone, together)


def caption_of_album(picture: MessagePicture) -> str:
    if not picture.album:
        return ""
    others = MessagePicture.objects.filter(album=picture.album).exclude(pk=picture.pk)
    same = others.filter(message__source=picture.message.source_id).select_related("message")
    return next((words for other in same if (words := other.message.own_text)), "")


def note_read(*, picture: MessagePicture, found: Picture) -> list[int]:
    """What was read and what follows. The key of the message if something is to be decided."""
    shown = vault.store(wrapped(picture, "shown", found.shown)).sha256 if found.shown else ""
    judged = judge(picture, found.words) if found.words else None
    first = first_of(picture, found)
    with transaction.atomic():
        row = locked(picture)
        if row is None:
            return []
        row.words = {"text": found.text, "codes": list(found.codes)}
        row.photo_hash, row.shown, row.first = found.photo_hash, shown, first
        if judged:
            row.assessment = judged.alone.to_json()
            row.masked = mask(found.words, judged.alone.indicators)
        return conclude(row, judged, why=found.why_not)


def note_unread(*, picture: MessagePicture, why: str) -> list[int]:
    with transaction.atomic():
        row = locked(picture)
        return conclude(row, None, why=why) if row else []


def locked(picture: MessagePicture, *, again: bool = False) -> MessagePicture | None:
    """The row with its message, if it is still to be read. Its message first, as everywhere."""
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("source__unit")
        .filter(pk=picture.message_id)
        .first()
    )
    row = MessagePicture.objects.select_for_update().filter(pk=picture.pk).first()
    if message is None or row is None or (row.read_at is not None and not again):
        return None
    row.message = message
    return row


def conclude(row: MessagePicture, judged: Judged | None, *, why: str) -> list[int]:
    message, author = row.message, row.author
    row.state = PictureState.UNREAD if why else PictureState.READ
    row.why, row.read_at, row.author = why, now(), None
    row.next_action_at = row.lease_until = None
    changed = weigh(message, row, judged)
    row.save()
    if changed:
        posted = Incoming(
            external_id=message.external_id,
            sent_at=message.sent_at,
            author=Author(**author) if author else None,
        )
        keep_for_people(message, posted, text=message.own_text or row.text)
        message.state, message.next_action_at, message.lease_until = State.ASSESSED, now(), None
        message.save()
    if Seal.objects.filter(message=message).exists():  # something was done before this was kept
        seal_picture(row, why=why)
    if message.source.is_handed_over:
        findings.note_picture(row)
    publish("wall")
    return [message.pk] if changed else []


def weigh(message: Message, row: MessagePicture, judged: Judged | None) -> bool:
    """Whether the picture makes more of its message than its words did. What people or the machine
    have decided stays decided, and an older version is not there any more."""
    if not message.is_latest or message.standing not in UNDECIDED or message.decisions.exists():
        return False
    if judged and graver(judged.together, message):
        put_assessment(message, judged.together)
        message.trouble = ""
        return True
    if message.outcome in FLAGGED:
        return False
    if judged and judged.hides:
        put_hint(message, Hint.IN_PICTURE, judged.alone)
    elif row.first is not None:
        put_hint(message, Hint.PICTURE)
        message.scheme = row.first.message.scheme
    elif row.state == PictureState.UNREAD and message.source.pictures == Pictures.PEOPLE:
        put_hint(message, Hint.UNREAD)
    else:
        return False
    return True


def graver(found: Assessment, message: Message) -> bool:
    outcome = str(found.outcome)
    if outcome not in SERIOUS:
        return False
    if message.outcome not in SERIOUS:
        return True
    before, after = SERIOUS.index(message.outcome), SERIOUS.index(outcome)
    return after < before or (after == before and found.p_illegal > message.p_illegal)


def put_hint(message: Message, hint: Hint, named_by: Assessment | None = None) -> None:
    """To people, as suspicious: `p_illegal` stays that of the author's own words."""
    message.hint, message.outcome = hint, str(Outcome.SUSPICIOUS)
    if named_by is not None:
        message.score = named_by.score
        message.scheme = named_by.schemes[0].slug if named_by.schemes else ""


def says_the_same(one: str, other: str) -> bool:
    return not one or not other or similarity(fingerprint(one), fingerprint(other)) >= ALIKE


def first_of(picture: MessagePicture, found: Picture) -> MessagePicture | None:
    """The first time the same picture was posted and found wrong, in any chat of the unit."""
    if not found.photo_hash:
        return None
    decided_harmless = [Standing.RELEASED, Standing.UNDONE]
    wrong = Message.objects.filter(outcome__in=SERIOUS[:2]).exclude(standing__in=decided_harmless)
    others = MessagePicture.objects.filter(
        Exists(wrong.filter(pk=OuterRef("message"))),
        message__source__unit=picture.message.source.unit_id,
        first=None,
    ).exclude(photo_hash="")
    rows = others.exclude(message=picture.message_id).order_by("pk")
    for pk, photo_hash in rows.values_list("pk", "photo_hash").iterator(chunk_size=5000):
        if alike(photo_hash, found.photo_hash):
            same = MessagePicture.objects.select_related("message").get(pk=pk)
            if says_the_same(same.text, found.words):
                return same
    return None
