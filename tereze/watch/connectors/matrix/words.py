"""The words of an event, as whoever reads the room sees them. Everything in it is outside text."""

import re
from typing import Any

from selectolax.lexbor import LexborNode

from tereze.core.html_body import BLOCKS, body_of
from tereze.watch.received import File, is_picture


LONGEST = 65_536  # a whole event is no longer
MOST_WITHIN = 10  # images in one text
LONGEST_ID = 255  # as servers agreed; what is longer no index of the database takes
BREAKS = BLOCKS | {"mx-reply"}
ATTRIBUTES = ("data-mx-spoiler", "data-mx-maths")
PICTURE = ("alt", "title")
TEMPLATE = re.compile(r"(</?)template\b", re.IGNORECASE)
MEDIA = {
    "m.image": "photo",
    "m.video": "video",
    "m.audio": "audio",
    "m.file": "document",
    "m.location": "location",
}
POLLS = ("m.poll.start", "org.matrix.msc3381.poll.start")
POLL_ENDS = ("m.poll.end", "org.matrix.msc3381.poll.end")
MXC = re.compile(r"mxc://[A-Za-z0-9.:\-\[\]]{1,255}/[A-Za-z0-9_\-]{1,255}")
FALLBACK = re.compile(r"<@[^>\s]+>\s?")


def clean(value: Any) -> str:
    """Text that every database keeps: no byte zero, no half of a character."""
    if not isinstance(value, str):
        return ""
    return value[:LONGEST].replace("\0", "").encode("utf-8", "replace").decode()


def identifier(value: Any) -> str:
    found = clean(value)
    return found if len(found.encode()) <= LONGEST_ID else ""


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def rendered(html: str, *, is_reply: bool = False) -> str:
    """What a formatted body shows, with the addresses behind its links. The quotation above a reply
    is not shown where clients bring the real one; in anything else it is text."""
    parts: list[str] = []
    # a template would hide from us what clients show
    stack: list[LexborNode | str | None] = [body_of(TEMPLATE.sub(r"\1div", html))]
    while stack:
        here = stack.pop()
        if here is None or isinstance(here, str):
            parts.append(here or "")
        elif here.is_text_node:
            parts.append(here.text_content or "")
        elif not (is_reply and here.tag == "mx-reply"):
            parts += ["\n" if here.tag in BREAKS else "", *attributes(here)]
            stack.append(link(here) if here.tag == "a" else "\n" if here.tag in BREAKS else "")
            stack.extend(reversed(list(here.iter(include_text=True))))
    lines = (" ".join(line.split()) for line in "".join(parts).splitlines())
    return "\n".join(line for line in lines if line)


def attributes(node: LexborNode) -> list[str]:
    """Words that clients show although they stand in no text."""
    found = node.attributes
    shown_ones = ATTRIBUTES + (PICTURE if node.tag == "img" else ())
    return [f" {words} " for name in shown_ones if (words := found.get(name))]


def link(node: LexborNode) -> str:
    target = node.attributes.get("href") or ""
    is_mention = target.startswith(("https://matrix.to/#/@", "matrix:u/"))
    return "" if is_mention or target in node.text() else f" {target} "


def shown(plain: str, content: dict[str, Any], *, is_reply: bool = False) -> str:
    """Clients show the formatted body, bridges and simple clients the plain one. Both are said:
    an advert must not hide in the one that somebody did not look at."""
    html = clean(content.get("formatted_body"))
    if not html or content.get("format") != "org.matrix.custom.html":
        return plain
    rich = rendered(html, is_reply=is_reply)
    if letters(rich) in letters(plain):
        return plain
    return rich if letters(plain) in letters(rich) else f"{rich}\n{plain}"


def split_reply(body: str) -> tuple[str, str]:
    """The quotation that older clients put above a reply, and the reply itself."""
    lines = body.split("\n")
    count = next((n for n, line in enumerate(lines) if not line.startswith(">")), len(lines))
    if not count:
        return "", body
    quoted = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines[:count])
    return FALLBACK.sub("", quoted, count=1).strip(), "\n".join(lines[count:]).lstrip("\n")


def pictures(kind: str, content: dict[str, Any]) -> tuple[File, ...]:
    """An image or sticker, a file that is called one, the still of a video, and what stands within a
    text. What is encrypted, or lies elsewhere, cannot be read."""
    told = content.get("msgtype") if kind == "m.room.message" else kind
    info = mapping(content.get("info"))
    found = within(content)
    if told in {"m.image", "m.sticker"} or (
        told == "m.file" and is_picture(clean(info.get("mimetype")))
    ):
        found.append(content.get("url"))
    elif told == "m.video":
        found.append(info.get("thumbnail_url"))
    names = dict.fromkeys(clean(one) for one in found)
    return tuple(File(name=name, file=name) for name in names if MXC.fullmatch(name))


def within(content: dict[str, Any]) -> list[Any]:
    """Images that clients show in the midst of words. Emoticons they show no larger than a letter."""
    html = clean(content.get("formatted_body"))
    body = body_of(TEMPLATE.sub(r"\1div", html)) if "mxc:" in html.lower() else None
    found = body.css("img:not([data-mx-emoticon])") if body else []
    return [image.attributes.get("src") for image in found[:MOST_WITHIN]]


def file_words(name: str) -> str:
    """A file's name is read in the room too: "Куплю_карту_срочно.pdf"."""
    stem = name.rpartition(".")[0] or name
    return re.sub(r"[_\-.]+", " ", stem).strip()


def poll_words(content: dict[str, Any]) -> str:
    """Of every shape that stands in the event: each client reads the one it knows."""
    polls = [mapping(content.get(key)) for key in (*POLLS, "m.poll")]
    parts = [
        part
        for poll in polls
        for answers in [poll.get("answers")]
        for part in (poll.get("question"), *(answers if isinstance(answers, list) else []))
    ]
    return "\n".join(dict.fromkeys(words for part in parts for words in extensible(mapping(part))))


def extensible(part: dict[str, Any]) -> list[str]:
    """Text in the shapes that polls had over the years."""
    rows = part.get("m.text")
    found = [part.get("body"), part.get("org.matrix.msc1767.text"), rows]
    found += [mapping(row).get("body") for row in rows] if isinstance(rows, list) else []
    return [words for one in found if (words := clean(one))]


def place_words(content: dict[str, Any]) -> str:
    places = [mapping(content.get(key)) for key in ("m.location", "org.matrix.msc3488.location")]
    found = dict.fromkeys(clean(place.get("description")) for place in places)
    return "\n".join(words for words in found if words)
