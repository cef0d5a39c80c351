"""RSS 0.9x to 2.0, RDF and Atom as feedparser reads them, and JSON Feed, which is plain JSON."""

import calendar
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import feedparser

from tereze.indicators.alphabets import is_utf8, text_of
from tereze.watch.webreading.found import MOST_ITEMS, Item, Sheet, clipped
from tereze.watch.webreading.names import unlike
from tereze.watch.webreading.pictures import distinct, is_small, picture_at, pictures_in
from tereze.watch.webreading.times import moment
from tereze.watch.webreading.words import link_of, plain


DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
UTF8 = {b"utf-8", b"utf8"}
WHOLE = ("yandex_full-text", "turbo_content", "media_text")  # beside a summary, as news write it
JSON_FEED = "jsonfeed.org/version/"


def read_feed(
    body: bytes,
    url: str,
    headers: dict[str, str],
    at: datetime,
    zone: str = "UTC",
    *,
    pictures: bool = False,
) -> Sheet | None:
    """Nothing where this is no feed."""
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return read_json(body, url, at, pictures)
    known = {"content-type": headers.get("content-type", ""), "content-location": url}
    if (plainly := in_utf8(body, known["content-type"])) is not None:
        body, known["content-type"] = plainly, "application/xml; charset=utf-8"
    # a stream, never the text itself: feedparser would open what looks like an address or a file
    found = feedparser.parse(
        io.BytesIO(body),
        response_headers=known,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.get("version"):
        return None
    items = [entry_of(entry, url, at, zone) for entry in found.entries[:MOST_ITEMS]]
    return sheet(plain(str(found.feed.get("title", ""))), items, pictures)


def sheet(title: str, items: list[Item], pictures: bool) -> Sheet:
    if not pictures:
        items = [replace(item, pictures=()) for item in items]
    return Sheet(
        what="feed",
        title=title[:200],
        items=tuple(unlike(clipped(item) for item in items)),
        empty=sum(not item.text for item in items),
    )


def in_utf8(body: bytes, content_type: str) -> bytes | None:
    """Where it is not what it says: old sites write their letters under any name, and one broken letter
    would let the parser guess an alphabet for all of them."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    declared = DECLARED.search(body[:200]) or DECLARED.search(content_type.encode())
    if not is_utf8(body) and (declared and declared[1].lower() not in UTF8):
        return None
    return text_of(body, "utf-8").encode()


def entry_of(entry: Any, url: str, at: datetime, zone: str) -> Item:
    link = link_of(str(entry.get("link") or ""), url)
    bodies = [part.get("value") for part in entry.get("content") or []]
    files = [one.get("title") for one in entry.get("links") or [] if one.get("rel") == "enclosure"]
    whole = [str(entry.get(name) or "") for name in WHOLE]
    told = [*bodies, *whole, entry.get("summary"), entry.get("subtitle"), *files]
    base = link or url  # the feed may lie elsewhere than the site
    body = together(plain(str(part), url) for part in told if part)
    within = (pictures_in(str(part), base) for part in told if part)
    said = {name: stamp_of(entry, name, at, zone) for name in ("published", "created", "updated")}
    published, updated = said["published"] or said["created"], said["updated"]
    return Item(
        id=str(entry.get("id") or "") or link,
        text=joined(plain(str(entry.get("title") or "")), body),
        author=plain(str(entry.get("author") or "")),
        author_id=str((entry.get("author_detail") or {}).get("href") or ""),
        at=published or updated,
        edited=updated if published and updated > published else "",
        link=link,
        pictures=distinct([*attached(entry, url), *chain.from_iterable(within)]),
    )


def attached(entry: Any, url: str) -> Iterator[str]:
    """Beside the words: enclosures and Media RSS. A thumbnail is the same once more, smaller."""
    files = [one for one in entry.get("links") or [] if one.get("rel") == "enclosure"]
    media = [one for one in entry.get("media_content") or [] if not is_small_one(one)]
    found = [address for one in (*files, *media) if (address := picture_of(one, url))]
    thumbnails = [] if found else entry.get("media_thumbnail") or []
    yield from found
    yield from filter(
        None,
        (picture_at(str(one.get("url") or ""), url) for one in thumbnails if not is_small_one(one)),
    )


def is_small_one(row: Any) -> bool:
    return is_small(row.get("width"), row.get("height"))


def picture_of(row: Any, url: str) -> str:
    """Said to be one, or called like one where nothing is said."""
    said = str(row.get("type") or row.get("mime_type") or row.get("medium") or "").lower()
    address = str(row.get("href") or row.get("url") or "")
    if said and not said.startswith("image"):
        return ""
    return picture_at(address, url, must_look_so=not said)


def stamp_of(entry: Any, name: str, at: datetime, zone: str) -> str:
    """Some sites write it in words, as on their pages: «29 ноября 2026, 14:05»."""
    words = str(entry.get(name) or "")
    return stamp(entry.get(f"{name}_parsed")) or (words and moment(words, zone=zone, at=at))


def stamp(parsed: Any) -> str:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat() if parsed else ""
    except (ValueError, OverflowError, TypeError):
        return ""


def together(parts: Iterable[str]) -> str:
    """A summary is the beginning of the text as a rule; where it is not, it is read as well."""
    found: list[str] = []
    for part in sorted(parts, key=len, reverse=True):
        words = " ".join(part.split()).rstrip(" .…[]")
        if words and not any(words in " ".join(other.split()) for other in found):
            found.append(part)
    return "\n".join(found)


def joined(title: str, body: str) -> str:
    """A title that only begins the text is not said twice; one that goes on elsewhere is."""
    head = title.rstrip("….")
    return body if not title or (head and body.startswith(head)) else f"{title}\n{body}".strip()


def read_json(body: bytes, url: str, at: datetime, pictures: bool) -> Sheet | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or JSON_FEED not in str(document.get("version", "")):
        return None
    rows = document.get("items")
    items = [
        json_entry(row, url, at)
        for row in (rows if isinstance(rows, list) else [])[:MOST_ITEMS]
        if isinstance(row, dict)
    ]
    return sheet(words(document, "title"), items, pictures)


def json_entry(row: dict[str, Any], url: str, at: datetime) -> Item:
    authors = row.get("authors") if isinstance(row.get("authors"), list) else [row.get("author")]
    author = next((one for one in authors or [] if isinstance(one, dict)), {})
    listed = row.get("attachments") if isinstance(row.get("attachments"), list) else []
    files = [one for one in listed or [] if isinstance(one, dict)]
    link = link_of(words(row, "url"), url)
    base = link or url
    beside = [picture_of(one, url) for one in files] + [picture_at(words(row, "image"), url)]
    body = together(
        [
            plain(words(row, "content_html"), url),
            words(row, "content_text"),
            words(row, "summary"),
            *(words(one, "title") for one in files),
        ]
    )
    published = moment(words(row, "date_published"), zone="UTC", at=at)
    updated = moment(words(row, "date_modified"), zone="UTC", at=at)
    return Item(
        id=words(row, "id") or words(row, "url"),
        text=joined(words(row, "title"), body),
        author=words(author, "name"),
        author_id=words(author, "url"),
        at=published or updated,
        edited=updated if published and updated > published else "",
        link=link,
        pictures=distinct([*filter(None, beside), *pictures_in(words(row, "content_html"), base)]),
    )


def words(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def is_likely(body: bytes, headers: dict[str, str]) -> bool:
    """A first glance, so that pages are not put through a feed's parser."""
    kind = headers.get("content-type", "").lower()
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return False
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "html" not in kind
    marks = (b"<rss", b"<feed", b"<rdf:rdf", b"<channel")
    return start.startswith((b"<?xml", b"{")) or any(mark in start for mark in marks)
