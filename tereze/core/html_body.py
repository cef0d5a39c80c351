"""The tree of a stranger's short piece of HTML, as a browser builds it."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode


FORMATTING = re.compile(
    r"(</?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])",
    re.IGNORECASE | re.ASCII,
)
# where a line of words begins and ends
BLOCKS = frozenset(
    ("p", "div", "br", "hr", "li", "ul", "ol", "dt", "dd", "tr", "table", "section", "pre")
) | {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}


def body_of(html: str) -> LexborNode | None:
    """The break before it keeps it from becoming a document of frames, which has no words. What is
    bold in one paragraph goes on in every next one, each time as new elements: 20 KB of
    `<p><b a=1><b a=2>…<p>x<p>x` would take a gigabyte, so nothing is bold."""
    return LexborHTMLParser("<br>" + FORMATTING.sub(r"\1span", html)).body
