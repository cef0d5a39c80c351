"""Pictures for lists: sixty on one page have to stay light."""

import io
import warnings

from PIL import Image

from tereze.casework.models import EvidenceFile
from tereze.core import vault
from tereze.disruption.models import Thumbnail


SIZE = (240, 180)  # twice what a list shows, for dense screens
MOST_PIXELS = 60_000_000
FORMATS = ["JPEG", "PNG", "WEBP"]
BACKGROUND = "white"


class NoPictureError(Exception):
    """Not a picture we can read, whatever its name says."""


def thumbnail(file: EvidenceFile) -> bytes:
    """Made once, kept in the vault. Raises NoPictureError."""
    made = Thumbnail.objects.filter(source=file.sha256).first()
    if made is not None:
        return vault.read(made.kept)
    small = reduced(file.content())
    kept = vault.store(small).sha256
    Thumbnail.objects.get_or_create(source=file.sha256, defaults={"kept": kept})
    return small


def reduced(content: bytes) -> bytes:
    """The top of the picture as a small JPEG: of a whole page the top is what one knows it by."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NoPictureError
                return as_jpeg(picture)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise NoPictureError from error
        except Image.DecompressionBombWarning as error:
            raise NoPictureError from error


def as_jpeg(picture: Image.Image) -> bytes:
    picture.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))  # a large JPEG is not decoded in full
    width, height = SIZE
    shown = min(picture.height, max(1, picture.width * height // width))
    plain = picture.crop((0, 0, picture.width, shown)).convert("RGBA")
    paper = Image.new("RGBA", plain.size, BACKGROUND)
    paper.alpha_composite(plain)
    small = paper.convert("RGB")
    small.thumbnail(SIZE)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=72, optimize=True)
    return out.getvalue()
