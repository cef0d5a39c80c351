"""The city: users, bots, chats, members and messages in one small SQLite file."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY, is_bot INTEGER NOT NULL, first_name TEXT NOT NULL,
  last_name TEXT NOT NULL, username TEXT NOT NULL, language_code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS bios (user_id INTEGER PRIMARY KEY, bio TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS join_requests (
  chat_id INTEGER NOT NULL, user_id INTEGER NOT NULL, date INTEGER NOT NULL,
  PRIMARY KEY (chat_id, user_id));
CREATE TABLE IF NOT EXISTS bots (
  user_id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, reads_all INTEGER NOT NULL,
  allowed TEXT, webhook TEXT, next_update INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS chats (
  id INTEGER PRIMARY KEY, type TEXT NOT NULL, title TEXT NOT NULL, username TEXT NOT NULL,
  description TEXT NOT NULL, permissions TEXT NOT NULL, next_message INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS members (
  chat_id INTEGER NOT NULL, user_id INTEGER NOT NULL, status TEXT NOT NULL,
  until_date INTEGER NOT NULL, rights TEXT NOT NULL, is_member INTEGER NOT NULL,
  PRIMARY KEY (chat_id, user_id));
CREATE TABLE IF NOT EXISTS messages (
  chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
  date INTEGER NOT NULL, edit_date INTEGER, body TEXT NOT NULL, reactions TEXT NOT NULL,
  deleted_at REAL, deleted_by INTEGER, rev INTEGER NOT NULL,
  PRIMARY KEY (chat_id, message_id));
CREATE INDEX IF NOT EXISTS messages_rev ON messages (chat_id, rev);
CREATE INDEX IF NOT EXISTS messages_author ON messages (chat_id, user_id);
CREATE TABLE IF NOT EXISTS updates (
  bot_id INTEGER NOT NULL, update_id INTEGER NOT NULL, kind TEXT NOT NULL,
  body TEXT NOT NULL, created REAL NOT NULL, PRIMARY KEY (bot_id, update_id));
CREATE TABLE IF NOT EXISTS callbacks (
  id TEXT PRIMARY KEY, bot_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
  created REAL NOT NULL, answer TEXT);
CREATE TABLE IF NOT EXISTS files (
  id TEXT PRIMARY KEY, path TEXT NOT NULL, content BLOB NOT NULL);
"""

Row = sqlite3.Row
FIRST_SUPERGROUP = -1001000000000
FIRST_USER = 500000001
FARTHEST = 10 * 366 * 24 * 3600


