"""The chat page, rendered by plain functions; what people typed is always escaped."""

import datetime
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tereze.demo.standins.html import Markup, Node, document, tag

from .state import City, Row
from .updates import INSIDE
from .words import words


ZONE = datetime.timezone(datetime.timedelta(hours=5))
COLOURS = 8


@dataclass(frozen=True)
class Reader:
    """Who looks at which chat in which language."""

    city: City
    chat: Row
    person: int
    lang: str

    @property
    def words(self) -> dict[str, str]:
        return words(self.lang)

    def name(self, user_id: int) -> str:
        row = self.city.user(user_id)
        return f"{row['first_name']} {row['last_name']}".strip() if row else "?"


def clock(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, ZONE).strftime("%H:%M")


def day_and_time(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, ZONE).strftime("%d.%m %H:%M")


def avatar(name: str, number: int) -> Markup:
    letters = "".join(word[0] for word in name.split()[:2]).upper() or "?"
    return tag("span", letters, class_=f"avatar c{abs(number) % COLOURS}", aria_hidden="true")


# Messages


def message(reader: Reader, row: Row) -> Markup:
    body = json.loads(row["body"])
    number = f"m{row['message_id']}"
    if "joined" in body or "left" in body:
        kind = "joined" if "joined" in body else "left"
        text = reader.words[kind].format(name=reader.name(row["user_id"]))
        return tag("li", text, id=number, class_="service")
    author = reader.city.user(row["user_id"])
    is_bot = author is not None and bool(author["is_bot"])
    own = row["user_id"] == reader.person
    name = reader.name(row["user_id"])
    bubble = tag(
        "div",
        tag("span", name, tag("span", reader.words["bot"], class_="badge") if is_bot else None,
            class_=f"name n{abs(row['user_id']) % COLOURS}"),
        reply(reader, body),
        [tag("img", src=f"/photo/{size['file_id']}", alt=reader.words["photo"], width=size["width"],
             height=size["height"]) for size in body.get("photo", [])[-1:]],
        tag("p", formatted(body)),
        tag("span", reader.words["edited"] if row["edit_date"] else "",
            tag("time", clock(row["date"])), class_="meta"),
        tag("button", reader.words["edit"], type="button", class_="edit", data_edit=row["message_id"])
        if own else None,
        buttons(reader, row, body),
        class_="bubble",
    )  # fmt: skip
    side = "bot" if is_bot else "own" if own else "other"
    return tag("li", avatar(name, row["user_id"]), bubble, id=number, class_=f"message {side}")


def reply(reader: Reader, body: dict[str, Any]) -> Markup | None:
    original = reader.city.message(reader.chat["id"], body.get("reply_to") or 0)
    if original is None:
        return None
    quoted = json.loads(original["body"])
    text = str(quoted.get("text") or quoted.get("caption") or "…")[:120]
    return tag("blockquote", tag("b", reader.name(original["user_id"])), text)


MARKS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "code",
}


def formatted(body: dict[str, Any]) -> Node:
    """Bold and the like as the bot wrote them; links are shown but lead nowhere."""
    text = str(body.get("text") or body.get("caption") or "")
    entities = body.get("entities") or body.get("caption_entities") or []
    units = text.encode("utf-16-le")
    pieces: list[Node] = []
    at = 0
    for entity in sorted(entities, key=lambda item: int(item["offset"])):
        start, end = int(entity["offset"]) * 2, (int(entity["offset"]) + int(entity["length"])) * 2
        name = MARKS.get(entity["type"]) or ("u" if entity["type"] in {"url", "text_link"} else "")
        if start < at or not name:
            continue
        pieces.append(units[at:start].decode("utf-16-le", "replace"))
        inner = units[start:end].decode("utf-16-le", "replace")
        pieces.append(tag(name, inner, title=entity.get("url")))
        at = end
    return [*pieces, units[at:].decode("utf-16-le", "replace")]


def buttons(reader: Reader, row: Row, body: dict[str, Any]) -> Node:
    lines = body.get("reply_markup", {}).get("inline_keyboard", [])
    found = [button(reader, row, item) for line in lines for item in line]
    return tag("div", found, class_="buttons") if found else None


def button(reader: Reader, row: Row, item: dict[str, Any]) -> Markup:
    if "callback_data" in item:
        fields = {"message": row["message_id"], "data": item["callback_data"]}
        return small_form(reader, "press", str(item["text"]), fields)
    url = str(item.get("url", ""))
    parts = urlsplit(url)
    bot = reader.city.one(
        "SELECT id FROM users WHERE is_bot AND lower(username)=lower(?)", parts.path.strip("/")
    )
    if parts.hostname in {"t.me", "telegram.me"} and bot:
        payload = parse_qs(parts.query).get("start", [""])[0]
        fields = {"bot": bot["id"], "text": f"/start {payload}".strip()}
        return small_form(reader, "start", str(item["text"]), fields)
    safe = url if parts.scheme in {"http", "https"} else "#"
    return tag("a", item["text"], href=safe, target="_blank", rel="noopener", class_="button")


def small_form(reader: Reader, action: str, label: str, fields: dict[str, Any]) -> Markup:
    hidden = [
        tag("input", type="hidden", name=name, value=value)
        for name, value in {"as": reader.person, **fields}.items()
    ]
    return tag(
        "form", hidden, tag("button", label), method="post", class_=action,
        action=f"/chat/{reader.chat['id']}/{action}",
    )  # fmt: skip


# The composer, or why there is none


