"""Telegram's updates in the house's own shape."""

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

from tereze.watch.received import Author, File, Incoming, is_picture


MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
MEMBERS = ("my_chat_member", "chat_member")
REACTION, REQUEST = "message_reaction", "chat_join_request"
ALLOWED = [*MESSAGES, *MEMBERS, REACTION, REQUEST]  # the last four are sent only where asked for
MEDIA = (
    "photo",
    "video",
    "document",
    "voice",
    "video_note",
    "audio",
    "animation",
    "sticker",
    "poll",
    "checklist",
    "contact",
    "venue",
    "location",
    "game",
    "invoice",
)
SHORTEST_NAME = 12  # letters of a file's name; a program gives shorter ones


def message_of(update: Update) -> Message | None:
    for name in MESSAGES:
        found: Message | None = getattr(update, name)
        if found is not None:
            return found
    return None


def incoming(message: Message) -> Incoming | None:
    """The message as the house knows it; nothing for joins, pins and other service messages."""
    media = next((name for name in MEDIA if getattr(message, name, None)), "")
    if not (message.text or message.caption or media):
        return None
    text, caption = message.text or typed(message), under(message)
    links = hidden_links(message)
    who = author(message)
    return Incoming(
        external_id=str(message.message_id),
        sent_at=moment(message.date),
        edited_at=moment(message.edit_date) if message.edit_date else None,
        told_at=moment(message.edit_date or message.date),
        author=who,
        text=with_links(text, links) if text else "",
        caption=caption if text else with_links(caption, links),
        quoted=quoted(message),
        is_foreign=is_foreign(message),
        media=media,
        pictures=pictures(message),
        profile=who.name if who and who.kind != "chat" else "",
    )


def pictures(message: Message) -> tuple[File, ...]:
    """A photo in its largest size, or a picture sent as a file. What moves is not read."""
    photo = max(message.photo or [], key=lambda size: size.width * size.height, default=None)
    document = message.document if not message.animation else None
    if photo is None and document is not None and is_picture(document.mime_type):
        found: PhotoSize | Document = document
    elif photo is not None:
        found = photo
    else:
        return ()
    album = message.media_group_id or ""
    return (File(name=found.file_unique_id, file=found.file_id, album=album),)


def hidden_links(message: Message) -> list[str]:
    """Addresses behind words and buttons: they are read by whoever presses there."""
    entities = [*(message.entities or []), *(message.caption_entities or [])]
    rows = message.reply_markup.inline_keyboard if message.reply_markup else []
    found = [entity.url for entity in entities] + [button.url for row in rows for button in row]
    return list(dict.fromkeys(url[:500] for url in found if url))[:20]


def with_links(words: str, links: list[str]) -> str:
    return "\n".join([words, *links]) if words else "\n".join(links)


def typed(message: Message) -> str:
    """What is neither text nor caption and yet is read by everybody: a poll, a list of things to do,
    a card with a name and a number, a place, what is for sale."""
    words: list[str | None] = []
    if poll := message.poll:
        words += [poll.question, *(option.text for option in poll.options), poll.explanation]
    if tasks := message.checklist:
        words += [tasks.title, *(task.text for task in tasks.tasks)]
    if card := message.contact:
        words += [f"{card.first_name} {card.last_name or ''}".strip(), card.phone_number]
    if place := message.venue:
        words += [place.title, place.address]
    if sold := message.game or message.invoice:
        words += [sold.title, sold.description]
    return "\n".join(part for part in words if part)


def under(message: Message) -> str:
    """The caption, and the name of a file unless a program gave it: it may be the advert itself."""
    sound, file = message.audio, message.audio or message.document
    names = [sound.title, sound.performer] if sound else []
    if file and file.file_name and not any(names):
        names.append(file.file_name.rpartition(".")[0].replace("_", " ") or file.file_name)
    shown = " ".join(name for name in names if name)
    is_named = sum(letter.isalpha() for letter in shown) >= SHORTEST_NAME
    return "\n".join(part for part in (message.caption, shown if is_named else "") if part)


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
    user = message.from_user
    if user is None:
        return None
    return Author(id=str(user.id), name=user.full_name, username=user.username or "")


def is_foreign(message: Message) -> bool:
    """It answers a message of another chat, or brings one: those words were not here before."""
    return message.reply_to_message is None and bool(message.external_reply or came_from(message))


def came_from(message: Message) -> str:
    """The name of the chat or channel that stands above what was handed on. A person's name is
    not kept with harmless words."""
    origin: Any = message.forward_origin
    if origin is None or message.is_automatic_forward:
        return ""
    chat = getattr(origin, "chat", None) or getattr(origin, "sender_chat", None)
    return (chat.title or "") if chat else ""


def quoted(message: Message) -> str:
    """The words of somebody else that stand above the author's own."""
    if message.quote is not None:
        return message.quote.text
    answered = message.reply_to_message
    if answered is None:
        return came_from(message)
    return answered.text or answered.caption or ""


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
