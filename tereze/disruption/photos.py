"""An advert's photos: what kind of file, how large, and the hash by which a copy is found again.

The hash is PDQ (Meta, 2019; 256 bits, two copies differ in at most 31): the same luminance, 64 × 64
means, 16 × 16 of their cosine transform, each against the median. Pillow does the averaging, so it
differs from the reference's own filter in 2 to 8 bits. The bindings on the package index bring a
compiler's work for some Python versions only, and need NumPy; this needs neither.
"""

import hashlib
import io
import math
import statistics
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, UnidentifiedImageError


SIDE, KEPT = 64, 16
LARGEST_SIDE = 512
MOST = 40  # of one advert
MOST_PIXELS = 60_000_000
LEAST_DETAIL = 50  # of 100: an empty picture's hash says nothing
COSINES = [
    [math.cos(math.pi / (2 * SIDE) * (i + 1) * (2 * j + 1)) for j in range(SIDE)]
    for i in range(KEPT)
]
KINDS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}
UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
)


@dataclass(frozen=True)
class Picture:
    kind: str  # jpg, png …
    sha256: str
    width: int
    height: int
    pdq: str  # empty where the picture shows too little


def examine(content: bytes) -> Picture | None:
    """None where it is no picture that we know. The file comes from a stranger."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=list(KINDS)) as image:
                (width, height), kind = image.size, KINDS[image.format or ""]
                pdq = pdq_of(image) if width * height <= MOST_PIXELS else ""
        except UNREADABLE:
            return None
    return Picture(kind, hashlib.sha256(content).hexdigest(), width, height, pdq)


def pdq_of(image: Image.Image) -> str:
    """256 bits in hexadecimal, in the reference's order."""
    image.draft("L", (LARGEST_SIDE, LARGEST_SIDE))  # a large JPEG is not decoded in full
    grey = image.convert("L")
    if max(grey.size) > LARGEST_SIDE:
        grey = grey.resize((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.BOX)
    points = grey.resize((SIDE, SIDE), Image.Resampling.BOX).tobytes()
    lines = [points[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE)]
    if detail(lines) < LEAST_DETAIL:
        return ""
    columns = list(zip(*lines, strict=True))
    half = [[product(wave, column) for column in columns] for wave in COSINES]
    whole = [product(line, wave) for line in half for wave in COSINES]
    middle = statistics.median(whole)
    bits = sum(1 << place for place, value in enumerate(whole) if value > middle)
    return f"{bits:064x}"


def product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def detail(lines: list[bytes]) -> int:
    """How much there is to see, 0 to 100, as the reference counts it."""
    beside = sum(abs(int((a - b) * 100 / 255)) for line in lines for a, b in pairwise(line))
    below = sum(
        abs(int((a - b) * 100 / 255))
        for upper, lower in pairwise(lines)
        for a, b in zip(upper, lower, strict=True)
    )
    return min(100, (beside + below) // 90)
