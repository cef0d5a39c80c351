"""A letter's bytes → what it says. Plain functions; nothing a stranger writes may cost much.

Only the beginning of a letter is read here (the original is sealed whole): so many bytes, lines and
parts. Attachments are named, never opened; HTML is stripped to its words; headers lose everything
that could start another header.
"""

import email.header
import email.utils
import itertools
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from selectolax.lexbor import LexborNode

from tereze.core.html_body import BLOCKS, body_of


MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 60_000
MOST_BOUNDARIES = 40  # nested deeper, nobody wrote it
MOST_PARTS = 60
MOST_HEADERS = 300
LONGEST_TEXT = 20_000
LONGEST_HEADER = 300
LONGEST_IDS = 100
CHARSETS = re.compile(
    r"(utf-?8(-sig)?|utf-?16(le|be)?|us-?ascii|(windows-?|cp)-?(125[0-8]|866|874|93[26]|949|950)"
    r"|koi8-?[rut]|iso-?8859-?\d{1,2}|latin-?1|kz-?1048|ptcp154|mac-?cyrillic|gb(2312|k|18030)"
    r"|big5|euc-(jp|kr)|iso-2022-jp|shift_jis)",
    re.IGNORECASE,
)
MESSAGE_IDS = re.compile(r"<([^<>@\s]{1,200})@[^<>@\s]{1,200}>")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class UnreadableError(Exception):
    """No honest letter looks like this; a person may look at the original."""


@dataclass(frozen=True)
class Delivery:
    """What a delivery report says (RFC 3464)."""

    action: str  # failed | delayed | delivered | relayed | expanded
    status: str = ""  # 5.1.1
    recipient: str = ""
    detail: str = ""


@dataclass
class Mail:
    headers: list[tuple[str, str]] = field(default_factory=list)  # names in lower case
    sender: str = ""  # address, lower case
    name: str = ""
    subject: str = ""
    message_id: str = ""
    answers_to: list[str] = field(default_factory=list)  # local parts of Message-IDs
    recipients: str = ""
    text: str = ""
    html_only: bool = False
    files: list[dict[str, object]] = field(default_factory=list)
    report_type: str = ""  # of a multipart/report
    deliveries: list[Delivery] = field(default_factory=list)
    about: list[str] = field(default_factory=list)  # Message-IDs of the letter that came back

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


