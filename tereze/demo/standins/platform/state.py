"""Sellers, adverts and who looked at them, in one small SQLite file."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from .sites import SITES, slug


SCHEMA = """
CREATE TABLE IF NOT EXISTS sellers (
  id INTEGER PRIMARY KEY, site TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL,
  since TEXT NOT NULL, closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS listings (
  site TEXT NOT NULL, code TEXT NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL,
  price INTEGER NOT NULL, description TEXT NOT NULL, category TEXT NOT NULL, place TEXT NOT NULL,
  seller_id INTEGER NOT NULL, status TEXT NOT NULL, appearance TEXT NOT NULL,
  photos_stay INTEGER NOT NULL, photo_kind TEXT NOT NULL, photo_seed INTEGER NOT NULL,
  photo_count INTEGER NOT NULL, photo_variant INTEGER NOT NULL, posted REAL NOT NULL,
  previous TEXT, PRIMARY KEY (site, code));
CREATE TABLE IF NOT EXISTS visits (
  at REAL NOT NULL, site TEXT NOT NULL, code TEXT NOT NULL, path TEXT NOT NULL,
  agent TEXT NOT NULL, status INTEGER NOT NULL);
"""
STATUSES = ("active", "removed", "archived")
Row = sqlite3.Row
PHOTO_KINDS = {
    "kolesa": "car",
    "krisha": "flat",
}


class Site:
    """All four sites share one file; a listing is found by site and code."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(
            folder / "platform.sqlite3", isolation_level=None, check_same_thread=False
        )
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(SCHEMA)

    def rows(self, sql: str, *values: object) -> list[Row]:
        return self.db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> Row | None:
        found: Row | None = self.db.execute(sql, values).fetchone()
        return found

    # Sellers

    def add_seller(self, site: str, name: str, phone: str, since: str = "2026") -> int:
        cursor = self.db.execute(
            "INSERT INTO sellers (site, name, phone, since) VALUES (?,?,?,?)",
            (site, name, phone, since),
        )
        return int(cursor.lastrowid or 0)

    def seller(self, seller_id: int) -> Row | None:
        return self.one("SELECT * FROM sellers WHERE id=?", seller_id)

    def seller_named(self, site: str, name: str, phone: str) -> int:
        found = self.one(
            "SELECT id FROM sellers WHERE site=? AND name=? AND phone=? AND NOT closed",
            site, name, phone,
        )  # fmt: skip
        return int(found["id"]) if found else self.add_seller(site, name, phone)

    def close_seller(self, seller_id: int, *, closed: bool) -> None:
        """Closing an account takes its adverts down; opening it brings them back."""
        self.db.execute("UPDATE sellers SET closed=? WHERE id=?", (int(closed), seller_id))

    # Listings

    def add(self, site: str, *, title: str, price: int, seller_id: int, **other: Any) -> str:
        highest = self.one("SELECT max(number) FROM listings WHERE site=?", site)
        last = highest[0] if highest and highest[0] else SITES[site].first_id
        number = last + 137
        code = SITES[site].code(number)
        self.db.execute(
            "INSERT INTO listings VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                site, code, number, title, price,
                other.get("description", ""),
                other.get("category") or SITES[site].categories[0],
                other.get("place", "Сарыкөл"),
                seller_id, "active", other.get("appearance", ""),
                int(other.get("photos_stay", True)),
                other.get("photo_kind") or PHOTO_KINDS.get(site, "phone"),
                int(other.get("photo_seed") or number),
                int(other.get("photo_count", 3)),
                int(other.get("photo_variant", 0)),
                other.get("posted") or time.time(),
                other.get("previous"),
            ),
        )  # fmt: skip
        return code

    def listing(self, site: str, code: str) -> Row | None:
        return self.one(
            "SELECT l.*, s.name AS seller, s.phone AS phone, s.since AS since, s.closed AS closed "
            "FROM listings l JOIN sellers s ON s.id=l.seller_id WHERE l.site=? AND l.code=?",
            site, code,
        )  # fmt: skip

    def relist(self, site: str, code: str, **changes: Any) -> str:
        """The same advert again under a new number, as fraudsters do."""
        old = self.listing(site, code)
        if old is None:
            raise LookupError(code)
        kept = {
            key: old[key]
            for key in (
                "description", "category", "place", "photo_kind", "photo_seed", "photo_count",
            )
        }  # fmt: skip
        title = changes.pop("title", old["title"])
        price = int(changes.pop("price", old["price"]))
        seller_id = int(changes.pop("seller_id", old["seller_id"]))
        return self.add(
            site, title=title, price=price, seller_id=seller_id,
            **{**kept, **changes, "previous": code},
        )  # fmt: skip

    def change(self, site: str, code: str, **values: object) -> None:
        for key in values.keys() & {"status", "appearance", "photos_stay", "title", "description"}:
            self.db.execute(
                f"UPDATE listings SET {key}=? WHERE site=? AND code=?",  # noqa: S608 - fixed names
                (values[key], site, code),
            )

    def shown(self, site: str, *, query: str = "", category: str = "") -> list[Row]:
        """Adverts of the search page; SQLite does not fold Cyrillic case, Python does."""
        rows = self.rows(
            "SELECT l.*, s.name AS seller FROM listings l JOIN sellers s ON s.id=l.seller_id "
            "WHERE l.site=? AND l.status='active' AND NOT s.closed ORDER BY l.posted DESC",
            site,
        )
        words = query.casefold().split()
        return [
            row
            for row in rows
            if (not category or row["category"] == category)
            and all(word in f"{row['title']} {row['description']}".casefold() for word in words)
        ]

    def everything(self) -> list[Row]:
        return self.rows(
            "SELECT l.*, s.name AS seller, s.phone AS phone, s.closed AS closed "
            "FROM listings l JOIN sellers s ON s.id=l.seller_id ORDER BY l.posted DESC"
        )

    def look(self, site: str, code: str, path: str, agent: str, status: int) -> None:
        self.db.execute(
            "INSERT INTO visits VALUES (?,?,?,?,?,?)",
            (time.time(), site, code, path[:300], agent[:300], status),
        )


def address(row: Row, base: str, lang: str = "ru") -> str:
    return base + SITES[row["site"]].path(slug(row["title"]), row["code"], lang)
