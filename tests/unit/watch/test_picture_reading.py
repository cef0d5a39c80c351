"""The reading process: what it reads, what it refuses, and that nothing holds it up for long."""

import contextlib
import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tereze.watch.pictures import alike, lacking, read, reading
from tests.city import wait_until
from tests.drawn import code, drawn, jpeg, screenshot


RU = "Куплю карту Kaspi, оплата сразу 50 000 тенге"
KK = "Банк картасын сатып аламын, ақшасын бірден төлеймін, әңгімелесейік"


def saved(picture: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def on_nothing() -> bytes:
    """Dark letters on transparency: black on black for whoever forgets what lies beneath."""
    letters = drawn(RU).convert("L").point(lambda light: 255 - light)
    picture = Image.new("RGBA", letters.size, (0, 0, 0, 0))
    picture.putalpha(letters)
    return saved(picture, "PNG")


def turned() -> bytes:
    """As a phone saves it: lying, with a note that it has to be turned."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(drawn(RU).rotate(90, expand=True), "JPEG", exif=exif)


def moving() -> bytes:
    frames = [drawn(RU), drawn(KK)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=500)


def later(kind: str) -> bytes:
    """First something else, as a moment of a moving picture."""
    first = Image.new("RGB", drawn(RU).size, "white")
    return saved(first, kind, save_all=True, append_images=[drawn(RU)], duration=500)


def sixteen_bits() -> bytes:
    """As scanners write grey."""
    grey = drawn(RU).convert("L")
    wide = b"".join(bytes((light, light)) for light in grey.tobytes())
    return saved(Image.frombytes("I;16", grey.size, wide), "PNG")


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        (screenshot(RU), RU),
        (screenshot(RU, dark=True), RU),
        (screenshot(KK, size=13, dark=True), KK),
        (saved(drawn(RU), "WEBP"), RU),
        (saved(drawn(RU).convert("P"), "PNG"), RU),
        (on_nothing(), RU),
        (turned(), RU),
        (jpeg(drawn(RU).rotate(90, expand=True)), RU),
        (jpeg(drawn(KK, dark=True).rotate(180)), KK),
        (jpeg(drawn(KK).rotate(270, expand=True)), KK),
        (moving(), RU),
        (moving(), KK),
        (later("WEBP"), RU),
        (later("PNG"), RU),
        (sixteen_bits(), RU),
        (Path(__file__).with_name("advert.heic").read_bytes(), RU),
    ],
    ids=[
        "light",
        "dark",
        "small",
        "webp",
        "palette",
        "transparent",
        "turned",
        "on its side",
        "upside down",
        "on its other side",
        "moving",
        "moving on",
        "later webp",
        "later png",
        "sixteen bits",
        "as iPhones save it",
    ],
)
def test_words_are_read_as_a_phone_shows_them(picture: bytes, wanted: str) -> None:
    found = read(picture)
    assert found.why_not == ""
    said, meant = set(found.text.split()), set(wanted.split())
    assert len(said & meant) >= 0.8 * len(meant), found.text


def test_a_code_leads_where_it_leads() -> None:
    found = read(code("https://wa.me/77011234567"))
    assert found.codes == ("https://wa.me/77011234567",)
    assert found.words.endswith("https://wa.me/77011234567")


def test_a_turned_copy_is_known_again_and_shown_upright() -> None:
    picture = drawn(f"{RU}\n{KK}\n" * 4, size=26)
    own, lying = read(jpeg(picture)), read(jpeg(picture.rotate(90, expand=True)))
    assert alike(own.photo_hash, lying.photo_hash)
    assert (lying.width, lying.height) == picture.size
    with Image.open(io.BytesIO(lying.shown)) as shown:
        assert shown.width > shown.height


def test_of_a_moving_picture_people_see_what_was_read() -> None:
    found = read(moving())
    with Image.open(io.BytesIO(found.shown)) as shown:
        assert shown.height == 2 * found.height


def test_a_video_made_a_picture_is_not_read_to_its_end() -> None:
    frames = [Image.new("RGB", (2000, 2000), (number * 20, 0, 0)) for number in range(12)]
    moved = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    found = read(moved)
    assert (found.why_not, found.width, found.height) == ("", 2000, 2000)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"", "not_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not_picture"),
        (b"%PDF-1.7", "not_picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "not_picture"),
        (saved(Image.new("1", (20_000, 20_000)), "PNG"), "too_many_pixels"),  # 50 kB on the way
        (b"\xff\xd8\xff" + b"\0" * (20 * 1024 * 1024), "too_large"),
    ],
    ids=["nothing", "svg", "pdf", "broken", "bomb", "large"],
)
def test_what_is_no_picture_or_too_much_of_one_is_refused(file: bytes, why: str) -> None:
    found = read(file)
    assert (found.why_not, found.text, found.shown) == (why, "", b"")


def test_a_file_cut_short_is_read_as_far_as_it_came() -> None:
    whole = jpeg(drawn("\n".join([RU] * 12)))
    found = read(whole[: len(whole) * 3 // 4])
    assert "Куплю карту" in found.text


def test_the_copy_that_is_shown_is_drawn_anew() -> None:
    comment = b"<script>alert(1)</script>"
    found = read(saved(drawn(RU), "JPEG", comment=comment))
    assert comment not in found.shown
    with Image.open(io.BytesIO(found.shown)) as shown:
        assert shown.format == "JPEG"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A Tesseract that does what it should not."""

    def install(script: str) -> None:
        program = tmp_path / "tesseract"
        program.write_text(
            f'#!/bin/sh\n[ "$1" = --list-langs ] && echo "{LANGUAGES}" && exit\n{script}\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return install


LANGUAGES = "kaz\nrus\neng"


def test_what_hangs_is_killed_with_all_it_started(tool: Callable[[str], None]) -> None:
    tool(f"exec sleep {(nap := f'600.{os.getpid()}')}")
    begun = time.monotonic()
    found = read(screenshot(RU), patience=3)
    assert found.why_not == "timeout"
    assert time.monotonic() - begun < 30
    wait_until(lambda: not sleeping(nap), what="the end of the tool")


def sleeping(nap: str) -> bool:
    """A killed process has no command any more, even while its parent has not asked after it."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if nap.encode() in command.read_bytes().split(b"\0"):
                return True
    return False


@pytest.mark.parametrize(
    "script", ["exit 1", "kill -9 $$", "echo nonsense", "head -c 3000000000 /dev/zero | tail"]
)
def test_a_tool_that_fails_leaves_the_picture_to_people(
    script: str, tool: Callable[[str], None]
) -> None:
    tool(script)
    found = read(screenshot(RU))
    assert (found.why_not, found.text) == ("tool_failed", "")
    assert found.shown
    assert found.photo_hash


def test_without_the_tool_codes_and_the_hash_are_still_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lacking() == ("tesseract-ocr", "tesseract-ocr-kaz", "tesseract-ocr-rus")
    found = read(code("https://t.me/drop_kz"))
    assert (found.why_not, found.text) == ("no_tool", "")
    assert found.codes == ("https://t.me/drop_kz",)
    assert found.photo_hash


def test_a_missing_language_is_named(
    tool: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.LANGUAGES", "eng\nrus")
    tool("exit 0")
    assert lacking() == ("tesseract-ocr-kaz",)


def test_a_crash_of_the_process_is_no_crash_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(reading, "CHILD", child)
    assert read(screenshot(RU)).why_not == "crashed"


@pytest.mark.parametrize("dark", [False, True])
def test_a_copy_is_known_again_scaled_and_saved_anew(dark: bool) -> None:
    picture = drawn(f"{RU}\n{KK}\n" * 4, size=26, dark=dark)
    other = drawn(f"{KK}\nЗавтра собрание жильцов в 18:30, приходите все\n" * 4, size=26, dark=dark)
    own = read(jpeg(picture)).photo_hash
    smaller = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3))
    assert alike(own, read(jpeg(smaller, quality=40)).photo_hash)
    assert not alike(own, read(jpeg(other)).photo_hash)
    assert not alike("", "")
