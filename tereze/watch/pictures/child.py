"""One picture in; its words, codes and hash, and a safe copy out. Run as a process by `reading.py`.

Decoding a stranger's file is the riskiest thing done with it, so nothing of it happens anywhere else.
This process has bounded memory and time, writes no file, and knows neither the database nor the keys.
"""

import contextlib
import csv
import io
import json
import os
import re
import resource
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass, replace
from typing import Any

import zxingcpp
from pi_heif import register_heif_opener
from PIL import Image, ImageChops, ImageFile, ImageOps, ImageStat

from tereze.disruption.photos import pdq_of
from tereze.watch.pictures.limits import MEMORY, MOST_BYTES, MOST_PIXELS, SECONDS


LIMITS = (
    (resource.RLIMIT_CPU, SECONDS),
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_FSIZE, 0),  # neither writes a file
    (resource.RLIMIT_CORE, 0),
)
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF", "HEIF"]
MOVING = {"GIF", "WEBP", "PNG", "AVIF"}  # a phone's JPEG may hold a second picture that nobody sees
READ_PIXELS = 4_000_000  # small letters are scaled up to so many, large pictures down
LARGEST_SCALE = 3.0
LAYOUT = "3"  # finds the page first: a search for scattered words reads leaves and waves as letters
LEAST_SIDE = 24  # below this there is nothing to read
LEAST_LINE = 3  # letters and digits; shorter lines are buttons and dust
LEAST_SURE = 40  # of 100: below this Tesseract guesses at leaves and wallpaper
SURE = 80  # as it is of nearly every word that stands upright
LEGIBLE = 0.6  # of the words; lying or upside down half of them are guessed at best
GLANCED_SIDE = 1500  # is enough to see which way the lines run
TURN = re.compile(rb"^Rotate: (90|180|270)$", re.MULTILINE)
SHOWN_SIDE = 1280
LONGEST = 8_000  # characters
MOST_CODES = 40
MOST_SHOWN = 4  # different pictures of a moving one
TREMBLING = 6.0  # of 255
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, MemoryError, RuntimeError)
CODES = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.DataMatrix]
)


class NotReadError(Exception):
    """Why it is no picture for us; nothing of it is known."""


class ToolFailedError(Exception):
    """Its words are not known; everything else is."""


@dataclass(frozen=True)
class Told:
    text: str = ""
    words: int = 0
    sure: int = 0  # of them
    turn: int = 0  # degrees clockwise by which the picture was turned to be read

    @property
    def is_legible(self) -> bool:
        return self.sure > self.words * LEGIBLE


def main(languages: str) -> int:
    for kind, most in LIMITS:
        with contextlib.suppress(ValueError, OSError):  # macOS bounds no address space
            resource.setrlimit(kind, (most, most))
    os.nice(10)  # the chat's texts go first
    try:
        found, shown = examined(sys.stdin.buffer.read(MOST_BYTES + 1), languages)
    except NotReadError as error:
        found, shown = {"why_not": str(error)}, b""
    sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode() + b"\n" + shown)
    return 0


def examined(content: bytes, languages: str) -> tuple[dict[str, Any], bytes]:
    first, *later = opened(content)
    image = strip([first, *later])
    told, why_not = Told(), "" if languages else "no_tool"
    if languages and min(image.size) >= LEAST_SIDE:
        try:
            told = words_in(prepared(image), languages)
        except ToolFailedError:
            why_not = "tool_failed"
    if told.turn:
        first, image = (one.rotate(-told.turn, expand=True) for one in (first, image))
    found = {
        "width": first.width,
        "height": first.height,
        "photo_hash": pdq_of(first),
        "codes": codes_of(image),
        "text": told.text,
        "why_not": why_not,
    }
    return found, safe_copy(image)


def opened(content: bytes) -> list[Image.Image]:
    """The picture, upright, on white where it is transparent; of a moving one what else it shows."""
    if len(content) > MOST_BYTES:
        raise NotReadError("too_large")
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # a file cut short shows what came
    Image.MAX_IMAGE_PIXELS = (
        None  # our own limit is lower and tells itself apart from a broken file
    )
    warnings.simplefilter("ignore")
    register_heif_opener()
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise NotReadError("too_many_pixels")
        image.load()
        first = shown_as(image)
    except UNREADABLE as error:
        raise NotReadError("not_picture") from error
    return [first, *others(image, first)]


