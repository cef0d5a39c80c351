"""Text of a message and its entities: HTML and MarkdownV2 as bots write them, links as people do.

Offsets and lengths are counted in UTF-16 code units, as the protocol demands.
"""

import re
from html import unescape
from typing import Any

from .errors import ApiError, bad_request
from .params import whole


LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
HTML_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
    "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
MARKDOWN_MARKS = {
    "*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler",
    "`": "code", "```": "pre",
}  # fmt: skip
MARKDOWN_RESERVED = set("_*[]()~`>#+-=|{}.!")
HTML_TOKEN = re.compile(r"<(/?)([a-zA-Z0-9-]+)([^<>]*)>|<")
HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
FOUND_BY_SERVER = (
    ("url", re.compile(r"(?:https?://|www\.)[^\s<>«»]+|\b[\w-]+(?:\.[\w-]+)*\.(?:kz|com|ru|net|org|me|top|site|xyz)\b(?:/[^\s<>«»]*)?", re.IGNORECASE)),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}")),
    ("bot_command", re.compile(r"(?<!\S)/\w{1,32}(?:@\w+)?")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
    ("phone_number", re.compile(r"(?<!\w)\+\d[\d() -]{8,18}\d")),
)  # fmt: skip


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse(text: str, mode: str, entities: Any) -> tuple[str, list[dict[str, Any]]]:
    if mode.lower() == "html":
        plain, found = parse_html(text)
    elif mode.lower() in {"markdownv2", "markdown"}:
        plain, found = parse_markdown(text, strict=mode.lower() == "markdownv2")
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        plain, found = text, given_entities(entities)
    return trimmed(plain, found)


def given_entities(entities: Any) -> list[dict[str, Any]]:
    if entities is None:
        return []
    if not isinstance(entities, list) or not all(isinstance(item, dict) for item in entities):
        raise cannot_parse("expected an Array of Objects")
    return [
        {
            **item,
            "type": str(item.get("type")),
            "offset": whole(item.get("offset")),
            "length": whole(item.get("length")),
        }
        for item in entities
    ]


def trimmed(plain: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    start = units(plain) - units(plain.lstrip())
    plain = plain.strip()
    for entity in entities:
        entity["offset"] = max(0, entity["offset"] - start)
        entity["length"] = min(entity.get("length", 0), units(plain) - entity["offset"])
    kept = [entity for entity in entities if entity["length"] > 0]
    return plain, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    plain, at = "", 0
    opened: list[tuple[str, dict[str, Any]]] = []
    found: list[dict[str, Any]] = []
    for token in HTML_TOKEN.finditer(text):
        plain += unescape(text[at : token.start()])
        at = token.end()
        offset = len(text[: token.start()].encode())
        name = (token.group(2) or "").lower()
        if not name or name not in HTML_TAGS:
            raise cannot_parse(f'Unsupported start tag "{name}" at byte offset {offset}')
        if not token.group(1):
            opened.append((name, opening(name, token.group(3), units(plain))))
        elif not opened or opened[-1][0] != name:
            raise cannot_parse(f"Unexpected end tag at byte offset {offset}")
        else:
            found.extend(closed(opened.pop()[1], plain))
    if opened:
        raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    return plain + unescape(text[at:]), found


def opening(name: str, attributes: str, offset: int) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": HTML_TAGS[name], "offset": offset}
    if name == "a":
        href = HREF.search(attributes)
        entity["url"] = unescape(next(filter(None, href.groups()), "")) if href else ""
    return entity


def closed(entity: dict[str, Any], plain: str) -> list[dict[str, Any]]:
    entity["length"] = units(plain) - entity["offset"]
    if entity["type"] == "text_link" and not entity["url"]:
        return []
    return [entity]


def parse_markdown(text: str, *, strict: bool) -> tuple[str, list[dict[str, Any]]]:
    plain, at = "", 0
    opened: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            plain, at = plain + text[at + 1], at + 2
            continue
        link = re.match(r"\[([^\]]*)\]\(([^)]*)\)", text[at:])
        if link:
            offset = units(plain)
            plain += link.group(1)
            found.extend(
                closed({"type": "text_link", "offset": offset, "url": link.group(2)}, plain)
            )
            at += link.end()
            continue
        mark = next(
            (m for m in ("```", "||", "__", "*", "_", "~", "`") if text.startswith(m, at)), ""
        )
        if mark:
            if opened and opened[-1]["type"] == MARKDOWN_MARKS[mark]:
                found.extend(closed(opened.pop(), plain))
            else:
                opened.append({"type": MARKDOWN_MARKS[mark], "offset": units(plain)})
            at += len(mark)
            continue
        if strict and char in MARKDOWN_RESERVED:
            raise cannot_parse(
                f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
            )
        plain, at = plain + char, at + 1
    if opened:
        offset = len(plain.encode("utf-16-le")) // 2
        raise cannot_parse(
            f"Can't find end of {opened[-1]['type'].capitalize()} entity at byte offset {offset}"
        )
    return plain, found


def discover(text: str) -> list[dict[str, Any]]:
    """Entities the server itself finds in what a person typed."""
    found = []
    for kind, pattern in FOUND_BY_SERVER:
        for match in pattern.finditer(text):
            offset = units(text[: match.start()])
            found.append({"type": kind, "offset": offset, "length": units(match.group())})
    return sorted(found, key=lambda entity: int(entity["offset"]))
