"""From what was sent to chats, pictures and problems. No database; every failure has a name."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tereze.intake.media import PICTURES, UNKNOWN
from tereze.watch.submissions import archive, export
from tereze.watch.submissions.archive import BadArchiveError, Member
from tereze.watch.submissions.export import Export, Line, NotAnExportError


TEXTS = {"text/plain", UNKNOWN}  # unknown is also what an old computer wrote


@dataclass
class Unpacked:
    chats: list[Export] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # words without a chat around them
    pictures: list[Member] = field(default_factory=list)  # out of archives
    problems: list[tuple[str, str]] = field(default_factory=list)  # (name, why)

    def title(self) -> str:
        return next((chat.title for chat in self.chats if chat.title), "")

    def span(self) -> tuple[datetime | None, datetime | None]:
        times = [line.at for chat in self.chats for line in chat.lines]
        return (min(times), max(times)) if times else (None, None)

    def lines(self, pictures: Container[str] = ()) -> Iterator[Line]:
        """With words, or with one of these pictures."""
        for chat in self.chats:
            yield from export.messages(chat, pictures)


@dataclass(frozen=True)
class Sent:
    name: str
    media_type: str
    content: bytes


def unpack(files: Iterable[Sent], text: str) -> Unpacked:
    found = Unpacked()
    for file in files:
        try:
            put(file, found)
        except (BadArchiveError, NotAnExportError) as error:
            found.problems.append((file.name, error.why))
    if text.strip():
        put_text(text, found)
    return found


def put(file: Sent, found: Unpacked) -> None:
    if file.media_type in PICTURES:
        return  # it stays a picture; people read it
    if archive.is_archive(file.content):
        opened = archive.read(file.content)
        for chat in opened.chats:
            # iOS names the archive after the chat, Android the text in it
            read = export.read(chat.content, name=chat.name)
            title = read.title if export.title_of(chat.name) else export.title_of(file.name)
            found.chats.append(Export(**{**vars(read), "title": title or read.title}))
            note(found, file.name, read)
        found.pictures += opened.pictures
        if opened.left_out:
            found.problems.append((file.name, "pictures"))
        if opened.other_chats:
            found.problems.append((file.name, "chats"))
    elif export.is_export(file.content):
        read = export.read(file.content, name=file.name)
        found.chats.append(read)
        note(found, file.name, read)
    elif file.media_type in TEXTS:
        words, _encoding = export.decoded(file.content)
        found.texts.append(words[: export.LONGEST_TEXT])
        if len(words) > export.LONGEST_TEXT:
            found.problems.append((file.name, "long"))
    else:
        raise NotAnExportError("kind")


def put_text(text: str, found: Unpacked) -> None:
    """Pasted: copied out of a chat with names and times, or the bare words."""
    content = text.encode("utf-8", "replace")
    if export.is_export(content):
        try:
            found.chats.append(export.read(content))
        except NotAnExportError:
            found.texts.append(text[: export.LONGEST_TEXT])
    else:
        found.texts.append(text[: export.LONGEST_TEXT])


def note(found: Unpacked, name: str, read: Export) -> None:
    if read.is_cut:
        found.problems.append((name, "cut"))
