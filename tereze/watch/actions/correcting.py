"""An officer says what stands in a picture that was handed over: what the machine had read there no
longer counts. What was decided stays; what was not is weighed anew."""

from django.db import transaction

from tereze.core.clock import now
from tereze.detection import Document, assess
from tereze.live import publish
from tereze.watch.actions import pictures
from tereze.watch.actions.incoming import keep_for_people, put_assessment
from tereze.watch.actions.reading import UNDECIDED, Judged, judge, locked, weigh
from tereze.watch.masking import mask
from tereze.watch.models import FLAGGED, Message, MessagePicture
from tereze.watch.models.messages import Standing, State
from tereze.watch.models.pictures import PictureState
from tereze.watch.received import Author, Incoming
from tereze.watch.submissions import findings
from tereze.watch.workshop import rulebook


def correct(*, picture: MessagePicture, content: bytes, words: str) -> list[int]:
    """The key of the message if something is to be decided about it."""
    if picture.state == PictureState.WAITING and not pictures.keep(picture, content):
        return []
    codes = (picture.words or {}).get("codes", [])
    whole = "\n".join((words, *codes))
    judged = judge(picture, whole)
    with transaction.atomic():
        row = locked(picture, again=True)
        if row is None:
            return []
        author, row.author = row.author, None
        row.state, row.why, row.read_at = PictureState.READ, "", row.read_at or now()
        row.next_action_at = row.lease_until = None
        row.words = {"text": words, "codes": codes}
        row.masked = mask(whole, judged.alone.indicators)
        row.assessment = judged.alone.to_json()
        row.save()
        changed = weigh_anew(row, judged, author)
        findings.note_picture(row)
        publish("wall")
    return changed


def weigh_anew(row: MessagePicture, judged: Judged, author: dict[str, str] | None) -> list[int]:
    """A message of a chat that was handed over shows one picture: its own words, then that."""
    message = row.message
    if message.standing not in UNDECIDED or message.decisions.exists() or not message.text:
        return []
    known = author or message.author
    without_picture(message)
    weigh(message, row, judged)
    if message.outcome not in FLAGGED:
        calm_again(message)
        message.save()
        return []
    posted = Incoming(
        external_id=message.external_id,
        sent_at=message.sent_at,
        author=Author(**known) if known else None,
    )
    keep_for_people(message, posted, text=message.own_text or row.text)
    message.state, message.next_action_at, message.lease_until = State.ASSESSED, now(), None
    message.save()
    return [message.pk]


def without_picture(message: Message) -> None:
    parts = message.text or {}
    own = Document(
        parts.get("text", ""), caption=parts.get("caption", ""), quoted=parts.get("quoted", "")
    )
    unit = message.source.unit_id
    put_assessment(message, assess(own, rules=rulebook.rules_of([unit])[unit]))
    message.hint = message.trouble = ""


def calm_again(message: Message) -> None:
    """As a message that was harmless from the first: nobody waits for it, and it has no author."""
    message.state, message.standing = State.DECIDED, Standing.QUIET
    message.author, message.author_trail, message.text_key = None, "", ""
    message.kept_until = message.received_at + message.source.retention
    message.next_action_at = message.lease_until = None
