"""WhatsApp's exports as phones write them: a row is what stands in the file and what it means."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tereze.core.clock import moved_to
from tereze.watch.submissions import export
from tereze.watch.submissions.export import NotAnExportError, read


LRM, NNBSP = "\u200e", "\u202f"


def lines(text: str, name: str = "") -> list[tuple[str, str, str, str]]:
    found = read(text.encode(), name=name).lines
    return [(f"{line.at:%Y-%m-%d %H:%M:%S}", line.sender, line.text, line.media) for line in found]


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("23.01.2026, 21:05 - Иван: да", "2026-01-23 21:05:00"),  # Android, Russian
        ("23.01.26, 21:05 - Иван: да", "2026-01-23 21:05:00"),  # Android, Kazakh
        ("23/01/2026, 21:05 - Ivan: yes", "2026-01-23 21:05:00"),  # Android, British
        ("1/23/26, 9:05 PM - Ivan: yes", "2026-01-23 21:05:00"),  # Android, American
        (f"1/23/26, 9:05{NNBSP}PM - Ivan: yes", "2026-01-23 21:05:00"),  # since 2023
        ("23/1/26, 9:05 p. m. - Ivan: yes", "2026-01-23 21:05:00"),
        ("23.1.2026 klo 21.05 - Matti: yes", "2026-01-23 21:05:00"),  # Finnish
        ("[23.1.2026 klo 21.05.33] Matti: yes", "2026-01-23 21:05:33"),
        ("23.01.2026 г., 21:05 ч. - Иван: да", "2026-01-23 21:05:00"),  # Bulgarian
        ("23/01/2026 à 21:05 - Ivan: yes", "2026-01-23 21:05:00"),
        ("٢٣\u200f/٠١\u200f/٢٠٢٦، ٩:٠٥ م - أحمد: yes", "2026-01-23 21:05:00"),  # Arabic
        ("[23/1/2026، 9:05:33 م] أحمد: yes", "2026-01-23 21:05:33"),
        ("2026-01-23, 21:05 - Ivan: yes", "2026-01-23 21:05:00"),
        ("23.01.2026 в 21:05 - Иван: да", "2026-01-23 21:05:00"),
        ("23.01.2026 г., 21:05 - Иван: да", "2026-01-23 21:05:00"),
        ("[23.01.2026, 21:05:33] Иван: да", "2026-01-23 21:05:33"),  # iOS, Russian
        (f"{LRM}[23.01.2026, 21:05:33] Иван: да", "2026-01-23 21:05:33"),
        (f"[1/23/26, 9:05:33{NNBSP}PM] Ivan: yes", "2026-01-23 21:05:33"),  # iOS, American
        ("[23.01.26, 09:05:33 ПП] Иван: да", "2026-01-23 21:05:33"),
        ("[1/23/26, 12:05:33 AM] Ivan: yes", "2026-01-23 00:05:33"),
        ("[1/23/26, 12:05:33 PM] Ivan: yes", "2026-01-23 12:05:33"),
        ("23.01.26, 9:05 түштөн кийинки - Иван: да", "2026-01-23 21:05:00"),  # Kyrgyz
        ("23/01/2026, 9:05 TK - Ivan: yes", "2026-01-23 21:05:00"),  # Uzbek
        ("2026/1/23 下午9:05 - Иван: да", "2026-01-23 21:05:00"),  # Chinese
        ("[2026/1/23 上午12:05:33] Иван: да", "2026-01-23 00:05:33"),
        ("2026. 1. 23. 오후 9:05 - Иван: да", "2026-01-23 21:05:00"),  # Korean
    ],
)
def test_times_of_every_phone(written: str, at: str) -> None:
    ((found, _sender, text, _media),) = lines(written)
    assert found == at
    assert text in {"да", "yes"}


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (["3/4/26, 9:05 PM", "3/13/26, 9:05 PM"], "2026-03-04"),  # a thirteenth month is none
        (["3/4/26, 21:05", "13/4/26, 21:05"], "2026-04-03"),
        (["3/4/26, 9:05 PM", "4/3/26, 9:05 PM", "4/9/26, 9:05 PM"], "2026-03-04"),
        (["11/3/26, 21:05", "12/3/26, 21:05", "1/4/26, 21:05"], "2026-03-11"),  # time runs on
        (["3/4/26, 9:05 PM"], "2026-03-04"),  # nothing tells: twelve hours are American
        (["3/4/26, 21:05"], "2026-04-03"),
        (["03.04.26, 9:05 PM"], "2026-04-03"),  # points put the day first
    ],
)
def test_the_whole_file_settles_day_and_month(dates: list[str], first: str) -> None:
    found = lines("\n".join(f"{date} - Ivan: yes" for date in dates))
    assert found[0][0].startswith(first)


@pytest.mark.parametrize(
    ("written", "sender", "text", "media"),
    [
        ("Иван:\nраз\nдва", "Иван", "раз\nдва", ""),
        ("Иван: раз\nдва\n\nтри", "Иван", "раз\nдва\n\nтри", ""),
        ("~ Айгуль: да", "Айгуль", "да", ""),
        (f"~{NNBSP}Айгуль: да", "Айгуль", "да", ""),
        ("\u202a+7 701 123-45-67\u202c: да", "+7 701 123-45-67", "да", ""),
        ("Иван: время: 21:05", "Иван", "время: 21:05", ""),
        ("Иван: <Без медиафайлов>", "Иван", "", "Без медиафайлов"),
        ("Ivan: <Media omitted>\ncaption", "Ivan", "caption", "Media omitted"),
        (f"Иван: {LRM}изображение отсутствует", "Иван", "", "изображение отсутствует"),
        (f"Ivan: {LRM}image omitted", "Ivan", "", "image omitted"),
        (
            "Иван: IMG-20260123-WA0001.jpg (файл добавлен)\nподпись",
            "Иван", "подпись", "IMG-20260123-WA0001.jpg",
        ),
        ("Ivan: IMG-20260123-WA0001.jpg (file attached)", "Ivan", "", "IMG-20260123-WA0001.jpg"),
        (
            f"Иван: {LRM}<прикреплено: 00000012-PHOTO-2026-01-23-21-05-40.jpg>",
            "Иван", "", "00000012-PHOTO-2026-01-23-21-05-40.jpg",
        ),
        (
            f"Иван: подпись {LRM}<прикреплено: 00000012-PHOTO-2026-01-23-21-05-40.jpg>",
            "Иван", "подпись", "00000012-PHOTO-2026-01-23-21-05-40.jpg",
        ),
        (
            f"Иван: Смета.pdf • {LRM}3 страницы {LRM}<прикреплено: 00000012-Смета.pdf>",
            "Иван", "Смета.pdf • 3 страницы", "00000012-Смета.pdf",
        ),
        ("Иван: Куплю_карту.pdf (файл добавлен)", "Иван", "Куплю карту", "Куплю_карту.pdf"),
        (f"Иван: {LRM}<attached: 00000012-Куплю_карту.pdf>", "Иван", "Куплю карту", "00000012-Куплю_карту.pdf"),
        (
            f"Иван: подпись {LRM}<Сообщение изменено>",
            "Иван", "подпись", "",
        ),
    ],
)  # fmt: skip
def test_what_people_wrote(written: str, sender: str, text: str, media: str) -> None:
    ((_at, *found),) = lines(f"23.01.2026, 21:05 - {written}")
    assert found == [sender, text, media]


@pytest.mark.parametrize(
    "text",
    [
        "<медиа: куплю карту>",
        f"{LRM}Куплю карту, изображение отсутствует",
        "Данное сообщение удалено. Куплю карту",
        "<Сообщение изменено: куплю карту>",
        "куплю карту.pdf (файл добавлен)",
        f"{LRM}<прикреплено: куплю карту.pdf>",
    ],
)
def test_no_word_of_the_program_hides_an_advert(text: str) -> None:
    """Whatever a person can type around it, or call a file, is judged."""
    for sender in ("Иван", "Асхат «карты»", "Дом 5"):
        found = read(
            f"23.01.2026, 21:05 - {sender}: {text}".encode(), name="Чат WhatsApp с Дом 5.txt"
        )
        assert "куплю карту" in next(iter(export.messages(found))).text.lower()


def test_lines_of_the_program_are_nobodys() -> None:
    found = lines(
        "23.01.2026, 21:00 - Сообщения и звонки защищены сквозным шифрованием.\n"
        "23.01.2026, 21:01 - Иван создал(-а) группу «Дом 5»\n"
        "23.01.2026, 21:02 - Иван добавил(-а) вас\n"
        "23.01.2026, 21:03 - Иван: да\n"
    )
    assert [sender for _at, sender, _text, _media in found if sender] == ["Иван"]


def test_what_is_typed_to_look_like_the_program_is_shown_and_spoils_nothing() -> None:
    """A date that does not exist is no message of its own, nor does it settle the order of dates."""
    found = read(
        "03.04.2026, 21:00 - Иван: раз\n99.99.2026, 21:01 - два\n13/32/2026, 21:01 - три\n"
        "03.04.2026, 21:02 - Куплю карту, оплата сразу\n"
        "04.04.2026, 21:03 - Иван изменил тему на «Куплю карту»\n".encode()
    )
    assert [(line.at.month, line.sender, line.text) for line in found.lines] == [
        (4, "Иван", "раз\n99.99.2026, 21:01 - два\n13/32/2026, 21:01 - три"),
        (4, "", "Куплю карту, оплата сразу"),
        (4, "", "Иван изменил тему на «Куплю карту»"),
        (4, "", "Куплю карту"),
    ]


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("[21:05, 23.01.2026] Иван: да", "2026-01-23 21:05:00"),  # WhatsApp Web
        ("[9:05 PM, 1/23/2026] Ivan: yes", "2026-01-23 21:05:00"),
        ("[23.01, 21:05] Иван: да", "2026-01-23 21:05:00"),  # copied out of Android
        ("[1/23, 9:05 PM] Ivan: yes", "2026-01-23 21:05:00"),
        ("[31.12, 21:05] Иван: да", "2025-12-31 21:05:00"),
    ],
)
def test_what_is_copied_out_of_a_chat(written: str, at: str) -> None:
    with moved_to(datetime(2026, 3, 1, tzinfo=UTC)):
        found = lines(f"{written}\n{written}")
    assert [(when, text in {"да", "yes"}) for when, _sender, text, _media in found] == [
        (at, True)
    ] * 2


def test_deleted_and_quoted() -> None:
    deleted, quoted = read(
        "23.01.2026, 21:05 - Иван: Данное сообщение удалено\n"
        "23.01.2026, 21:06 - Иван: > куплю карту\nне пишите ему".encode()
    ).lines
    assert (deleted.deleted, deleted.text) == (True, "")
    assert (quoted.quoted, quoted.text) == ("куплю карту", "не пишите ему")


def test_the_sign_of_a_quotation_before_everything_hides_nothing() -> None:
    ((_at, _sender, text, _media),) = lines("23.01.2026, 21:05 - Иван: > Куплю\n>карту")
    assert text == "Куплю\nкарту"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Чат WhatsApp с контактом Дом 5.txt", "Дом 5"),
        ("Чат WhatsApp с Дом 5 (2).zip", "Дом 5"),
        ("Чат WhatsApp с группой «Дом 5».txt", "Дом 5"),
        ("WhatsApp Chat with Дом 5.txt", "Дом 5"),
        ("WhatsApp Chat - Дом 5.zip", "Дом 5"),
        ("C:\\chats\\WhatsApp Chat - Дом 5.zip", "Дом 5"),
        ("Дом 5 WhatsApp чаты.txt", "Дом 5"),
        ("_chat.txt", ""),
        ("../../etc/passwd", ""),
    ],
)
def test_the_name_of_the_chat_stands_in_the_files(name: str, title: str) -> None:
    assert export.title_of(name) == title


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "koi8-r", "cp866", "mac-cyrillic"],
)  # fmt: skip
@pytest.mark.parametrize("words", ["Куплю карту, оплата сразу", "КУПЛЮ КАРТУ, ОПЛАТА СРАЗУ", "да"])
def test_what_an_old_editor_made_of_it(encoding: str, words: str) -> None:
    found = read(f"23.01.2026, 21:05 - Иван: {words}".encode(encoding))
    assert found.lines[0].text == words


def test_a_sign_that_ends_texts_hides_no_chat() -> None:
    said = lines("23.01.2026, 21:05 - Иван: при\0вет\n23.01.2026, 21:06 - Иван: Куплю карту")
    assert [text for _at, _sender, text, _media in said] == ["привет", "Куплю карту"]


def test_kazakh_letters_of_an_old_editor() -> None:
    found = read("23.01.2026, 21:05 - Әсел: Сәлем, қалайсыз?".encode("kz1048"))
    assert (found.lines[0].sender, found.lines[0].text) == ("Әсел", "Сәлем, қалайсыз?")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\0\0\0", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "binary"),
        (b"\0" + bytes(range(128, 256)) * 40, "binary"),
        ("Просто письмо, не чат".encode(), "no_chat"),
        (b"x" * (export.MOST_BYTES + 1), "big"),
        (b"99.99.2026, 99:99 - A: x", "no_chat"),
    ],
)
def test_what_is_no_chat_says_why(content: bytes, why: str) -> None:
    with pytest.raises(NotAnExportError) as raised:
        read(content)
    assert raised.value.why == why


def test_a_very_long_chat_gives_its_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_MESSAGES", 3)
    text = "\n".join(f"23.01.2026, 21:{minute:02} - Иван: {minute}" for minute in range(10))
    found = read(text.encode())
    assert ([line.text for line in found.lines], found.is_cut) == (["7", "8", "9"], True)


def test_one_endless_message_is_cut() -> None:
    text = "23.01.2026, 21:05 - Иван: начало\n" + "слово " * 200 + ("\n" + "слово " * 200) * 100
    assert len(read(text.encode()).lines[0].text) <= export.LONGEST_TEXT


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for given_ in (content, b"23.01.2026, 21:05 - A: " + content):
        with suppress(NotAnExportError):
            read(given_)


FIRST = datetime(2015, 1, 1)  # noqa: DTZ001 - a phone's wall clock


@given(st.integers(0, 20 * 365 * 86_400), st.text("абв: \n", max_size=40))
def test_what_was_written_is_read_back(seconds: int, words: str) -> None:
    at = FIRST + timedelta(seconds=seconds)
    (line,) = read(f"[{at:%d.%m.%Y, %H:%M:%S}] Иван: х{words}".encode()).lines
    assert line.at == at
    assert line.text == f"х{words}".strip()
