"""Runs of letters of folded texts: what the learned model hears beside the words.

Endings, the beginning of the next word, punctuation and numbers are in them, so that voices that
were never learned from are recognised by how they put their words. From every place of a text,
the empty one before it first, the next four and the next seven letters are hashed to a bucket
(Weinberger et al. 2009, "Feature hashing for large scale multitask learning"); digits are all
the same, what the code page lacks is an empty letter, as is what stands before and behind. Runs of
empty letters and blanks (pictures in a row) say nothing: ``SILENCE`` are their buckets, which are not
learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from tereze.detection.features import heard


BITS = 21  # 2,097,152 buckets
LENGTHS = (4, 7)  # letters
_GAP = 8  # empty letters between two texts: no run sees both

Buckets = npt.NDArray[np.int64]

_KEPT = bytes(
    0x20 if code in b"\n\r\t\xa0" else 0x30 if code in b"123456789" else code for code in range(256)
)
_MASKS = np.array([[(1 << 8 * length) - 1] for length in LENGTHS], dtype=np.uint64)
_SALTS = np.array([[length * 0x1B873593_00000000] for length in LENGTHS], dtype=np.uint64)
_SHIFT = np.uint64(64 - BITS)
_EIGHT_LETTERS = np.dtype("<u8")
_SPREAD = np.uint64(0x9E3779B185EBCA87)  # multiplicative hashing, Knuth 1973 vol. 3, 6.4
_64_BITS = (1 << 64) - 1
SILENCE = [
    (int.from_bytes(bytes(run), "little") * int(_SPREAD) + int(salt) & _64_BITS) >> (64 - BITS)
    for length, salt in zip(LENGTHS, _SALTS[:, 0], strict=True)
    for run in product(b"\0 ", repeat=length)
]


@dataclass(frozen=True, eq=False, slots=True)
class Runs:
    """``bucket`` has a row for each of :data:`LENGTHS` and a column for each place; those of text
    ``i`` are from ``bounds[i][0]`` to before ``bounds[i][1]``, others belong to none."""

    bucket: Buckets
    bounds: list[tuple[int, int]]


def runs(texts: Sequence[str]) -> Runs:
    """The runs of folded ``texts``; of each at most ``LONGEST`` letters are read."""
    return runs_of([heard(text) for text in texts])


def runs_of(texts: Sequence[bytes]) -> Runs:
    """The runs of texts as they are ``heard``."""
    gap = bytes(_GAP)
    read = [text.translate(_KEPT) for text in texts]
    joined = gap + gap.join(read) + gap
    number = np.ndarray(len(joined) - _GAP + 1, _EIGHT_LETTERS, joined, strides=(1,))
    bucket = number & _MASKS
    bucket *= _SPREAD
    bucket += _SALTS
    bucket >>= _SHIFT
    bounds = []
    start = _GAP - 1
    for text in read:
        end = start + len(text) + 1
        bounds.append((start, end))
        start = end + _GAP - 1
    return Runs(bucket.view(np.int64), bounds)