def encode(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class City:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # The event loop is the only writer; tests may read from their own thread.
        self.db = sqlite3.connect(
            folder / "botapi.sqlite3", isolation_level=None, check_same_thread=False
        )
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(SCHEMA)
        self.shift = float(self.meta("clock_shift") or 0)
        self.standing: float | None = None

    # Plain access

    def run(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self.db.execute(sql, values)

    @contextlib.contextmanager
    def atomic(self) -> Iterator[None]:
        """All of it or none, also when the process is killed in between."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def one(self, sql: str, *values: object) -> Row | None:
        found: Row | None = self.run(sql, *values).fetchone()
        return found

    def rows(self, sql: str, *values: object) -> list[Row]:
        return self.run(sql, *values).fetchall()

    def number(self, sql: str, *values: object) -> int:
        row = self.one(sql, *values)
        return int(row[0] or 0) if row else 0

    def meta(self, key: str) -> str | None:
        row = self.one("SELECT value FROM meta WHERE key=?", key)
        return str(row[0]) if row else None

    def keep(self, key: str, value: object) -> None:
        self.run("INSERT OR REPLACE INTO meta VALUES (?,?)", key, str(value))

    # The clock can be moved, so that 48 hours pass in a test

    def now(self) -> float:
        return (self.standing or time.time()) + self.shift

    def seconds(self) -> int:
        return int(self.now())

    def stop_clock(self, *, stopped: bool) -> None:
        self.standing = time.time() if stopped else None

    def move_clock(self, seconds: float) -> None:
        if not abs(self.shift + seconds) < FARTHEST:
            raise ValueError("the clock moves by ten years at most")
        self.shift += seconds
        self.keep("clock_shift", self.shift)

    # Users and bots

    def add_user(
        self,
        first_name: str,
        *,
        last_name: str = "",
        username: str = "",
        language_code: str = "ru",
        user_id: int | None = None,
        is_bot: bool = False,
    ) -> int:
        if user_id is None:
            highest = self.number("SELECT max(id) FROM users WHERE NOT is_bot")
            user_id = max(highest + 1, FIRST_USER)
        self.run(
            "INSERT OR REPLACE INTO users VALUES (?,?,?,?,?,?)",
            user_id, int(is_bot), first_name, last_name, username, language_code,
        )  # fmt: skip
        return user_id

    def user(self, user_id: int) -> Row | None:
        return self.one("SELECT * FROM users WHERE id=?", user_id)

    def add_bot(self, token: str, *, name: str, username: str, reads_all: bool) -> int:
        bot_id = int(token.partition(":")[0])
        self.add_user(name, username=username, user_id=bot_id, is_bot=True, language_code="")
        self.run(
            "INSERT OR IGNORE INTO bots VALUES (?,?,?,NULL,NULL,?)",
            bot_id, token, int(reads_all), 100000001,
        )  # fmt: skip
        return bot_id

    def bot(self, token: str) -> Row | None:
        return self.one("SELECT * FROM bots WHERE token=?", token)

    def bots(self) -> list[Row]:
        return self.rows("SELECT * FROM bots ORDER BY user_id")

    # Chats

    def add_chat(
        self,
        title: str,
        *,
        kind: str = "supergroup",
        username: str = "",
        description: str = "",
        permissions: dict[str, bool],
        chat_id: int | None = None,
    ) -> int:
        if chat_id is None:
            lowest = self.number("SELECT min(id) FROM chats WHERE type!='private'")
            chat_id = min(lowest - 1, FIRST_SUPERGROUP)
        self.run(
            "INSERT OR REPLACE INTO chats VALUES (?,?,?,?,?,?,?)",
            chat_id, kind, title, username, description, encode(permissions), 1,
        )  # fmt: skip
        return chat_id

    def chat(self, chat_id: int) -> Row | None:
        return self.one("SELECT * FROM chats WHERE id=?", chat_id)

    def chats(self) -> list[Row]:
        return self.rows("SELECT * FROM chats WHERE type!='private' ORDER BY id DESC")

    # Members: a term that has run out is read as if it had been lifted

    def member(self, chat_id: int, user_id: int) -> dict[str, Any]:
        row = self.one("SELECT * FROM members WHERE chat_id=? AND user_id=?", chat_id, user_id)
        if row is None:
            return {"status": "left", "until_date": 0, "rights": {}, "is_member": False}
        found = {
            "status": str(row["status"]),
            "until_date": int(row["until_date"]),
            "rights": json.loads(row["rights"]),
            "is_member": bool(row["is_member"]),
        }
        if found["until_date"] and found["until_date"] <= self.seconds():
            still_in = found["status"] == "restricted" and found["is_member"]
            found.update(status="member" if still_in else "left", until_date=0, rights={})
        return found

    def set_member(
        self,
        chat_id: int,
        user_id: int,
        status: str,
        *,
        until_date: int = 0,
        rights: dict[str, bool] | None = None,
        is_member: bool | None = None,
    ) -> None:
        inside = status in {"creator", "administrator", "member"}
        self.run(
            "INSERT OR REPLACE INTO members VALUES (?,?,?,?,?,?)",
            chat_id, user_id, status, until_date, encode(rights or {}),
            int(inside if is_member is None else is_member),
        )  # fmt: skip

    def member_ids(self, chat_id: int) -> list[int]:
        rows = self.rows("SELECT user_id FROM members WHERE chat_id=? ORDER BY user_id", chat_id)
        return [int(row[0]) for row in rows]

    # Messages

    def next_rev(self) -> int:
        rev = int(self.meta("rev") or 0) + 1
        self.keep("rev", rev)
        return rev

    def add_message(self, chat_id: int, user_id: int, body: dict[str, Any], *, date: int) -> int:
        message_id = self.number("SELECT next_message FROM chats WHERE id=?", chat_id)
        self.run("UPDATE chats SET next_message=next_message+1 WHERE id=?", chat_id)
        self.run(
            "INSERT INTO messages VALUES (?,?,?,?,NULL,?,?,NULL,NULL,?)",
            chat_id, message_id, user_id, date, encode(body), "[]", self.next_rev(),
        )  # fmt: skip
        return message_id

    def message(self, chat_id: int, message_id: int) -> Row | None:
        return self.one(
            "SELECT * FROM messages WHERE chat_id=? AND message_id=? AND deleted_at IS NULL",
            chat_id, message_id,
        )  # fmt: skip

    def moved_to(self, chat_id: int) -> int:
        """The supergroup that a group has become: the last thing that is told of it."""
        return self.number(
            "SELECT max(json_extract(body, '$.migrate_to_chat_id')) FROM messages WHERE chat_id=?",
            chat_id,
        )

    def change_message(self, chat_id: int, message_id: int, body: dict[str, Any]) -> None:
        self.run(
            "UPDATE messages SET body=?, edit_date=?, rev=? WHERE chat_id=? AND message_id=?",
            encode(body), self.seconds(), self.next_rev(), chat_id, message_id,
        )  # fmt: skip

    def delete_message(self, chat_id: int, message_id: int, *, by: int) -> None:
        self.run(
            "UPDATE messages SET deleted_at=?, deleted_by=?, rev=? "
            "WHERE chat_id=? AND message_id=? AND deleted_at IS NULL",
            self.now(), by, self.next_rev(), chat_id, message_id,
        )  # fmt: skip

    def erase_author(self, chat_id: int, user_id: int, *, by: int) -> None:
        for row in self.rows(
            "SELECT message_id FROM messages WHERE chat_id=? AND user_id=? AND deleted_at IS NULL",
            chat_id, user_id,
        ):  # fmt: skip
            self.delete_message(chat_id, int(row[0]), by=by)

    def changes(self, chat_id: int, since: int, limit: int = 200) -> list[Row]:
        return self.rows(
            "SELECT * FROM messages WHERE chat_id=? AND rev>? ORDER BY rev LIMIT ?",
            chat_id, since, limit,
        )  # fmt: skip

    # Files

    def add_file(self, file_id: str, path: str, content: bytes) -> None:
        self.run("INSERT OR IGNORE INTO files VALUES (?,?,?)", file_id, path, content)
