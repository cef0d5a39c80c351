"""Telegram's updates in the house's own shape."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from aiogram.types import (
    ChatJoinRequest,
    Document,
    Message,
    MessageReactionUpdated,
    PhotoSize,
    Update,
)

from tereze.watch.connectors.telegram.words import lines, own_words, quoted
from tereze.watch.received import Author, File, Incoming, is_picture


MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
MEMBERS = ("my_chat_member", "chat_member")
REACTION, REQUEST = "message_reaction", "chat_join_request"
ALLOWED = [*MESSAGES, *MEMBERS, REACTION, REQUEST]  # the last four are sent only where asked for
SAME = ("photo", "live_photo", "video", "document", "voice", "video_note", "audio", "animation",
        "sticker", "poll", "checklist", "contact", "venue", "location", "game", "invoice", "story",
        "dice", "paid_media", "giveaway", "giveaway_winners")  # fmt: skip
MEDIA = {
    **{name: name for name in SAME},
    "forum_topic_created": "topic",
    "forum_topic_edited": "title",
    "new_chat_title": "title",
    "new_chat_photo": "photo",
    "new_chat_members": "joined",
}


def message_of(update: Update) -> Message | None:
    for name in MESSAGES:
        found: Message | None = getattr(update, name)
        if found is not None:
            return found
    return None


def incoming(message: Message) -> Incoming | None:
    """The message as the house knows it; nothing for pins and other service messages that say
    nothing."""
    media = next((kind for name, kind in MEDIA.items() if getattr(message, name, None)), "")
    (text, caption), (others, is_foreign) = own_words(message), quoted(message)
    if not (text or caption or media or is_foreign):
        return None
    who = author(message)
    name = who.name if who and who.kind != "chat" else ""
    return Incoming(
        external_id=name_of(message),
        sent_at=moment(message.date),
        edited_at=moment(message.edit_date) if message.edit_date else None,
        told_at=moment(message.edit_date or message.date),
        author=who,
        text=text,
        caption=caption,
        quoted=others,
        is_foreign=is_foreign,
        media=media,
        pictures=pictures(message),
        profile=lines(
            [name, message.sender_tag, *(one.full_name for one in message.new_chat_members or [])]
        ),
        is_passing=media == "joined",
    )


def name_of(message: Message) -> str:
    """By which the hands find it again: a topic goes as a whole, and a name is not theirs to take."""
    if message.forum_topic_created:
        return f"topic:{message.message_thread_id or message.message_id}"
    if message.forum_topic_edited or message.new_chat_title or message.new_chat_photo:
        return f"renamed:{message.message_id}"
    return str(message.message_id)


def pictures(message: Message) -> tuple[File, ...]:
    album = message.media_group_id or ""
    shown = {one.file_unique_id: one.file_id for one in stills(message)}
    return tuple(File(name=name, file=file, album=album) for name, file in shown.items())


def stills(message: Message) -> Iterator[PhotoSize | Document]:
    """Photos, a picture sent as a file, and the still that a video or a GIF shows in the chat before
    anybody opens it."""
    paid = message.paid_media.paid_media if message.paid_media else []
    for shown in (message, message.live_photo, *paid):
        yield from largest(getattr(shown, "photo", None))
        if moving := getattr(shown, "video", None) or getattr(shown, "animation", None):
            yield from largest(getattr(moving, "cover", None) or [moving.thumbnail])
    yield from largest(message.new_chat_photo)
    document = message.document if not message.animation else None
    if document is not None and is_picture(document.mime_type):
        yield document


def largest(sizes: Iterable[PhotoSize | None] | None) -> list[PhotoSize]:
    """Of one picture."""
    return sorted(filter(None, sizes or []), key=lambda size: size.width * size.height)[-1:]


def moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromtimestamp(int(value), UTC)


def author(message: Message) -> Author | None:
    """A chat that speaks in its own name, or its own channel, is an administrator."""
    speaker = message.sender_chat
    if speaker is not None:
        own = speaker.id == message.chat.id or bool(message.is_automatic_forward)
        kind = "chat" if own else "channel"
        return Author(
            id=str(speaker.id), name=speaker.title or "", username=speaker.username or "", kind=kind
        )
    came = message.new_chat_members or []
    user = came[0] if len(came) == 1 else message.from_user
    if user is None:
        return None
    return Author(id=str(user.id), name=user.full_name, username=user.username or "")


def reaction(update: MessageReactionUpdated) -> Incoming | None:
    """A reaction put under a message. What is judged is the account it leads to."""
    user = update.user
    if user is None or user.is_bot or not update.new_reaction:
        return None
    return Incoming(
        external_id=f"reaction:{update.message_id}:{user.id}",
        sent_at=moment(update.date),
        author=Author(id=str(user.id), name=user.full_name, username=user.username or ""),
        media="reaction",
        profile=user.full_name,
        is_passing=True,
    )


def request_to_join(request: ChatJoinRequest) -> Incoming:
    """What somebody says of themselves who wants to be let in."""
    user, at = request.from_user, moment(request.date)
    return Incoming(
        external_id=f"join:{user.id}:{int(at.timestamp())}",
        sent_at=at,
        author=Author(id=str(user.id), name=user.full_name, username=user.username or ""),
        text=request.bio or "",
        media="join_request",
        profile=user.full_name,
        is_passing=True,
    )
