"""The mailbox over IMAP: read from where we stopped, changing nothing on the server.

Letters are fetched with PEEK from a folder opened read-only, so people may read the same mailbox.
Each is in the vault before its row exists, and the row and "read so far" are one commit: killed
anywhere, the next run fetches at most the same letter again and finds it there.
"""

import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings


TIMEOUT = 30.0
LARGEST = 15 * 1024 * 1024
HEAD = 256 * 1024  # of a larger letter
AT_ONCE = 100  # letters a run
MOST_TOGETHER = 40 * 1024 * 1024
Connection = imaplib.IMAP4


class MailboxError(Exception):
    """Why the mailbox cannot be read: dns, connection, timeout, tls, login, folder, protocol."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}"[:300])
        self.why, self.detail = why, detail[:300]


@dataclass(frozen=True)
class Fetched:
    uid: int
    content: bytes
    size: int
    cut: bool
    received_at: datetime


def is_configured() -> bool:
    return bool(settings.IMAP["host"])


def name() -> str:
    return "{user}@{host}/{folder}".format(**settings.IMAP)


@contextmanager
def opened() -> Iterator[tuple[Connection, int]]:
    """The folder, read-only, and its UIDVALIDITY."""
    connection = connect(settings.IMAP)
    try:
        yield connection, select(connection, str(settings.IMAP["folder"]))
    except (imaplib.IMAP4.abort, OSError) as error:
        raise MailboxError(reason(error), str(error)) from error
    except imaplib.IMAP4.error as error:
        raise MailboxError("protocol", str(error)) from error
    finally:
        leave(connection)


def connect(box: dict[str, Any]) -> Connection:
    try:
        connection = greeted(box)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(reason(error), str(error)) from error
    try:
        connection.login(box["user"], box["password"])
    except imaplib.IMAP4.error as error:
        leave(connection)
        raise MailboxError("login", str(error)) from error
    except OSError as error:
        raise MailboxError(reason(error), str(error)) from error
    return connection


def greeted(box: dict[str, Any]) -> Connection:
    context = ssl.create_default_context()
    if box["tls"] == "tls":
        return imaplib.IMAP4_SSL(box["host"], box["port"], ssl_context=context, timeout=TIMEOUT)
    connection = imaplib.IMAP4(box["host"], box["port"], timeout=TIMEOUT)
    if box["tls"] == "starttls":
        connection.starttls(context)
    return connection


def reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "dns"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, TimeoutError):
        return "timeout"
    return "connection"


def leave(connection: Connection) -> None:
    try:
        connection.logout()
    except (imaplib.IMAP4.error, OSError):
        connection.shutdown()


def select(connection: Connection, folder: str) -> int:
    """EXAMINE: nothing we do marks a letter as read."""
    status, answer = connection.select(f'"{modified_utf7(folder)}"', readonly=True)
    if status != "OK":
        raise MailboxError("folder", words(answer))
    _, validity = connection.response("UIDVALIDITY")
    try:
        return int(validity[0])
    except (TypeError, ValueError, IndexError) as error:
        raise MailboxError("protocol", "no UIDVALIDITY") from error


def modified_utf7(folder: str) -> str:
    """RFC 3501, 5.1.3: how a folder with a Cyrillic name is called on the wire."""

    def encoded(found: re.Match[str]) -> str:
        return "&" + found[0].encode("utf-7")[1:].rstrip(b"-").decode().replace("/", ",") + "-"

    plain = folder.replace("&", "&-").replace("\\", "\\\\").replace('"', '\\"')
    return re.sub(r"[^\x20-\x7e]+", encoded, plain)


def new_uids(connection: Connection, after: int) -> list[int]:
    """Oldest first. `n:*` always names the last letter, so what is not newer is left out."""
    status, answer = connection.uid("SEARCH", f"UID {after + 1}:*")
    if status != "OK":
        raise MailboxError("protocol", words(answer))
    found = b" ".join(part for part in answer if isinstance(part, bytes)).split()
    return sorted(uid for part in found if part.isdigit() and (uid := int(part)) > after)


def fetch(connection: Connection, uid: int) -> Fetched | None:
    """The letter, or the beginning of one that is too large; None when it is gone meanwhile."""
    status, answer = connection.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)")
    facts = b" ".join(part for part in answer if isinstance(part, bytes))
    size = re.search(rb"RFC822\.SIZE (\d+)", facts)
    if status != "OK" or size is None:
        return None
    length = int(size[1])
    cut = length > LARGEST
    what = f"(BODY.PEEK[]<0.{HEAD}>)" if cut else "(BODY.PEEK[])"
    status, answer = connection.uid("FETCH", str(uid), what)
    content = next((part[1] for part in answer if isinstance(part, tuple)), None)
    if status != "OK" or content is None:
        return None
    return Fetched(uid, bytes(content), length, cut, internal_date(facts))


def internal_date(facts: bytes) -> datetime:
    """By the mail server's clock."""
    moment = imaplib.Internaldate2tuple(facts)
    if moment is None:
        return datetime.now(UTC)
    return datetime.fromtimestamp(time.mktime(moment), UTC)


def words(answer: list[Any]) -> str:
    return b" ".join(part for part in answer if isinstance(part, bytes)).decode("utf-8", "replace")