def others(image: Image.Image, first: Image.Image) -> list[Image.Image]:
    """An advert may come a moment later than the cat."""
    if image.format not in MOVING:
        return []
    found = [first]
    most = min(getattr(image, "n_frames", 1), MOST_PIXELS // (image.width * image.height))
    with contextlib.suppress(*UNREADABLE):  # what came before the damage is read
        for number in range(1, most):
            image.seek(number)
            frame = shown_as(image)
            if all(differ(frame, other) for other in found):
                found.append(frame)
            if len(found) == MOST_SHOWN:
                break
    return found[1:]


def differ(one: Image.Image, other: Image.Image) -> bool:
    """In more than the trembling of a video."""
    small = [each.convert("L").resize((64, 64)) for each in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*small)).rms[0] > TREMBLING


def strip(frames: list[Image.Image]) -> Image.Image:
    """One below the other, so that all is read and shown at once."""
    if len(frames) == 1:
        return frames[0]
    whole = Image.new("RGB", (frames[0].width, sum(frame.height for frame in frames)), "white")
    for number, frame in enumerate(frames):
        whole.paste(frame, (0, number * frames[0].height))
    return whole


def shown_as(image: Image.Image) -> Image.Image:
    return on_white(ImageOps.exif_transpose(image))


def on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith(
        "I"
    ):  # sixteen bits of grey: cut off at eight, all of it would be white
        image = image.convert("I").point(lambda light: light * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return paper.convert("RGB")


def prepared(image: Image.Image) -> Image.Image:
    """Grey, dark on light, and of a size at which a phone's letters are large enough."""
    grey = ImageOps.autocontrast(image.convert("L"), cutoff=1)
    if ImageStat.Stat(grey).median[0] < 128:
        grey = ImageOps.invert(grey)
    scale = min(LARGEST_SCALE, (READ_PIXELS / (grey.width * grey.height)) ** 0.5)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    return grey.resize(size, Image.Resampling.LANCZOS)


def words_in(image: Image.Image, languages: str) -> Told:
    """As it lies; where hardly a word is sure, as its lines run too: a photo of a sheet may lie on its
    side, and an advert be turned so that no program reads it."""
    begun = time.monotonic()
    told = words_of(image, languages)
    if told.is_legible:
        return told
    try:
        turn = turn_of(image, patience=SECONDS - (time.monotonic() - begun))
        if not turn:
            return told
        turned = image.rotate(-turn, expand=True)
        other = words_of(turned, languages, patience=SECONDS - (time.monotonic() - begun))
    except (ToolFailedError, subprocess.TimeoutExpired):
        return told
    return replace(other, turn=turn) if other.sure > told.sure else told


def turn_of(image: Image.Image, *, patience: float) -> int:
    """By which the lines run upright; none where the tool cannot tell."""
    small = image.copy()
    small.thumbnail((GLANCED_SIDE, GLANCED_SIDE))
    found = TURN.search(asked(small, "-l", "osd", "--psm", "0", patience=patience))
    return int(found[1]) if found else 0


def words_of(image: Image.Image, languages: str, *, patience: float | None = None) -> Told:
    table = asked(image, "-l", languages, "--psm", LAYOUT, "tsv", patience=patience)
    try:
        return lines_of(table.decode(errors="replace"))
    except (KeyError, ValueError, TypeError, csv.Error, MemoryError) as error:
        raise ToolFailedError from error


def asked(image: Image.Image, *how: str, patience: float | None) -> bytes:
    out = io.BytesIO()
    image.save(out, "PPM")  # nothing to compress and to unpack on the way to a neighbour
    done = subprocess.run(
        ["tesseract", "stdin", "stdout", *how],
        input=out.getvalue(),
        capture_output=True,
        check=False,
        timeout=patience,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    if done.returncode:
        raise ToolFailedError
    return done.stdout


def lines_of(table: str) -> Told:
    """The words it is sure of, in the lines in which they stood."""
    lines: dict[tuple[str, ...], list[str]] = {}
    seen = sure = 0
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    if "text" not in (rows.fieldnames or ()):
        raise ToolFailedError
    for row in rows:
        word = (row["text"] or "").strip()
        if not word:
            continue
        certainty = float(row["conf"])
        seen, sure = seen + 1, sure + (certainty >= SURE)
        if certainty >= LEAST_SURE:
            place = (row["block_num"], row["par_num"], row["line_num"])
            lines.setdefault(place, []).append(word)
    told = (" ".join(words) for words in lines.values())
    text = "\n".join(line for line in told if sum(map(str.isalnum, line)) >= LEAST_LINE)
    return Told(text[:LONGEST], seen, sure)


def codes_of(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(image.convert("L"), formats=CODES)
    return list(dict.fromkeys(code.text[:LONGEST] for code in found if code.text))[:MOST_CODES]


def safe_copy(image: Image.Image) -> bytes:
    """Drawn anew, so that the browser of an officer never decodes the stranger's own file."""
    small = image.copy()
    small.info = {}  # a comment or a profile would be carried along
    small.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