def parse(raw: bytes) -> Mail:
    head = bounded(raw)
    try:
        message = BytesParser(policy=compat32).parsebytes(head)
        return mail_of(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableError(type(error).__name__) from error


def bounded(raw: bytes) -> bytes:
    head = raw[:MOST_BYTES]
    if head.count(b"\n") > MOST_LINES:
        end = -1
        for _ in range(MOST_LINES):
            end = head.index(b"\n", end + 1)
        head = head[:end]
    if len(re.findall(rb"boundary\s*\*?\d*\*?=", head, re.IGNORECASE)) > MOST_BOUNDARIES:
        raise UnreadableError("nested")
    return head


def mail_of(message: Message) -> Mail:
    mail = Mail()
    for name, value in itertools.islice(message.raw_items(), MOST_HEADERS):
        mail.headers.append((name.lower()[:80], decoded_header(value)))
    mail.name, mail.sender = address_of(mail.header("from"))
    mail.subject = mail.header("subject")
    mail.message_id = mail.header("message-id")
    ids = " ".join(str(message.get(name, ""))[:20_000] for name in ("In-Reply-To", "References"))
    mail.answers_to = MESSAGE_IDS.findall(ids)[:LONGEST_IDS]
    kept = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
    mail.recipients = " ".join(value for name, value in mail.headers if name in kept)[:5000]
    if message.get_content_type() == "multipart/report":
        mail.report_type = str(message.get_param("report-type", "")).lower()[:60]
    read_parts(message, mail)
    return mail


def read_parts(message: Message, mail: Mail) -> None:
    page = ""
    for part in parts_of(message):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            mail.deliveries += deliveries_in(part)
        elif kind in {"message/rfc822", "text/rfc822-headers", "message/global-headers"}:
            mail.about += ids_inside(part)
        elif part.is_multipart():
            continue
        elif part.get_filename() or part.get_content_disposition() == "attachment":
            name = decoded_header(str(part.get_filename() or ""))
            mail.files.append({"name": name or kind, "type": kind[:80]})
        elif kind == "text/plain" and not mail.text:
            mail.text = text_of(part)
        elif kind == "text/html" and not page:
            page = text_of(part, LONGEST_TEXT * 10)
    if not mail.text.strip() and page:
        mail.text, mail.html_only = words_of(page), True


def parts_of(message: Message) -> list[Message]:
    """In order; what a returned or forwarded letter holds is not this letter's own."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop(0)
        found.append(part)
        if part.get_content_maintype() == "multipart":
            waiting = inside(part) + waiting
    return found


def text_of(part: Message, longest: int = LONGEST_TEXT) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    text = decoded(content[: longest * 4], str(part.get_content_charset("") or ""))
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:longest]


def decoded(content: bytes, charset: str) -> str:
    """By the charset it names if that is one of mail's; otherwise by trying what people use."""
    tried = [charset] if CHARSETS.fullmatch(charset) else []
    for name in [*tried, "utf-8", "cp1251"]:
        try:
            return content.decode(name)
        except UnicodeDecodeError as error:
            if name == "utf-8" and error.start > len(content) - 4:
                return content[: error.start].decode("utf-8")  # cut in a letter's middle
        except LookupError:
            continue
    return content.decode("utf-8", "replace")


def decoded_header(value: object, longest: int = LONGEST_HEADER) -> str:
    text = str(value)[: longest * 8]
    if not text.isascii():  # written without any encoding, as some programs do
        text = decoded(text.encode("utf-8", "surrogateescape"), "")
    try:
        pieces = email.header.decode_header(text) if "=?" in text else [(text, None)]
    except (email.errors.HeaderParseError, ValueError):
        pieces = [(text, None)]
    words = [
        decoded(piece, charset or "") if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    ]
    plain = "".join(words).encode("utf-8", "replace").decode("utf-8", "replace")
    return " ".join(CONTROL.sub(" ", plain).split())[:longest]


def address_of(header: str) -> tuple[str, str]:
    """Name and address of a From. One that names several people names nobody."""
    found = [(name, addr) for name, addr in email.utils.getaddresses([header]) if "@" in addr]
    if len(found) != 1:
        return header[:200], ""
    name, address = found[0]
    return name[:200], address.lower()[:254]


def inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def ids_inside(part: Message) -> list[str]:
    """The Message-ID of the letter that a report carries."""
    if held := inside(part):
        return MESSAGE_IDS.findall(
            " ".join(str(one.get("Message-ID", ""))[:500] for one in held[:3])
        )
    return MESSAGE_IDS.findall(
        " ".join(
            line
            for line in unfolded(text_of(part))
            if line.lower().startswith(("message-id:", "x-original-message-id:"))
        )
    )


def unfolded(text: str) -> list[str]:
    return re.sub(r"\n[ \t]+", " ", text).split("\n")


def deliveries_in(part: Message) -> list[Delivery]:
    """One for each recipient it speaks of."""
    found = []
    for block in inside(part)[:20]:
        action = decoded_header(block.get("Action", "")).lower()
        if action:
            detail = decoded_header(block.get("Diagnostic-Code", ""))
            found.append(
                Delivery(
                    action=action[:20],
                    status=decoded_header(block.get("Status", ""))[:20],
                    recipient=after_type(decoded_header(block.get("Final-Recipient", ""))),
                    detail=after_type(detail),
                )
            )
    return found


def after_type(value: str) -> str:
    """«rfc822; a@b» and «smtp; 550 no» without their type."""
    head, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and len(head) < 20 else value


SILENT = frozenset(("script", "style", "title", "template"))


def words_of(page: str) -> str:
    """A page's words, a line for each block. Scripts, styles and quoted letters stay out."""
    pieces: list[str] = []
    stack: list[tuple[LexborNode | str | None, bool]] = [(body_of(page), False)]
    while stack:
        here, quoted = stack.pop()
        if here is None or isinstance(here, str):
            pieces.append(here or "")
        elif here.is_text_node:
            pieces.append(" ".join((here.text_content or "").split()) + " ")
        elif here.tag not in SILENT:
            line = "\n> " if quoted else "\n"
            if here.tag == "blockquote" or "quote" in (here.attributes.get("class") or ""):
                pieces.append("\n> ")
            elif here.tag in BLOCKS:
                pieces.append(line)
            stack.append((line if here.tag in BLOCKS else "", False))
            inside = list(here.iter(include_text=True))
            stack += [(one, quoted or here.tag == "blockquote") for one in reversed(inside)]
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST_TEXT]
