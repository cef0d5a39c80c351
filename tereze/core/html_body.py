"""The tree of a stranger's short piece of HTML, as a browser builds it."""

import re
from collections.abc import Iterator
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tereze.core.html_tags import End, Start, tokens


FORMATTING = re.compile(
    r"(</?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])",
    re.IGNORECASE | re.ASCII,
)
# where a line of words begins and ends
BLOCKS = frozenset(
    ("p", "div", "br", "hr", "li", "ul", "ol", "dt", "dd", "tr", "table", "section", "pre")
) | {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
DEEPEST = 1000  # elements in each other; browsers themselves stop at 512
# these hold nothing, or end where the next one begins
SHALLOW = {"area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta"} | {
    "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr"
}  # fmt: skip
SILENT = {"script", "style"}
SAID = ("href", "alt", "title", "data-mx-spoiler", "data-mx-maths")


def body_of(html: str) -> LexborNode | None:
    """The break before it keeps it from becoming a document of frames, which has no words. What is
    bold in one paragraph goes on in every next one, each time as new elements: 20 KB of
    `<p><b a=1><b a=2>…<p>x<p>x` would take a gigabyte, so nothing is bold. A tree costs the square
    of its depth, minutes for a letter of `<div><div>…`: of one that nobody wrote the words are left.
    """
    html = FORMATTING.sub(r"\1span", html)
    return LexborHTMLParser("<br>" + ("".join(flat(html)) if is_deep(html) else html)).body


def is_deep(html: str) -> bool:
    """Only an end that closes the very last element counts: a parser ignores many a one."""
    if html.count("<") <= DEEPEST:
        return False
    stack: list[str] = []
    for token in tokens(html):
        if isinstance(token, Start) and token.tag not in SHALLOW:
            stack.append(token.tag)
        elif isinstance(token, End) and stack and stack[-1] == token.tag:
            stack.pop()
        if len(stack) > DEEPEST:
            return True
    return False


def flat(html: str) -> Iterator[str]:
    silent = False
    for token in tokens(html):
        if isinstance(token, str):
            yield "" if silent else escape(token)
            continue
        silent = isinstance(token, Start) and token.tag in SILENT
        if token.tag in BLOCKS:
            yield "<br>"
        if isinstance(token, Start):
            yield from (
                f" {escape(token.attributes[name])} " for name in SAID if name in token.attributes
            )