def standing(reader: Reader) -> Markup:
    """What the chosen person may do here now."""
    say, name = reader.words, reader.name(reader.person)
    found = reader.city.member(reader.chat["id"], reader.person)
    until = found["until_date"]
    term = say["until"].format(time=day_and_time(until)) if until else say["forever"]
    silenced = found["status"] == "restricted" and not found["rights"].get("can_send_messages")
    if found["status"] == "kicked":
        content: Node = tag("p", say["kicked"].format(name=name, until=term), class_="stop")
    elif not found["is_member"] and found["status"] not in {"creator", "administrator", "member"}:
        content = (
            tag("p", say["not_member"].format(name=name)),
            small_form(reader, "join", say["join"], {}),
        )
    elif silenced:
        content = tag("p", say["restricted"].format(name=name, until=term), class_="stop")
    else:
        content = composer(reader)
    return tag("div", content, id="standing", data_state=f"{found['status']}-{until}-{silenced}")


def composer(reader: Reader) -> Markup:
    say = reader.words
    return tag(
        "form",
        tag("input", type="hidden", name="as", value=reader.person),
        tag("input", type="hidden", name="edit", value=""),
        tag("label", tag("span", say["photo"], class_="hidden"), tag("input", type="file", name="photo", accept="image/jpeg,image/png"), class_="attach", title=say["photo"]),
        tag("textarea", name="text", rows=1, maxlength=4096, placeholder=say["message"], aria_label=say["message"]),
        tag("button", say["send"], data_send=say["send"], data_save=say["save"]),
        method="post",
        action=f"/chat/{reader.chat['id']}/say",
        enctype="multipart/form-data",
        class_="composer",
    )  # fmt: skip


# The page


def page(reader: Reader, rows: list[Row], *, since: int, notice: str = "") -> str:
    say, chat = reader.words, reader.chat
    stream = f"/chat/{chat['id']}/stream?as={reader.person}&since={since}"
    main = tag(
        "main",
        chat_header(reader),
        tag(
            "ol",
            [message(reader, row) for row in rows],
            tag("li", say["start"] if chat["type"] == "private" else say["empty"], class_="empty"),
            id="messages",
            data_stream=stream,
            aria_live="polite",
        ),
        tag("p", say["offline"], id="offline", hidden=True),
        tag("p", notice, id="toast", role="status", hidden=not notice,
            data_pressed=say["pressed"], data_refused=say["refused"]),
        tag("footer", person_form(reader), standing(reader)),
    )  # fmt: skip
    return shell(reader.lang, chat_title(reader, chat), sidebar(reader), main)


def shell(lang: str, title: str, *content: Node) -> str:
    say = words(lang)
    switch = [
        tag(
            "a",
            code.upper(),
            href=f"?lang={code}",
            lang=code,
            aria_current=str(code == lang).lower(),
        )
        for code in ("kk", "ru")
    ]
    top = tag(
        "header",
        tag("strong", say["title"]),
        tag("span", say["stand"], class_="stand"),
        tag("nav", switch),
        class_="top",
    )
    head = (
        tag("link", rel="stylesheet", href="/static/chat.css"),
        tag("script", src="/static/chat.js", defer=True),
    )
    body = (top, tag("div", content, class_="columns"))
    return document(lang=lang, title=f"{title} — {say['title']}", head=head, body=body)


def chat_title(reader: Reader, chat: Row) -> str:
    return chat["title"] or reader.words["private"]


def chat_header(reader: Reader) -> Markup:
    say, chat, city = reader.words, reader.chat, reader.city
    ids = city.member_ids(chat["id"])
    inside = [uid for uid in ids if city.member(chat["id"], uid)["status"] in INSIDE]
    guards = [
        reader.name(bot["user_id"])
        for bot in city.bots()
        if city.member(chat["id"], bot["user_id"])["status"] == "administrator"
    ]
    watched = say["moderated"].format(bot=", ".join(guards)) if guards else say["unguarded"]
    people = f"{len(inside)} {say['people']}"
    more = None if chat["type"] == "private" else tag("span", f"{people} · {watched}")
    title = chat_title(reader, chat)
    return tag(
        "div",
        avatar(title, chat["id"]),
        tag("div", tag("h1", title), more),
        class_="chat-header",
    )


def sidebar(reader: Reader) -> Markup:
    city, here = reader.city, reader.chat["id"]
    private = city.chat(reader.person)
    chats = city.chats() + ([private] if private else [])
    items = []
    for chat in chats:
        last = city.one(
            "SELECT body FROM messages WHERE chat_id=? AND deleted_at IS NULL "
            "ORDER BY message_id DESC LIMIT 1",
            chat["id"],
        )
        body = json.loads(last["body"]) if last else {}
        title = chat_title(reader, chat)
        link = tag(
            "a",
            avatar(title, chat["id"]),
            tag(
                "span", tag("b", title), tag("small", body.get("text") or body.get("caption") or "")
            ),
            href=f"/chat/{chat['id']}?as={reader.person}",
            aria_current="page" if chat["id"] == here else None,
        )
        items.append(tag("li", link))
    hint = tag("p", reader.words["try"], class_="hint")
    return tag("aside", tag("h2", reader.words["chats"]), tag("ul", items), hint)


def person_form(reader: Reader) -> Markup:
    say, city = reader.words, reader.city
    people = city.rows("SELECT * FROM users WHERE NOT is_bot ORDER BY first_name, last_name")
    options = [
        tag("option", reader.name(row["id"]), value=row["id"], selected=row["id"] == reader.person)
        for row in people
        if reader.chat["type"] != "private" or row["id"] == reader.person
    ]
    return tag(
        "form",
        tag("label", say["write_as"], tag("select", options, name="as")),
        tag("button", say["choose"]),
        tag("button", say["cancel"], type="button", id="cancel", hidden=True),
        action=f"/chat/{quote(str(reader.chat['id']))}",
        class_="person",
    )
