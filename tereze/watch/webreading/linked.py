"""Comments as a page tells them to search engines: schema.org in JSON-LD."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from tereze.watch.webreading.found import MOST_ITEMS, Item
from tereze.watch.webreading.pictures import distinct, picture_at, pictures_in
from tereze.watch.webreading.times import moment
from tereze.watch.webreading.words import link_of, plain


KINDS = {"comment", "usercomments", "answer", "discussionforumposting", "review", "socialmediaposting"}  # fmt: skip
MOST_VALUES = 20_000
WORDS = ("text", "commentText", "reviewBody", "articleBody")


def comments(tree: LexborHTMLParser, url: str, *, zone: str, at: datetime) -> list[Item]:
    found: list[Item] = []
    for script in tree.css("script[type='application/ld+json']"):
        try:
            document = json.loads(script.text(deep=True) or "")
        except (ValueError, RecursionError):
            continue
        found += [entry(row, url, zone, at) for row in objects(document) if is_comment(row)]
    return found[:MOST_ITEMS]


def objects(document: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, the outer ones first."""
    waiting, count = [document], 0
    while waiting and count < MOST_VALUES:
        here = waiting.pop(0)
        count += 1
        if isinstance(here, dict):
            yield here
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def is_comment(row: dict[str, Any]) -> bool:
    kinds = row.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(str(name).lower() in KINDS for name in names) and any(row.get(n) for n in WORDS)


def entry(row: dict[str, Any], url: str, zone: str, at: datetime) -> Item:
    author = row.get("author") or row.get("creator")
    if isinstance(author, list):
        author = author[0] if author else {}
    person = author if isinstance(author, dict) else {"name": author}
    published = moment(said(row, "dateCreated", "datePublished", "commentTime"), zone=zone, at=at)
    updated = moment(said(row, "dateModified"), zone=zone, at=at)
    link = link_of(said(row, "url"), url)
    return Item(
        id=said(row, "@id", "identifier") or link,
        text=plain(said(row, *WORDS), url),
        author=said(person, "name"),
        author_id=link_of(said(person, "url"), url),
        at=published or updated,
        edited=updated if published and updated > published else "",
        link=link,
        pictures=distinct(shown(row, url)),
    )


def shown(row: dict[str, Any], url: str) -> Iterator[str]:
    images = row.get("image")
    for one in images if isinstance(images, list) else [images]:
        address = said(one, "contentUrl", "url") if isinstance(one, dict) else str(one or "")
        if found := picture_at(address, url):
            yield found
    yield from pictures_in(said(row, *WORDS), url)


def said(row: dict[str, Any], *names: str) -> str:
    found = (row.get(name) for name in names)
    return next((str(one) for one in found if isinstance(one, str | int) and one), "")
