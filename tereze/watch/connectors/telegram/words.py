"""The words of a message, as whoever reads the chat sees them, wherever in it they stand."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from aiogram.types import Contact, ExternalReplyInfo, Message
from pydantic import BaseModel


# what an author puts into the chat besides text and caption; all else is about others or for programs
CONTENT = (
    "rich_message",
    "poll",
    "checklist",
    "venue",
    "game",
    "invoice",
    "giveaway",
    "giveaway_winners",
    "gift",
    "unique_gift",
    "poll_option_added",
    "checklist_tasks_added",
    "forum_topic_created",
    "forum_topic_edited",
    "new_chat_title",
)
BESIDE = ("entities", "caption_entities", "link_preview_options", "reply_markup")
# in these, under these names, stands what people read or what opens where they press
SHOWN = {
    "text",
    "title",
    "name",
    "question",
    "description",
    "explanation",
    "address",
    "prize_description",
    "option_text",
    "summary",
    "credit",
    "label",
    "caption",
    "expression",
    "alternative_text",
    "new_chat_title",
    "url",
    "query",
    "switch_inline_query",
    "switch_inline_query_current_chat",
}
# in these, whatever the names: other people's messages and accounts, and files
NOT_SHOWN = {
    "user",
    "added_by_user",
    "winners",
    "poll_message",
    "checklist_message",
    "gift",
    "photo",
    "audio",
    "document",
    "video",
    "animation",
    "voice_note",
    "media",
}
LONGEST = 2000  # letters of one piece: no address and no field of the service is longer
SHORTEST_NAME = 12  # letters of a file's name; a program gives shorter ones
CARD = re.compile(r"^(?:item\d+\.)?(?:NOTE|ORG|TITLE|ROLE|URL|ADR)\b[^:\r\n]*:(.+)$", re.MULTILINE)


def own_words(message: Message) -> tuple[str, str]:
    """Text and caption: what the author wrote or made, and where what they wrote leads."""
    text = message.text or made(message)
    caption, beside = under(message), list(pieces_in(message, BESIDE))
    return (lines([text, *beside]), caption) if text else ("", lines([caption, *beside]))


def quoted(message: Message) -> tuple[str, bool]:
    """The words of somebody else that stand above the author's own; whether they were brought from
    another chat. So is what the service added after this was written: whose it is nobody knows."""
    if answered := replied(message):
        quote = message.quote
        return (quote.text if quote else answered.text or answered.caption or ""), False
    found = lines([
        message.quote.text if message.quote else "",
        *brought(message),
        *pieces(message.model_extra),
    ])  # fmt: skip
    return found, bool(found)


def replied(message: Message) -> Message | None:
    """What of this chat it answers. The beginning of a topic is answered by all that stands in it."""
    found = message.reply_to_message
    is_one = found is not None and not message.external_reply and not found.forum_topic_created
    return found if is_one else None


def brought(message: Message) -> list[str]:
    """The names of chats and channels that stand above what was handed on or answered elsewhere, and
    what such an answer shows. A person's name is not kept with harmless words."""
    other = message.external_reply
    origins = [None if message.is_automatic_forward else message.forward_origin]
    shows = [message.story, message.reply_to_story]
    found = []
    if other is not None:
        origins.append(other.origin)
        shows.append(other.story)
        found = [made(other)]
    chats = [getattr(one, "chat", None) or getattr(one, "sender_chat", None) for one in origins]
    chats += [story.chat for story in shows if story]
    return [*(chat.title or "" for chat in chats if chat), *found]


def made(node: Message | ExternalReplyInfo) -> str:
    """What is neither text nor caption and yet is read by everybody: a poll, a list of things to do,
    a card with a name and a number, a place, what is for sale, the name of a topic."""
    return lines([*card_words(node.contact), *pieces_in(node, CONTENT)])


def card_words(card: Contact | None) -> list[str]:
    if card is None:
        return []
    name = f"{card.first_name} {card.last_name or ''}".strip()
    return [name, card.phone_number, *(line.strip() for line in CARD.findall(card.vcard or ""))]


def under(message: Message) -> str:
    """The caption, and the name of a file unless a program gave it: it may be the advert itself."""
    sound, file = message.audio, message.audio or message.document
    names = [sound.title, sound.performer] if sound else []
    if file and file.file_name and not any(names):
        names.append(file.file_name.rpartition(".")[0].replace("_", " ") or file.file_name)
    shown = " ".join(name for name in names if name)
    is_named = sum(letter.isalpha() for letter in shown) >= SHORTEST_NAME
    return lines([message.caption, shown if is_named else ""])


def lines(parts: Iterable[str | None]) -> str:
    """Each once: the buttons and links of a message often lead to one place."""
    return "\n".join(dict.fromkeys(part for part in parts if part))


def pieces_in(node: Message | ExternalReplyInfo, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        found = getattr(node, name, None)
        yield from [found] if isinstance(found, str) else pieces(found)


def pieces(node: Any) -> Iterator[str]:
    """Every string below that is read or leads somewhere."""
    if isinstance(node, list | tuple):
        for one in node:
            yield from pieces(one)
    for name, value in fields(node):
        if name in NOT_SHOWN or value is None:
            continue
        if name in SHOWN and isinstance(value, str | list):
            yield flowing(value)[:LONGEST]
        else:
            yield from pieces(value)


def fields(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, BaseModel):
        yield from vars(node).items()
        yield from (node.model_extra or {}).items()  # what is newer than the library
    elif isinstance(node, dict):
        yield from node.items()


def flowing(value: Any) -> str:
    """Text in several styles comes as a list of pieces, and no word ends where a style does."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(map(flowing, value))
    found = list(pieces(value))
    return found[0] if len(found) == 1 else "".join(f" {piece} " for piece in found)
