"""Photos drawn from a seed: the same seed gives the same bytes, a variant is a near-copy."""

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageOps


Colour = tuple[int, int, int]
SIZE = (960, 720)
WALLS = ((214, 208, 196), (196, 204, 206), (222, 214, 188), (188, 196, 182), (206, 194, 188))
TABLES = ((122, 92, 66), (92, 74, 60), (140, 132, 124), (104, 110, 114), (150, 118, 84))


@lru_cache(maxsize=128)
def photo(kind: str, seed: int, number: int, variant: int) -> bytes:
    dice = random.Random(f"{kind}-{seed}")
    image = backdrop(dice)
    DRAWINGS.get(kind, draw_goods)(ImageDraw.Draw(image), dice, number)
    image = grain(view_from(image, number).filter(ImageFilter.GaussianBlur(1.1)), dice)
    quality = 86
    if variant:
        image = image.resize((SIZE[0] - 40 * variant, SIZE[1] - 30 * variant))
        quality -= 8 * min(variant, 5)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def near(dice: random.Random, fill: Colour) -> Colour:
    return shade(fill, dice.randint(-14, 14))


def colour(dice: random.Random, low: int, high: int) -> Colour:
    return (dice.randint(low, high), dice.randint(low, high), dice.randint(low, high))


def backdrop(dice: random.Random) -> Image.Image:
    """A wall and a table, lit from one side."""
    wall, table = near(dice, dice.choice(WALLS)), near(dice, dice.choice(TABLES))
    image = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(image)
    horizon = dice.randint(380, 470)
    draw.rectangle((0, horizon, *SIZE), fill=table)
    for plank in range(horizon, SIZE[1], dice.randint(36, 60)):
        darker: Colour = (table[0] - 18, table[1] - 18, table[2] - 18)
        draw.line((0, plank, SIZE[0], plank + dice.randint(-8, 8)), fill=darker, width=3)
    light = Image.linear_gradient("L").rotate(dice.choice((90, 270))).resize(SIZE)
    return Image.composite(image, Image.new("RGB", SIZE, (40, 38, 44)), light.point(brighten))


