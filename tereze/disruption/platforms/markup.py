"""A page as its readers need it: elements with their words, embedded data, and nothing that fails.

Pages change without notice and fraudsters write into them, so everything is bounded and nothing is
trusted to be there: what cannot be read is simply absent.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit


LONGEST = 3_000_000
MOST_ELEMENTS = 60_000
DEEPEST = 200  # of nested elements, and of embedded data
MOST_DATA = 20_000  # values of one page's embedded data that are walked
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
UNSEEN = {"script", "style", "noscript", "template", "svg"}
BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "section", "dt", "dd"}
SPACES = re.compile(r"[^\S\n]+")


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    @cached_property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        """Its words as one line a paragraph."""
        lines = (SPACES.sub(" ", line).strip() for line in "".join(self.words()).split("\n"))
        return "\n".join(line for line in lines if line)

    @property
    def line(self) -> str:
        return " ".join(self.text.split())

    def words(self) -> Iterator[str]:
        stack: list[Element | str] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                yield item
            elif item.tag not in UNSEEN:
                if item.tag in BREAKS:
                    yield "\n"
                    stack.append("\n")
                stack.extend(reversed(item.children))


class Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("html", {})
        self.now = self.root
        self.depth = 0
        self.all: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self.all) >= MOST_ELEMENTS:
            return
        element = Element(tag, {name: value or "" for name, value in attrs}, self.now)
        self.now.children.append(element)
        self.all.append(element)
        if tag not in VOID and self.depth < DEEPEST:
            self.now = element
            self.depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.now.tag == tag and tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        node: Element | None = self.now
        steps = 0
        while node is not None and node is not self.root and node.tag != tag:
            node = node.parent
            steps += 1
        if node is None or node is self.root:
            return  # closes nothing that is open
        self.now = node.parent or self.root
        self.depth = max(0, self.depth - steps - 1)

    def handle_data(self, data: str) -> None:
        self.now.children.append(data)


class Markup:
    """`Markup(html, url).first(".price").line`, `.data("Product")`, `.meta("og:title")`."""

    def __init__(self, html: str, url: str = "") -> None:
        builder = Builder()
        with contextlib.suppress(AssertionError):  # `<![broken`: read as far as it goes
            builder.feed(html[:LONGEST])
            builder.close()
        self.url = url
        self.elements = builder.all

    def all(self, *selectors: str) -> list[Element]:
        """Elements that fit, of the first selector that fits any. `h1`, `.price`, `[data-x=y]`,
        `a[href*=/user/]`, `img.photo`."""
        for selector in selectors:
            fits = compiled(selector)
            found = [element for element in self.elements if fits(element)]
            if found:
                return found
        return []

    def first(self, *selectors: str) -> Element | None:
        found = self.all(*selectors)
        return found[0] if found else None

    def line(self, *selectors: str) -> str:
        found = self.first(*selectors)
        return found.line if found else ""

    def text(self, *selectors: str) -> str:
        found = self.first(*selectors)
        return found.text if found else ""

    def meta(self, *names: str) -> str:
        for name in names:
            for element in self.metas:
                given = element.attributes
                if name in (given.get("property"), given.get("name"), given.get("itemprop")):
                    content = given.get("content", "").strip()
                    if content:
                        return content
        return ""

    @cached_property
    def metas(self) -> list[Element]:
        return [element for element in self.elements if element.tag == "meta"]

    def link(self, address: str) -> str:
        """As one opens it from this page; empty for what is no address of the web."""
        try:
            whole = urljoin(self.url, address.strip())
            return whole if urlsplit(whole).scheme in {"http", "https"} else ""
        except ValueError:
            return ""

    @cached_property
    def embedded(self) -> list[Any]:
        """JSON-LD and the pages' own state, as far as it is JSON."""
        found = []
        for element in self.elements:
            if element.tag != "script" or "json" not in element.attributes.get("type", ""):
                continue
            try:
                found.append(json.loads("".join(c for c in element.children if isinstance(c, str))))
            except (ValueError, RecursionError):
                continue
        return found

    def data(self, *types: str) -> Iterator[dict[str, Any]]:
        """Embedded objects of these schema.org types, wherever they stand."""
        for item in walk(self.embedded):
            kinds = item.get("@type", ())
            named = {kinds} if isinstance(kinds, str) else set(map(str, kinds or ()))
            if named & set(types):
                yield item


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside, the outer ones first."""
    stack, seen = [(value, 0)], 0
    while stack and seen < MOST_DATA:
        item, depth = stack.pop()
        seen += 1
        if isinstance(item, dict):
            yield item
        inner = list(item.values() if isinstance(item, dict) else item)
        if depth < DEEPEST:
            stack.extend(
                (one, depth + 1) for one in reversed(inner) if isinstance(one, dict | list)
            )


SELECTOR = re.compile(
    r"(?P<tag>[a-z][a-z0-9-]*)?(?P<classes>(?:\.[\w-]+)*)"
    r"(?:\[(?P<name>[\w-]+)(?:(?P<how>[*^]?=)(?P<value>[^\]]*))?\])?$"
)


def compiled(selector: str) -> Any:
    found = SELECTOR.match(selector)
    if found is None:
        raise ValueError(selector)
    tag, name, how, value = found["tag"], found["name"], found["how"], found["value"]
    classes = frozenset(found["classes"].split(".")[1:])

    def fits(element: Element) -> bool:
        if (tag and element.tag != tag) or not classes <= element.classes:
            return False
        if not name:
            return True
        given = element.attributes.get(name)
        if given is None or how is None:
            return given is not None
        if how == "*=":
            return value in given
        return given.startswith(value) if how == "^=" else given == value

    return fits
