"""The words of an event, as whoever reads the room sees them. Everything in it is outside text."""

import re
from html.parser import HTMLParser
from typing import Any

from tereze.watch.received import File, is_picture


LONGEST = 65_536  # a whole event is no longer
BREAKS = {"br", "p", "div", "li", "tr", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
MEDIA = {
    "m.image": "photo",
    "m.video": "video",
    "m.audio": "audio",
    "m.file": "document",
    "m.location": "location",
}
POLLS = ("m.poll.start", "org.matrix.msc3381.poll.start")
MXC = re.compile(r"mxc://[A-Za-z0-9.:\-\[\]]{1,255}/[A-Za-z0-9_\-]{1,255}")
FALLBACK = re.compile(r"<@[^>\s]+>\s?")


def clean(value: Any) -> str:
    """Text that every database keeps: no byte zero, no half of a character."""
    if not isinstance(value, str):
        return ""
    return value[:LONGEST].replace("\0", "").encode("utf-8", "replace").decode()


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


class Rendered(HTMLParser):
    """What a formatted body shows, with the addresses behind its links."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.in_reply = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "mx-reply":
            self.in_reply += 1
        if tag in BREAKS:
            self.parts.append("\n")
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag == "img" and not self.in_reply:
            self.parts.append(found.get("alt") or found.get("title") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "mx-reply" and self.in_reply:
            self.in_reply -= 1
        if tag == "a" and self.links:
            link = self.links.pop()
            is_mention = link.startswith(("https://matrix.to/#/@", "matrix:u/"))
            if link and not is_mention and link not in "".join(self.parts[-3:]):
                self.handle_data(f" {link} ")
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.in_reply:
            self.parts.append(data)


def rendered(html: str) -> str:
    parser = Rendered()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)


def shown(plain: str, content: dict[str, Any]) -> str:
    """Clients show the formatted body, bridges and simple clients the plain one. Both are said:
    an advert must not hide in the one that somebody did not look at."""
    html = clean(content.get("formatted_body"))
    if not html or content.get("format") != "org.matrix.custom.html":
        return plain
    rich = rendered(html)
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
    """An image, or a file that is called one. What is encrypted, or lies elsewhere, cannot be read."""
    media = clean(content.get("url"))
    told = content.get("msgtype") if kind == "m.room.message" else ""
    image = told == "m.image" or (
        told == "m.file" and is_picture(clean(mapping(content.get("info")).get("mimetype")))
    )
    if not image or not MXC.fullmatch(media):
        return ()
    return (File(name=media, file=media),)


def file_words(name: str) -> str:
    """A file's name is read in the room too: "Куплю_карту_срочно.pdf"."""
    stem = name.rpartition(".")[0] or name
    return re.sub(r"[_\-.]+", " ", stem).strip()


def poll_words(content: dict[str, Any]) -> str:
    poll = next(
        (mapping(content[key]) for key in (*POLLS, "m.poll") if isinstance(content.get(key), dict)),
        {},
    )
    answers = poll.get("answers")
    parts = [poll.get("question"), *(answers if isinstance(answers, list) else [])]
    return "\n".join(words for part in parts if (words := extensible(mapping(part))))


def extensible(part: dict[str, Any]) -> str:
    """Text in the shapes that polls had over the years."""
    for key in ("body", "org.matrix.msc1767.text"):
        if words := clean(part.get(key)):
            return words
    found = part.get("m.text")
    if isinstance(found, list):
        return next((w for row in found if (w := clean(mapping(row).get("body")))), "")
    return clean(found)
