"""Photos by what they show: the same one is found again, another is not, a trap harms nothing."""

import io

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from tereze.disruption.photos import examine


# PDQ's own code over scene 1, computed once with its bindings
REFERENCE = "a8a2527b6b43267a5e35a7662db5d3665f36aaa5f44e1a11e7ca0101d8de1d38"
NEAR = 31  # bits of 256: what two copies of one photo differ in at most


def scene(seed: int) -> Image.Image:
    """A sky, ground and things, as in a photograph: soft edges, light from somewhere."""
    image = Image.linear_gradient("L").resize((800, 600)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for n in range(24):
        x, y = (seed * 197 + n * 131) % 760, (seed * 89 + n * 71) % 560
        size = 30 + (seed * 7 + n * 53) % 170
        draw.ellipse((x, y, x + size, y + size // 2), fill=((n * 37) % 256, (n * 91) % 256, n * 10))
    return image.filter(ImageFilter.GaussianBlur(2))


def saved(image: Image.Image, kind: str = "JPEG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def distance(one: bytes, other: bytes) -> int:
    first, second = examine(one), examine(other)
    assert first is not None
    assert second is not None
    return (int(first.pdq, 16) ^ int(second.pdq, 16)).bit_count()


@pytest.mark.parametrize(
    "copy",
    [
        lambda image: saved(image, quality=30),
        lambda image: saved(image.resize((400, 300))),
        lambda image: saved(image, "PNG"),
        lambda image: saved(image, "WEBP"),
        lambda image: saved(ImageEnhance.Brightness(image).enhance(1.15)),
    ],
)
def test_a_copy_is_found_again(copy: object) -> None:
    for seed in range(3):
        image = scene(seed)
        assert distance(saved(image), copy(image)) <= NEAR  # type: ignore[operator]


def test_other_photos_are_not_confused() -> None:
    files = [saved(scene(seed)) for seed in range(8)]
    apart = [distance(a, b) for n, a in enumerate(files) for b in files[n + 1 :]]
    assert min(apart) > NEAR


def test_the_hash_is_the_references_own() -> None:
    found = examine(saved(scene(1), "PNG"))
    assert found is not None
    assert (int(found.pdq, 16) ^ int(REFERENCE, 16)).bit_count() <= 10


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"<html>no photo</html>", "a page"),
        (saved(scene(0))[:300], "cut off"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "no JPEG"),
        (b"GIF89a\xff\xff\xff\xff", "a head without a body"),
    ],
)
def test_what_is_no_photo_is_none(content: bytes, why: str) -> None:
    assert examine(content) is None, why


def test_an_empty_picture_gets_no_hash_that_would_match_every_other() -> None:
    found = examine(saved(Image.new("RGB", (400, 300), "white")))
    assert found is not None
    assert (found.pdq, found.width) == ("", 400)


def test_a_bomb_is_not_decoded() -> None:
    assert examine(saved(Image.new("1", (10_000, 10_000)), "PNG")) is None
