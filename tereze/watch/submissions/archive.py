"""A zip from a stranger: read in memory and never unpacked, so that no name in it leads anywhere.

What it claims about itself is not believed: sizes are counted while reading, and its table of
contents is measured before anything builds a list from it.
"""

import io
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tereze.indicators.alphabets import is_utf8
from tereze.intake.media import PICTURES, sniff
from tereze.watch.submissions.export import MOST_BYTES, is_export, title_of


MOST_ENTRIES = 5000
LARGEST_CONTENTS = 2 * 1024 * 1024
TAIL = 65_535 + 22
UTF8_NAMES = 0x800  # the flag that says so
END, END64 = b"PK\x05\x06", b"PK\x06\x07"
MOST_TOGETHER = 80 * 1024 * 1024  # unpacked, of everything that is read
MOST_PICTURES = 60
LARGEST_PICTURE = 10 * 1024 * 1024
IOS_NAME = "_chat.txt"
IS_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|heic|avif)$", re.IGNORECASE)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # locked, or packed in a way that is not known here
)


class BadArchiveError(Exception):
    """Why nothing can be read from it: `broken`, `locked`, `bomb`, `no_chat`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Member:
    name: str  # without folders
    content: bytes


@dataclass(frozen=True)
class Archive:
    chats: tuple[Member, ...]
    pictures: tuple[Member, ...]
    left_out: int = 0  # pictures too many or too large
    other_chats: int = 0  # beside the one that is read


def is_archive(content: bytes) -> bool:
    """By how it begins: a document or a program that was sent in the chat stands in it as it is, and
    whoever looks for names takes the chat for that."""
    return content.startswith(b"PK\x03\x04")


def read(content: bytes) -> Archive:
    measure(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return contents(opened)
    except BROKEN as error:
        raise BadArchiveError("broken") from error


def measure(content: bytes) -> None:
    """The size of its table of contents, before `zipfile` makes an object of every entry."""
    tail = content[-TAIL:]
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + 22:
        raise BadArchiveError("broken")
    entries, size = struct.unpack("<HI", tail[at + 10 : at + 16])
    if entries > MOST_ENTRIES or size > LARGEST_CONTENTS or END64 in tail[max(0, at - 20) : at]:
        raise BadArchiveError("bomb")  # WhatsApp's own exports hold far less


@dataclass
class Budget:
    """What may still be unpacked from one archive."""

    left: int = MOST_TOGETHER

    def take(self, opened: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes | None:
        """The member, or nothing where it is larger than may be; the header's word is not asked."""
        with opened.open(info) as file:
            content = file.read(min(most, self.left) + 1)
        self.left -= len(content)
        if self.left < 0:
            raise BadArchiveError("bomb")
        return content if len(content) <= most else None


def contents(opened: zipfile.ZipFile) -> Archive:
    budget = Budget()
    chats = tuple(chats_of(opened, budget))
    if not chats:
        raise BadArchiveError("no_chat")
    wanted = [info for info in opened.infolist() if IS_PICTURE.search(info.filename)]
    pictures = []
    for info in wanted[:MOST_PICTURES]:
        picture = budget.take(opened, info, LARGEST_PICTURE)
        if picture is not None and sniff(picture) in PICTURES:
            pictures.append(Member(name_of(info), picture))
    others = sum(is_named_chat(name_of(info)) for info in texts(opened)) - len(chats)
    return Archive(chats, tuple(pictures), len(wanted) - len(pictures), max(others, 0))


def chats_of(opened: zipfile.ZipFile, budget: Budget) -> Iterator[Member]:
    """The chat; a text that merely has its name, sent in it by somebody, does not hide it."""
    for info in texts(opened):
        if info.flag_bits & 0x1:
            raise BadArchiveError("locked")
        content = budget.take(opened, info, MOST_BYTES)
        if content is None:
            raise BadArchiveError("bomb")
        if is_export(content):
            yield Member(name_of(info), content)
            return


def texts(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The chat first: iOS calls it `_chat.txt`, Android as the chat; other texts were sent in it."""
    found = [
        info
        for info in opened.infolist()
        if info.filename.lower().endswith(".txt") and not info.filename.startswith("__MACOSX")
    ]

    def rank(info: zipfile.ZipInfo) -> tuple[bool, bool, bool, int]:
        own = name_of(info).lower()
        depth = info.filename.count("/")
        return own != IOS_NAME, not is_named_chat(own), "whatsapp" not in own, depth

    return sorted(found, key=rank)


def is_named_chat(name: str) -> bool:
    """As the program names a chat."""
    return name.lower() == IOS_NAME or bool(title_of(name))


def name_of(info: zipfile.ZipInfo) -> str:
    """`../../etc/passwd` is a file called passwd. Windows packs names in its own letters, a Mac writes
    «й» as two: as the chat names it."""
    name = info.filename
    if not info.flag_bits & UTF8_NAMES:
        packed = name.encode("cp437", "replace")
        name = packed.decode("utf-8" if is_utf8(packed) else "cp866", "replace")
    name = unicodedata.normalize("NFC", name.replace("\0", ""))
    return re.split(r"[/\\]", name)[-1][-120:]
