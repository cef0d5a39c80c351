"""What a file is, by its first bytes. Names and announced types are never believed."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


MAX_FILES = 10
MAX_FILE = 25 * 1024 * 1024
UNKNOWN = "application/octet-stream"
BROWSERS_SHOW = {"image/jpeg", "image/png", "image/gif", "image/webp"}
PICTURES = BROWSERS_SHOW | {"image/heic", "image/avif"}  # read by the reader of pictures
DANGEROUS = {
    "application/vnd.android.package-archive",
    "application/x-msdownload",
    "application/x-elf",
    "application/x-mach-binary",
    "application/x-java-archive",
    "application/x-shortcut",
    "text/x-script",
}
STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-shortcut"),
    (b"#!", "text/x-script"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
BRANDS = (  # of the ISO container: the four letters after `ftyp`
    (b"3g", "audio/3gpp"),
    (b"M4A", "audio/mp4"),
    (b"M4B", "audio/mp4"),
    (b"hei", "image/heic"),
    (b"hev", "image/heic"),
    (b"mif1", "image/heic"),
    (b"avif", "image/avif"),
    (b"qt", "video/quicktime"),
)
INSIDE_ZIP = (
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"META-INF/MANIFEST.MF", "application/x-java-archive"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
NAME_IN_ZIP = re.compile(rb"PK(?:\x01\x02.{42}|\x03\x04.{26})(.{1,30})", re.DOTALL)
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/3gpp": "3gp",
    "text/plain": "txt",
}


@dataclass(frozen=True)
class Kind:
    media_type: str

    @property
    def is_dangerous(self) -> bool:
        return self.media_type in DANGEROUS

    @property
    def is_sound(self) -> bool:
        return self.media_type.startswith("audio/")


def sniff(content: bytes) -> str:
    """The media type of a file.

    >>> sniff(b"#!AMR\\n...")
    'audio/amr'
    """
    head = content[:64]
    if head[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return sniff_container(content)
    if head[:4] == b"PK\x03\x04":
        return sniff_zip(content)
    for start, kind in STARTS:
        if head.startswith(start):
            return kind
    return sniff_text(content)


def sniff_zip(content: bytes) -> str:
    """By the names of what it holds: «xl/» stands somewhere in any few megabytes of photos."""
    if b"opendocument.text" in content[:200]:
        return "application/vnd.oasis.opendocument.text"
    names = [found[1] for found in NAME_IN_ZIP.finditer(content)]
    found = (kind for mark, kind in INSIDE_ZIP if any(name.startswith(mark) for name in names))
    return next(found, "application/zip")


def sniff_container(content: bytes) -> str:
    brand = content[8:12]
    kind = next((kind for start, kind in BRANDS if brand.startswith(start)), "video/mp4")
    if kind in {"audio/3gpp", "video/mp4"}:  # the same container holds sound alone or pictures too
        pictures = b"vmhd" in content
        if kind == "audio/3gpp":
            return "video/3gpp" if pictures else kind
        return kind if pictures or b"smhd" not in content else "audio/mp4"
    return kind


def sniff_text(content: bytes) -> str:
    start = content[:2048]
    if b"\x00" in start or not start.strip():
        return UNKNOWN
    try:
        text = start.decode(errors="strict" if len(content) <= len(start) else "ignore").lstrip()
    except UnicodeDecodeError:
        return UNKNOWN
    folded = text[:200].casefold()
    if folded.startswith(("<!doctype html", "<html", "<svg", "<?xml")):
        return "text/html" if "html" in folded else "text/xml"
    return "text/plain"


def kind_name(media_type: str) -> str:
    """What an officer reads beside a file."""
    if media_type in DANGEROUS:
        return str(_("программа"))
    main = media_type.partition("/")[0]
    names = {
        "image": _("снимок"),
        "audio": _("запись голоса"),
        "video": _("видео"),
        "text": _("текст"),
    }
    return str(names.get(main, _("документ") if media_type != UNKNOWN else _("файл")))
