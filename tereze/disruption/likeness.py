"""What makes two adverts the same fraudster's: photos, words, price. Plain functions.

Words are compared by MinHash (Broder, 1997): the share of equal slots of two sketches estimates the
share of character runs the texts have in common, whatever was added, cut or put in another order.
Photos by PDQ (256 bits; its authors call pictures alike up to 31 differing bits).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal


RUN = 6  # characters that are compared as one
SLOTS = 64
BANDS = 16  # of four slots each: texts that share 0.7 meet in one with 99 %
ALIKE = 0.7
SHORTEST = 80  # letters: «торг уместен, самовывоз» is everybody's
FEWEST = 40  # different runs: a line repeated until it is long says little
PIECE, PIECES = 24, 24  # characters, and how many at most, of a text that may be quoted
PDQ_DIGITS = 64
SAME_PICTURE = 31  # of 256 bits
LONGEST = 5_000  # characters that are sketched
SAME_TITLE = 0.75
NUMBER = re.compile(r"[\d+]+")
NOT_WORDS = re.compile(r"[^\w#]+")
PRIME = (1 << 61) - 1


def constants() -> list[tuple[int, int]]:
    """The same for ever and on every machine: sketches rest in the database."""
    numbers = []
    for slot in range(SLOTS):
        digest = hashlib.sha256(f"tereze sketch {slot}".encode()).digest()
        first, second = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
        numbers.append((first % (PRIME - 1) + 1, second % PRIME))
    return numbers


CONSTANTS = constants()


def plain(text: str) -> str:
    """Letters only, with numbers made alike: a new price or phone does not make it a new text."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return NOT_WORDS.sub(" ", NUMBER.sub("#", folded)).strip()


def sketch(text: str) -> list[int]:
    """64 numbers that stand for the text; none for a text that is too short to mean anything."""
    words = plain(text[:LONGEST])
    runs = {words[start : start + RUN] for start in range(len(words) - RUN + 1)}
    if sum(map(str.isalpha, words)) < SHORTEST or len(runs) < FEWEST:
        return []
    hashes = [
        int.from_bytes(hashlib.blake2b(r.encode(), digest_size=7).digest(), "big") for r in runs
    ]
    return [
        min((first * value + second) % PRIME for value in hashes) & 0xFFFFFFFF
        for first, second in CONSTANTS
    ]


def pieces_of(text: str) -> list[tuple[str, str]]:
    """Runs from the whole of it, each with a word inside, by which a quotation is known; none where
    it is too short."""
    words = plain(text[:LONGEST])
    if sum(map(str.isalpha, words)) < SHORTEST:
        return []
    step = max(PIECE, len(words) // PIECES)
    runs = [words[start : start + PIECE] for start in range(0, len(words) - PIECE + 1, step)]
    return [(max(run.split()[1:-1], key=len, default=""), run) for run in runs]


def quotes(text: str, pieces: Sequence[tuple[str, str]]) -> bool:
    """Whether a longer story holds at least half of the pieces, letter for letter. Their words are
    asked first: of thousands of stories nearly all are told apart by them, in microseconds."""
    rough = text.casefold().replace("ё", "е")
    if sum(word in rough for word, _run in pieces) * 2 < len(pieces):
        return False
    told = plain(text)
    return sum(run in told for _word, run in pieces) * 2 >= len(pieces)


def in_common(one: Sequence[int], other: Sequence[int]) -> float:
    if len(one) != SLOTS or len(other) != SLOTS:
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / SLOTS


def bands(slots: Sequence[int]) -> list[str]:
    """Keys by which near-identical texts find each other without comparing all with all."""
    if len(slots) != SLOTS:
        return []
    width = SLOTS // BANDS
    return [
        f"{band}:{hashlib.blake2b(repr(list(slots[band * width : (band + 1) * width])).encode(), digest_size=8).hexdigest()}"
        for band in range(BANDS)
    ]


def bits(pdq: str) -> int | None:
    """A photo's hash as a number; None for what is none."""
    try:
        return int(pdq, 16) if len(pdq) == PDQ_DIGITS else None
    except ValueError:
        return None


def title_words(title: str) -> frozenset[str]:
    return frozenset(word for word in plain(title).split() if len(word) > 1)


def same_offer(
    title: str, price: Decimal | None, other_title: str, other_price: Decimal | None
) -> bool:
    """The same price under nearly the same name: alone it proves nothing, with more it confirms."""
    if price is None or price != other_price:
        return False
    one, other = title_words(title), title_words(other_title)
    return len(one) > 1 and len(one & other) / max(len(one | other), 1) >= SAME_TITLE


def any_same_picture(own: Iterable[int], other: int) -> bool:
    return any((one ^ other).bit_count() <= SAME_PICTURE for one in own)
