"""A page as its readers need it: elements with their words, embedded data, and nothing that fails.

Pages change without notice and fraudsters write into them, so everything is bounded and nothing is
trusted to be there: what cannot be read is simply absent.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from tereze.core.html_body import BLOCKS
from tereze.core.html_tags import End, Start, tokens


LONGEST = 3_000_000
MOST_ELEMENTS = 60_000
DEEPEST = 200  # of nested elements, and of embedded data
MOST_DATA = 20_000  # values of one page's embedded data that are walked
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
UNSEEN = {"script", "style", "noscript", "template", "svg", "iframe", "noembed", "noframes"}
SPACES = re.compile(r"[^\S\n]+")


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
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
                if item.tag in BLOCKS:
                    yield "\n"
                    stack.append("\n")
                stack.extend(reversed(item.children))


class Builder:
    def __init__(self) -> None:
        self.root = Element("html", {})
        self.open = [self.root]
        self.tags: Counter[str] = Counter()  # of those that are open
        self.all: list[Element] = []

    def read(self, html: str) -> None:
        for token in tokens(html):
            if isinstance(token, str):
                self.open[-1].children.append(token)
            elif isinstance(token, End):
                self.close(token.tag)
            elif len(self.all) < MOST_ELEMENTS:
                self.add(token)

    def add(self, start: Start) -> None:
        element = Element(start.tag, start.attributes)
        self.open[-1].children.append(element)
        self.all.append(element)
        if not (start.is_closed or start.tag in VOID) and len(self.open) <= DEEPEST:
            self.open.append(element)
            self.tags[start.tag] += 1

    def close(self, tag: str) -> None:
        """With what is open inside; nothing where none of that name is."""
        while self.tags[tag]:
            inner = self.open.pop().tag
            self.tags[inner] -= 1
            if inner == tag:
                return


class Markup:
    """`Markup(html, url).first(".price").line`, `.data("Product")`, `.meta("og:title")`."""

    def __init__(self, html: str, url: str = "") -> None:
        builder = Builder()
        builder.read(html[:LONGEST])
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
