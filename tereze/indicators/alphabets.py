"""In which letters a text is written where nobody says so, or says it wrongly. Plain Python."""

import re


# half of any Russian or Kazakh text; in wrong letters they are rare
USUAL = frozenset("оеаинтсрвлыіә")
ODD = re.compile(r"[^\x00-\x7fа-яәғқңөұүһі№«»—–…\u00a0]")  # rare in them, as other letters are
OLD = ("kz1048", "koi8-r", "cp866", "mac-cyrillic")  # the first: Windows', with Kazakh letters
SAMPLE = 65_536
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
CUT = 3  # bytes of a letter that may be missing at the end


def is_utf8(content: bytes) -> bool:
    """With letters beyond ASCII: nobody's older letters happen to be that."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.end >= len(content) - CUT and not content[: error.start].isascii()
    return not content.isascii()


def wide(content: bytes) -> str:
    """UTF-16 that does not say so: every second byte says which alphabet the letter is of."""
    sample = content[:4096]
    if b"\0" not in sample:
        return ""
    for name, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        pages, letters = sample[first::2], sample[1 - first :: 2]
        known = pages.count(0) + pages.count(4)
        if known > 0.9 * len(pages) and letters.count(0) < 0.1 * len(letters):
            return name
    return ""


def old(content: bytes) -> str:
    """Of the older alphabets the one that makes most sense of it."""
    sample = content[:SAMPLE]

    def sense(name: str) -> int:
        text = sample.decode(name, "replace").lower()
        return sum(map(USUAL.__contains__, text)) - len(ODD.findall(text))

    return max(OLD, key=sense)


def is_written(text: str) -> bool:
    """By a person: letters enough, and none of the signs that only programs write."""
    letters = sum(letter.isalpha() for letter in text)
    return letters >= len(text) / 8 and not CONTROLS.search(text)


def text_of(content: bytes, told: str) -> str:
    """As somebody says it is written, unless it plainly is not."""
    if plainly := wide(content) or ("utf-8" if is_utf8(content) else ""):
        return content.decode(plainly, "replace")
    text = content.decode(told, "replace")
    wrong = text.count("\ufffd")
    return (
        content.decode(old(content), "replace") if wrong > 10 and wrong * 50 > len(text) else text
    )
