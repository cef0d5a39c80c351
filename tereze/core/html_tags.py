"""The tags and words of strangers' HTML, in time and memory that grow with its length.

The standard library's parser takes minutes for some of it and raises on other. A tree as browsers
build it is no way out: it costs the square of its depth, and 20 KB of `<b a=1><b a=2>…<p>x<p>x` a
gigabyte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape


MARK = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE | re.ASCII)  # else it is a sign: "5 < 7"
NAME = re.compile(r"(/?)([a-z][^\s/>]*)", re.IGNORECASE | re.ASCII)
ATTRIBUTE = re.compile(
    r"[\s/]*+([^\s/>][^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"([^\"]*+)(?:\"|\Z)|'([^']*+)(?:'|\Z)|([^\s>]*+)))?+",
    re.ASCII,
)
TAG_END = re.compile(r"[\s/]*+>", re.ASCII)
COMMENT_END = re.compile(r"-->|(?<!<!)--!>")
RAW = {  # what stands in them is no markup
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp")
}
REFERENCE = re.compile(r"&#?[a-z0-9]+;", re.IGNORECASE | re.ASCII)
LONG_NUMBER = re.compile(r"&#[0-9]{9,};?")  # no character, and more digits than Python takes


@dataclass(frozen=True, slots=True)
class Start:
    tag: str
    attributes: dict[str, str]
    is_closed: bool = False  # `<svg/>`


@dataclass(frozen=True, slots=True)
class End:
    tag: str


def tokens(html: str) -> Iterator[Start | End | str]:
    """In the page's order. What a tag or a comment swallows that is left open is not there, as in a
    browser."""
    at = 0
    while mark := MARK.search(html, at):
        if mark.start() > at:
            yield words(html[at : mark.start()])
        name = NAME.match(html, mark.end())
        if name is None:
            at = after_comment(html, mark.end())
            continue
        attributes, at = attributes_at(html, name.end())
        end = TAG_END.match(html, at)
        if end is None:
            return
        at, tag = end.end(), name[2].lower()
        if name[1]:
            yield End(tag)
            continue
        yield Start(tag, attributes, is_closed="/" in end[0] and tag not in RAW)
        if tag in RAW:
            closing = RAW[tag].search(html, at)
            inside = html[at : closing.start() if closing else None]
            at += len(inside)
            yield words(inside) if tag in {"title", "textarea"} else inside
    if at < len(html):
        yield words(html[at:])


def attributes_at(html: str, at: int) -> tuple[dict[str, str], int]:
    """And where they end. The first of a name counts."""
    found: dict[str, str] = {}
    while part := ATTRIBUTE.match(html, at):
        value = next((value for value in part.groups()[1:] if value is not None), "")
        # an address may hold `&timestamp=`, which is no sign of multiplication
        plain = REFERENCE.sub(lambda sign: words(sign[0]), value)
        found.setdefault(part[1].lower(), plain)
        at = part.end()
    return found, at


def after_comment(html: str, at: int) -> int:
    """`<!--…-->`; a doctype and what else is no tag go on to the next `>`."""
    if html.startswith("!--", at):
        end = COMMENT_END.search(html, at + 1)
        return end.end() if end else len(html)
    return html.find(">", at) + 1 or len(html)


def words(text: str) -> str:
    return unescape(LONG_NUMBER.sub("\ufffd", text))