def view_from(image: Image.Image, number: int) -> Image.Image:
    """The same thing from another side, nearer for every further photo."""
    side = ImageOps.mirror(image) if number % 2 else image
    step = 60 * (number % 3)
    return side.crop((step, step, SIZE[0] - step, SIZE[1] - step * 3 // 4)).resize(SIZE)


def brighten(value: int) -> int:
    return 170 + value // 3


def grain(image: Image.Image, dice: random.Random) -> Image.Image:
    noise = Image.frombytes("L", (240, 180), dice.randbytes(240 * 180)).resize(SIZE)
    return Image.blend(image, Image.merge("RGB", (noise, noise, noise)), 0.06)


def shade(fill: Colour, by: int) -> Colour:
    return (
        max(0, min(255, fill[0] + by)),
        max(0, min(255, fill[1] + by)),
        max(0, min(255, fill[2] + by)),
    )


def draw_phone(draw: ImageDraw.ImageDraw, dice: random.Random, number: int) -> None:
    body = colour(dice, 25, 110)
    x, y, w, h = dice.randint(300, 420), dice.randint(90, 140), 250, 500
    draw.rounded_rectangle((x + 22, y + 22, x + w + 26, y + h + 22), 44, fill=(35, 32, 34))
    draw.rounded_rectangle((x, y, x + w, y + h), 44, fill=body)
    if number % 2:
        draw.rounded_rectangle((x + 12, y + 12, x + w - 12, y + h - 12), 34, fill=shade(body, 60))
        for row in range(5):
            for column in range(4):
                left, top = x + 34 + column * 50, y + 70 + row * 62
                draw.rounded_rectangle(
                    (left, top, left + 36, top + 36), 9, fill=colour(dice, 60, 250)
                )
    else:
        draw.rounded_rectangle((x + 22, y + 22, x + 132, y + 132), 28, fill=shade(body, 28))
        for dx, dy in ((24, 24), (72, 24), (48, 72)):
            left, top = x + 22 + dx, y + 12 + dy
            draw.ellipse((left, top, left + 40, top + 40), fill=(18, 18, 22))
            draw.ellipse((left + 12, top + 10, left + 22, top + 20), fill=(120, 130, 160))


def draw_car(draw: ImageDraw.ImageDraw, dice: random.Random, number: int) -> None:
    paint = colour(dice, 40, 235)
    y = dice.randint(360, 400)
    roof = ((250, y), (330, y - 120), (610, y - 125), (720, y))
    draw.ellipse((110, y + 150, 870, y + 215), fill=(45, 43, 45))
    draw.polygon(roof, fill=shade(paint, -12))
    draw.rounded_rectangle((120, y - 8, 850, y + 135), 46, fill=paint)
    glass = (150, 178, 196)
    draw.polygon(((290, y - 6), (350, y - 104), (468, y - 106), (468, y - 6)), fill=glass)
    draw.polygon(((486, y - 6), (486, y - 106), (598, y - 106), (676, y - 6)), fill=glass)
    for x in (215, 650):
        draw.ellipse((x, y + 65, x + 130, y + 195), fill=(22, 22, 24))
        draw.ellipse((x + 34, y + 99, x + 96, y + 161), fill=(168, 172, 178))
    draw.rounded_rectangle((815, y + 24, 850, y + 58), 10, fill=(250, 240, 190))
    draw.line((478, y - 4, 478, y + 128), fill=shade(paint, -40), width=4)
    draw.rounded_rectangle(
        (418 + number * 6, y + 34, 458 + number * 6, y + 42), 4, fill=(60, 60, 64)
    )


def draw_flat(draw: ImageDraw.ImageDraw, dice: random.Random, number: int) -> None:
    draw.rectangle((90, 80, 420, 330), fill=(238, 240, 242))
    draw.rectangle((106, 96, 404, 314), fill=(158, 198, 224))
    draw.rectangle((250, 96, 260, 314), fill=(238, 240, 242))
    curtain = colour(dice, 110, 220)
    for left in (66, 400):
        draw.polygon(((left, 64), (left + 52, 64), (left + 40, 420), (left - 4, 420)), fill=curtain)
    sofa = colour(dice, 70, 190)
    x = 470 - 30 * (number % 3)
    draw.rounded_rectangle((x, 340, x + 400, 470), 34, fill=shade(sofa, -14))
    draw.rounded_rectangle((x - 20, 430, x + 420, 560), 34, fill=sofa)
    for cushion in (x + 40, x + 210):
        draw.rounded_rectangle((cushion, 385, cushion + 130, 470), 20, fill=colour(dice, 90, 230))
    draw.rectangle((x + 60, 120, x + 250, 260), fill=(70, 56, 44))
    draw.rectangle((x + 72, 132, x + 238, 248), fill=colour(dice, 90, 220))


def draw_goods(draw: ImageDraw.ImageDraw, dice: random.Random, number: int) -> None:
    for step in range(3 + number % 3):
        fill = colour(dice, 60, 220)
        x, y = 180 + step * 150, 420 - dice.randint(40, 200)
        draw.polygon(
            ((x, y), (x + 40, y - 40), (x + 210, y - 40), (x + 170, y)), fill=shade(fill, 30)
        )
        draw.rectangle((x, y, x + 170, 590), fill=fill)
        draw.polygon(
            ((x + 170, y), (x + 210, y - 40), (x + 210, 550), (x + 170, 590)), fill=shade(fill, -40)
        )
        draw.rectangle((x + 62, y, x + 108, 590), fill=shade(fill, 48))


DRAWINGS = {"phone": draw_phone, "car": draw_car, "flat": draw_flat, "goods": draw_goods}
