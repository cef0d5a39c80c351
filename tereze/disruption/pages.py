"""What a person would see first on a page: title, headings, pieces of text."""

import re
from dataclasses import dataclass

from tereze.core.html_tags import End, tokens


HIDDEN = {"script", "style", "noscript", "template", "svg", "head", "iframe", "noembed", "noframes"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LONGEST = 2_000_000
SPACE = re.compile(r"\s+")


def sound(text: str) -> str:
    """Without what no file and no database takes: half a letter, as scripts cut them, and nothing."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class PageText:
    title: str = ""
    main: tuple[str, ...] = ()  # headings of the first level
    headings: tuple[str, ...] = ()  # of all levels
    pieces: tuple[str, ...] = ()  # the page's text nodes

    @property
    def text(self) -> str:
        return " ".join(self.pieces)


class Reader:
    def __init__(self) -> None:
        self.title: list[str] = []
        self.headings: list[tuple[str, list[str]]] = []
        self.pieces: list[str] = []
        self.hidden = 0
        self.inside = ""  # the title, or the heading that was opened last

    def read(self, html: str) -> None:
        for token in tokens(html):
            if isinstance(token, str):
                self.take(SPACE.sub(" ", token).strip())
            elif isinstance(token, End):
                self.end(token.tag)
            elif not token.is_closed:
                self.start(token.tag)

    def start(self, tag: str) -> None:
        if tag in HIDDEN:
            self.hidden += 1
        if tag == "body":
            self.hidden = 0  # an unclosed head hides nothing more
        if tag == "title" or tag in HEADINGS:
            self.inside = tag
        if tag in HEADINGS:
            self.headings.append((tag, []))

    def end(self, tag: str) -> None:
        if tag in HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        if tag == "title" or tag in HEADINGS:
            self.inside = ""

    def take(self, text: str) -> None:
        if not text:
            return
        if self.inside == "title":
            self.title.append(text)
        elif not self.hidden:
            self.pieces.append(text)
            if self.inside:
                self.headings[-1][1].append(text)


def read_page(html: str) -> PageText:
    """Never fails: a broken page is read as far as it goes."""
    reader = Reader()
    reader.read(html[:LONGEST])
    headings = [(tag, " ".join(words)[:300]) for tag, words in reader.headings if words]
    return PageText(
        title=" ".join(reader.title)[:300],
        main=tuple(text for tag, text in headings if tag == "h1"),
        headings=tuple(text for _, text in headings),
        pieces=tuple(reader.pieces),
    )
