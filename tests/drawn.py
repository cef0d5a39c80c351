"""Pictures for tests: words as a phone shows them, codes, and files that are none."""

import io

import segno
from PIL import Image, ImageDraw, ImageFont


FONTS = "/usr/share/fonts/truetype/dejavu/"


def drawn(
    text: str, *, size: int = 22, dark: bool = False, width: int = 720, font: str = "DejaVuSans"
) -> Image.Image:
    letters = ImageFont.truetype(f"{FONTS}{font}.ttf", size)
    lines = [line for part in text.split("\n") for line in wrapped(part, letters, width - 40)]
    height = round(size * 1.4)
    paper, ink = ("#101418", "#e8eaed") if dark else ("#ffffff", "#1a1a1a")
    picture = Image.new("RGB", (width, height * len(lines) + 40), paper)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((20, 20 + number * height), line, font=letters, fill=ink)
    return picture


def wrapped(text: str, letters: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and letters.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def jpeg(picture: Image.Image, *, quality: int = 60) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def screenshot(text: str, *, size: int = 22, dark: bool = False) -> bytes:
    return jpeg(drawn(text, size=size, dark=dark))


def code(content: str) -> bytes:
    out = io.BytesIO()
    segno.make(content).save(out, kind="png", scale=6)
    return out.getvalue()
