"""What a person would see first on a page: title, headings, pieces of text."""

import contextlib
import re
from dataclasses import dataclass
from html.parser import HTMLParser


HIDDEN = {"script", "style", "noscript", "template", "svg", "head"}
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


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title: list[str] = []
        self.headings: list[tuple[str, list[str]]] = []
        self.pieces: list[str] = []
        self.hidden = 0
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HIDDEN:
            self.hidden += 1
        if tag == "body":
            self.hidden = 0  # an unclosed head hides nothing more
        if tag == "title" or tag in HEADINGS:
            self.inside.append(tag)
            if tag in HEADINGS:
                self.headings.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        if tag in self.inside:
            while self.inside and self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        text = SPACE.sub(" ", data).strip()
        if not text:
            return
        where = self.inside[-1] if self.inside else ""
        if where == "title":
            self.title.append(text)
        elif not self.hidden:
            self.pieces.append(text)
            if where in HEADINGS:
                self.headings[-1][1].append(text)


def read_page(html: str) -> PageText:
    """Never fails: a broken page is read as far as it goes."""
    reader = Reader()
    with contextlib.suppress(AssertionError):  # `<![broken` stops the parser
        reader.feed(html[:LONGEST])
    headings = [(tag, " ".join(words)[:300]) for tag, words in reader.headings if words]
    return PageText(
        title=" ".join(reader.title)[:300],
        main=tuple(text for tag, text in headings if tag == "h1"),
        headings=tuple(text for _, text in headings),
        pieces=tuple(reader.pieces),
    )
