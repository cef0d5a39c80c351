"""Near-duplicate fingerprints: copies of an advert stay alike when a price or a name is changed.

One-permutation MinHash over the 5-character shingles of the folded text, 64 bins of 32 bits:
every shingle's hash falls into one bin, a bin keeps its smallest. Two texts' share of equal bins
estimates the Jaccard similarity of their shingles, with a standard error of at most 0.0625.

Li, Owen, Zhang: One Permutation Hashing, NIPS 2012 (the estimator of section 2, which leaves out
bins that are empty in both). Hash of a shingle: CRC-32 of its UTF-16 form, multiplied by the
golden ratio's odd number (Knuth, The Art of Computer Programming 3, 6.4), so that every computer
gets the same fingerprint.
"""

from __future__ import annotations

from array import array
from sys import byteorder
from zlib import crc32

from tereze.detection.skeleton import fold
from tereze.detection.spelling import WORD


BINS = 64
_SHINGLE = 5
_LONGEST = 20_000  # characters that are looked at
_EMPTY = 0xFFFF_FFFF
_GOLDEN = 0x9E37_79B1


def fingerprint(text: str) -> bytes:
    """The fingerprint of ``text``, 256 bytes: compare by :func:`similarity`, print by ``.hex()``.

    Case, look-alike letters, spacing and punctuation make no difference. Texts of less than about
    40 characters share too much by chance to be called copies.
    """
    return of_folded(fold(text[:_LONGEST]).text)


def of_folded(folded: str) -> bytes:
    """The fingerprint of a text that was folded."""
    said = " ".join(WORD.findall(folded))
    data = said.encode("utf-16-le", "surrogatepass")
    size = 2 * _SHINGLE
    ends = range(size, max(len(data), size) + 1, 2) if data else ()
    hashes = {crc32(data[end - size : end]) * _GOLDEN & 0xFFFF_FFFF for end in ends}
    # in falling order, so that the smallest of a bin is written last
    smallest = {value >> 26: value for value in sorted(hashes, reverse=True)}
    bins = array("I", [smallest.get(number, _EMPTY) for number in range(BINS)])
    if byteorder == "big":
        bins.byteswap()
    return bins.tobytes()


def similarity(one: bytes, other: bytes) -> float:
    """How alike two texts with these fingerprints are: 0.0 nothing in common, 1.0 the same words.

    Raises ValueError for what is no fingerprint.
    """
    if not len(one) == len(other) == 4 * BINS:
        raise ValueError(f"a fingerprint has {4 * BINS} bytes")
    pairs = [(one[at : at + 4], other[at : at + 4]) for at in range(0, 4 * BINS, 4)]
    filled = [(a, b) for a, b in pairs if not a == b == b"\xff\xff\xff\xff"]
    return sum(a == b for a, b in filled) / len(filled) if filled else 0.0
