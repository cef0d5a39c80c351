"""Comments on a page, found by a recipe: CSS selectors that an IT specialist can read and change.

    comment  one comment                   li.comment
    text     its words, inside it          .comment-text      empty: all of it
    author   who wrote it                  .author            a link's address is the author's id
    time     when                          time@datetime      `@name` takes an attribute
    link     its own address               a.permalink@href
    id       what the site calls it        @data-id           empty: `id`, `data-id`, the link, or
                                                              author and moment, or the words
    next     where the comments go on      a[rel=next]@href
    threads  pages that hold comments      .news-list a@href  where the page is only a list of them

A recipe of `{"way": "json-ld"}` reads what the page says to search engines.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from tereze.watch.webreading import linked
from tereze.watch.webreading.found import MOST_ITEMS, Item, Sheet, clipped
from tereze.watch.webreading.names import unlike
from tereze.watch.webreading.pictures import distinct, pictures_of
from tereze.watch.webreading.times import moment
from tereze.watch.webreading.words import lasting, link_of, same_host, words_of


FIELDS = ("comment", "text", "author", "time", "link", "id", "next", "threads")
NAMED = ("id", "data-id", "data-comment-id", "data-post-id")
MOST_THREADS = 20
FEEDS = "link[rel~=alternate][type*=rss], link[rel~=alternate][type*=atom]"


class BadSelectorError(Exception):
    """Not CSS; its own words are the field's name."""


def split(selector: str) -> tuple[str, str]:
    """`time@datetime` is a selector and an attribute."""
    before, mark, name = selector.rpartition("@")
    if mark and name.replace("-", "").replace("_", "").isalnum():
        return before.strip(), name.strip().lower()
    return selector.strip(), ""


def all_of(node: LexborNode | LexborHTMLParser, selector: str, field: str) -> list[LexborNode]:
    try:
        return list(node.css(selector))
    except (SelectolaxError, ValueError) as error:
        raise BadSelectorError(field) from error


class Page:
    """A parsed page that is read by one recipe after the other."""

    def __init__(
        self, html: str, url: str, *, zone: str, at: datetime, pictures: bool = False
    ) -> None:
        self.tree, self.pictures = LexborHTMLParser(html), pictures
        self.url, self.zone, self.at = url, zone, at

    @property
    def title(self) -> str:
        found = self.tree.css_first("title")
        return " ".join((found.text() or "").split())[:200] if found else ""

    def feeds(self) -> tuple[str, ...]:
        found = (link_of(n.attributes.get("href") or "", self.url) for n in self.tree.css(FEEDS))
        return tuple(dict.fromkeys(one for one in found if one))[:5]

    def read(self, recipe: Mapping[str, str]) -> Sheet:
        if recipe.get("way") == "json-ld":
            items = linked.comments(self.tree, self.url, zone=self.zone, at=self.at)
        else:
            items = self.comments(recipe)
        empty = sum(not item.text and not item.pictures for item in items[:MOST_ITEMS])
        if not self.pictures:
            items = [replace(item, pictures=()) for item in items]
        items = unlike([clipped(item) for item in items[:MOST_ITEMS]])
        return Sheet(
            what="page",
            title=self.title,
            items=tuple(item for item in items if item.text or item.pictures),
            empty=empty,
            next=self.next_of(recipe),
            threads=self.threads_of(recipe),
            feeds=self.feeds(),
            recipe=dict(recipe),
        )

    def comments(self, recipe: Mapping[str, str]) -> list[Item]:
        selector = recipe.get("comment", "").strip()
        found = all_of(self.tree, selector, "comment") if selector else []
        nodes = {node.mem_id: node for node in found[: MOST_ITEMS * 2]}
        return [self.item(node, recipe, set(nodes)) for node in nodes.values()]

    def item(self, node: LexborNode, recipe: Mapping[str, str], nodes: set[int]) -> Item:
        def part(field: str) -> list[LexborNode]:
            return own(node, split(recipe.get(field, ""))[0], field, nodes)

        def value(field: str) -> str:
            name = split(recipe.get(field, ""))[1]
            found = part(field) if recipe.get(field, "").strip() else []
            if not found:
                return ""
            return found[0].attributes.get(name) or "" if name else words_of(found[0], self.url)

        others = nodes - {node.mem_id}
        author, when = value("author"), value("time")
        texts = part("text") if recipe.get("text", "").strip() else [node]
        # what is read as its own field is not said again as the comment's words
        named_parts = [name for name in ("author", "time") if split(recipe.get(name, ""))[0]]
        around = {n.mem_id for name in named_parts for n in part(name)}
        leave = others | (around if texts == [node] else set())
        anchor = node.attributes.get("id") or ""
        link = lasting(link_of(value("link"), self.url)) or (
            f"{self.url}#{anchor}" if anchor else ""
        )
        at = moment(when, zone=self.zone, at=self.at)
        return Item(
            id=value("id") or named(node) or (link if link != self.url else ""),
            text="\n".join(filter(None, (words_of(one, self.url, leave) for one in texts))),
            author=" ".join(author.split()),
            author_id=profile(part("author"), self.url) if author else "",
            at=at,
            link=link,
            pictures=distinct(pictures_of(node, self.url, others | around)),
        )

    def next_of(self, recipe: Mapping[str, str]) -> str:
        selector, name = split(recipe.get("next", ""))
        found = all_of(self.tree, selector, "next") if selector else []
        for node in found:
            target = lasting(link_of(node.attributes.get(name or "href") or "", self.url))
            if target and target != self.url and same_host(target, self.url):
                return target
        return ""

    def threads_of(self, recipe: Mapping[str, str]) -> tuple[str, ...]:
        selector, name = split(recipe.get("threads", ""))
        found = all_of(self.tree, selector, "threads") if selector else []
        targets = (link_of(n.attributes.get(name or "href") or "", self.url) for n in found)
        own_site = (
            lasting(one.partition("#")[0]) for one in targets if one and same_host(one, self.url)
        )
        return tuple(dict.fromkeys(own_site))[:MOST_THREADS]


def own(node: LexborNode, selector: str, field: str, nodes: set[int]) -> list[LexborNode]:
    """What fits inside this comment and not inside an answer to it that stands within."""
    if not selector:
        return [node]
    return [one for one in all_of(node, selector, field) if comment_of(one, nodes) == node.mem_id]


def comment_of(node: LexborNode | None, nodes: set[int]) -> int:
    steps = 0
    while node is not None and steps < 1000:
        if node.mem_id in nodes:
            return node.mem_id
        node, steps = node.parent, steps + 1
    return 0


def named(node: LexborNode) -> str:
    return next((found for name in NAMED if (found := node.attributes.get(name) or "")), "")


def profile(found: list[LexborNode], url: str) -> str:
    """Where the author's name leads, without what differs from visit to visit."""
    for node in found[:1]:
        links = [node] if node.tag == "a" else list(node.css("a[href]"))[:1]
        for link in links:
            target = link_of(link.attributes.get("href") or "", url)
            if target and target.partition("#")[0] != url.partition("#")[0]:
                return lasting(target.partition("#")[0])
    return ""
