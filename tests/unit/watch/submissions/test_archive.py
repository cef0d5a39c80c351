"""Archives from strangers: read in memory, bounded, each refusal with its name."""

import io
import struct
import zipfile

import pytest

from tereze.intake.media import sniff
from tereze.watch.submissions import archive
from tereze.watch.submissions.archive import BadArchiveError
from tereze.watch.submissions.unpacking import Sent, unpack
from tests.unit.watch.submissions.conftest import CHAT, zipped


JPEG = b"\xff\xd8\xff" + b"picture" * 10
TEXT = CHAT.encode()


def test_the_chat_and_its_pictures() -> None:
    found = archive.read(
        zipped(**{"_chat.txt": TEXT, "1-PHOTO.jpg": JPEG, "voice.opus": b"OggS", "x.jpg": b"MZ"})
    )
    assert [chat.name for chat in found.chats] == ["_chat.txt"]
    assert [picture.name for picture in found.pictures] == ["1-PHOTO.jpg"]
    assert found.left_out == 1


@pytest.mark.parametrize(
    "name", ["../../../etc/cron.d/x.txt", "/etc/x.txt", "C:\\x.txt", "a/b/x.txt"]
)
def test_no_name_in_it_leads_anywhere(name: str) -> None:
    (chat,) = archive.read(zipped(**{name: TEXT})).chats
    assert chat.name == "x.txt"
    assert chat.content == TEXT


def test_texts_sent_in_the_chat_are_not_taken_for_it() -> None:
    other = TEXT.replace("Айгуль".encode(), "Другой".encode())
    found = archive.read(zipped(**{"a.txt": other, "Чат WhatsApp с Дом 5.txt": TEXT}))
    assert [chat.content for chat in found.chats] == [TEXT]


@pytest.mark.parametrize("decoy", ["whatsapp-notes.txt", "WhatsApp Chat with Дом 6.txt"])
@pytest.mark.parametrize("words", ["не чат", "20.11.2026, 18:00 - A: Доброе утро"])
def test_a_text_named_like_a_chat_does_not_hide_the_chat(decoy: str, words: str) -> None:
    found = archive.read(zipped(**{decoy: words.encode(), "_chat.txt": TEXT}))
    assert [chat.name for chat in found.chats] == ["_chat.txt"]


def test_names_of_other_packers_are_read() -> None:
    """Windows Explorer packs names in the letters of DOS and does not say so."""
    name = "Чат WhatsApp с Дом.txt"
    packed = zipped(**{"N" * len(name): TEXT}).replace(b"N" * len(name), name.encode("cp866"))
    assert [chat.name for chat in archive.read(packed).chats] == [name]


def test_a_document_sent_in_the_chat_does_not_stand_for_it() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:  # as it is: what is packed does not become smaller
        packed.writestr("_chat.txt", TEXT)
        packed.writestr("Смета.docx", zipped(**{"word/document.xml": b"x"}))
    found = unpack([Sent("Чат.zip", sniff(made.getvalue()), made.getvalue())], "")
    assert (len(found.chats), found.problems) == (1, [])


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-16-le"])
def test_a_text_of_an_old_editor_is_judged_without_a_chat_around_it(encoding: str) -> None:
    text = "Куплю карту, оплата сразу"
    content = text.encode(encoding)
    found = unpack([Sent("объявление.txt", sniff(content), content)], "")
    assert (found.texts, found.problems) == ([text], [])


def test_of_several_chats_one_is_read_and_that_is_said() -> None:
    names = ("Чат WhatsApp с Дом 5.txt", "Чат WhatsApp с Дом 6.txt")
    content = zipped(**dict.fromkeys(names, TEXT))
    found = unpack([Sent("chats.zip", "application/zip", content)], "")
    assert len(found.chats) == 1
    assert found.problems == [("chats.zip", "chats")]


def bomb() -> bytes:
    return zipped(**{"_chat.txt": TEXT + b" " * (archive.MOST_BYTES + 1)})


def many_pictures() -> bytes:
    large = JPEG + b"\0" * (archive.LARGEST_PICTURE - 100)
    return zipped(**{"_chat.txt": TEXT, **{f"{n}.jpg": large + bytes([n]) for n in range(20)}})


def many_entries() -> bytes:
    return zipped(**{f"{n}.txt": b"" for n in range(archive.MOST_ENTRIES + 1)})


def long_contents() -> bytes:
    """A table of contents of three megabytes, announced as such."""
    made = zipped(**{"_chat.txt": TEXT})
    end = made.rfind(archive.END)
    return made[: end + 12] + struct.pack("<I", 3 * 1024 * 1024) + made[end + 16 :]


def false_size() -> bytes:
    """The header promises ten bytes; what it holds is a bomb."""
    made = bytearray(bomb())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = made.rfind(mark)
        made[at + place : at + place + 4] = struct.pack("<I", 10)
    return bytes(made)


def locked() -> bytes:
    made = bytearray(zipped(**{"_chat.txt": TEXT}))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = made.rfind(mark)
        made[at + place] |= 1
    return bytes(made)


def nested() -> bytes:
    return zipped(**{"inside.zip": zipped(**{"_chat.txt": TEXT})})


def unknown_method() -> bytes:
    made = bytearray(zipped(**{"_chat.txt": TEXT}))
    for mark, place in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = made.rfind(mark)
        made[at + place] = 99
    return bytes(made)


def damaged() -> bytes:
    made = bytearray(zipped(**{"_chat.txt": TEXT}))
    made[60:80] = b"\xff" * 20
    return bytes(made)


@pytest.mark.parametrize(
    ("made", "whys"),
    [
        (bomb, {"bomb"}),
        (many_pictures, {"bomb"}),
        (many_entries, {"bomb"}),
        (long_contents, {"bomb"}),
        (false_size, {"bomb", "broken", "no_chat"}),
        (locked, {"locked"}),
        (nested, {"no_chat"}),
        (unknown_method, {"broken"}),
        (damaged, {"broken"}),
        (lambda: b"PK\x03\x04", {"broken"}),
        (lambda: zipped(**{"readme.txt": b"hello"}), {"no_chat"}),
    ],
)
def test_what_cannot_be_read_says_why(made: object, whys: set[str]) -> None:
    with pytest.raises(BadArchiveError) as raised:
        archive.read(made())  # type: ignore[operator]
    assert raised.value.why in whys


def test_every_cut_of_an_archive_is_refused_or_read() -> None:
    whole = zipped(**{"_chat.txt": TEXT, "1.jpg": JPEG})
    for length in range(0, len(whole), 7):
        with pytest.raises(BadArchiveError):
            archive.read(whole[:length])


def test_one_bad_file_does_not_hold_up_the_others() -> None:
    found = unpack(
        [
            Sent("WhatsApp Chat - Дом 5.zip", "application/zip", b"PK\x03\x04"),
            Sent("видео.mp4", "video/mp4", b"\0\0\0\x18ftypmp42"),
            Sent("WhatsApp Chat - Дом 5.zip", "application/zip", zipped(**{"_chat.txt": TEXT})),
        ],
        "Куплю карту",
    )
    assert found.problems == [("WhatsApp Chat - Дом 5.zip", "broken"), ("видео.mp4", "kind")]
    assert (found.title(), len(list(found.lines())), found.texts) == ("Дом 5", 3, ["Куплю карту"])


def test_pasted_lines_are_a_chat() -> None:
    found = unpack([], f"[21.11.2026, 09:15:02] +7 701 123 45 67: {'Куплю карту'}")
    (line,) = found.lines()
    assert (line.phone, line.text, found.texts) == ("+77011234567", "Куплю карту", [])
