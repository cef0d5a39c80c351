"""Letters as files: one JSON with the envelope, one .eml with the letter as it came."""

import datetime
import email.policy
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from email.message import EmailMessage, Message, MIMEPart
from email.parser import BytesParser
from html import unescape
from pathlib import Path
from typing import Any


PARSER = BytesParser(policy=email.policy.default)
ID = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Envelope:
    id: str
    received: str
    sender: str
    recipients: tuple[str, ...]
    login: str
    size: int


@dataclass(frozen=True)
class Letter:
    envelope: Envelope
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message.get("subject", ""))

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        if part is not None:
            return content(part)
        html = self.html
        return unescape(re.sub(r"<[^>]+>", "", html)).strip() if html else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return content(part) if part is not None else ""

    @property
    def attachments(self) -> list[tuple[str, str, bytes]]:
        """Name, type and bytes of each."""
        return [
            (
                part.get_filename() or f"attachment-{number}",
                part.get_content_type(),
                decoded(part),
            )
            for number, part in enumerate(self.message.iter_attachments(), 1)
        ]

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self.envelope),
            "subject": self.subject,
            "from": str(self.message.get("from", "")),
            "to": str(self.message.get("to", "")),
            "message_id": str(self.message.get("message-id", "")),
            "headers": [[name, str(value)] for name, value in self.message.items()],
            "text": self.text,
            "html": self.html,
            "attachments": [
                {"name": name, "type": kind, "size": len(data)}
                for name, kind, data in self.attachments
            ],
        }


def content(part: MIMEPart) -> str:
    try:
        text = str(part.get_content())
    except (LookupError, ValueError):
        text = decoded(part).decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def decoded(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


class Letters:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "letters"
        self.folder.mkdir(parents=True, exist_ok=True)

    def keep(self, raw: bytes, *, sender: str, recipients: list[str], login: str) -> Envelope:
        """Written to a temporary name first: a letter is there as a whole or not at all."""
        moment = datetime.datetime.now(datetime.UTC)
        number = f"{moment:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        envelope = Envelope(number, moment.isoformat(), sender, tuple(recipients), login, len(raw))
        self.write(f"{number}.eml", raw)
        self.write(f"{number}.json", json.dumps(asdict(envelope), ensure_ascii=False).encode())
        return envelope

    def write(self, name: str, content: bytes) -> None:
        temporary = self.folder / f".{name}"
        temporary.write_bytes(content)
        os.replace(temporary, self.folder / name)

    def ids(self) -> list[str]:
        """Newest first."""
        return sorted((path.stem for path in self.folder.glob("[0-9]*.json")), reverse=True)

    def get(self, number: str) -> Letter | None:
        if not ID.fullmatch(number):
            return None
        try:
            envelope = json.loads((self.folder / f"{number}.json").read_bytes())
            raw = (self.folder / f"{number}.eml").read_bytes()
        except FileNotFoundError:
            return None
        envelope["recipients"] = tuple(envelope["recipients"])
        return Letter(Envelope(**envelope), PARSER.parsebytes(raw))

    def raw(self, number: str) -> bytes:
        return (self.folder / f"{number}.eml").read_bytes()

    def all(self) -> list[Letter]:
        return [letter for number in self.ids() if (letter := self.get(number))]

    def clear(self) -> None:
        for path in self.folder.glob("[0-9]*"):
            path.unlink(missing_ok=True)
