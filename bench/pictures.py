"""What is lost when a text comes as a picture, and what a picture's hash can tell.

    python bench/pictures.py [--texts 24] [--raw]

Texts of the corpus's test batches (Russian and Kazakh, half of them illegal) are drawn as phones show
them: a page with small letters, a chat between other people's words, a poster over a photo; light and
dark, four fonts, JPEG 60, light noise. They are read by the very process that reads the chats' pictures.
Told are the share of words read, the illegal texts found and acted upon beside those found in the plain
text, calm texts that were flagged, and seconds a picture. `--raw` leaves out the preparation (inverting,
scaling) to show what it is worth. Then the hash: how far copies lie from their picture, and other
pictures of the same kind from each other.
"""

import argparse
import io
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image, ImageDraw

from corpus.check import rows
from tereze.detection import Document, assess, fingerprint, similarity
from tereze.disruption.likeness import SAME_PICTURE
from tereze.watch.pictures import child, lacking, read
from tests.drawn import drawn, jpeg


FONTS = ("DejaVuSans", "DejaVuSerif", "DejaVuSansCondensed", "DejaVuSansMono")
ACTS = 0.85  # p_illegal
FLAGGED = {"illegal", "suspicious", "incident_report"}
Draw = Callable[[str, int, bool], Image.Image]


def page(text: str, number: int, dark: bool) -> Image.Image:
    return drawn(text, size=(12, 16, 24)[number % 3], dark=dark, font=FONTS[number % 4])


def chat(text: str, number: int, dark: bool) -> Image.Image:
    """A phone's screen: a title, somebody else's words, the advert, a field to write in."""
    screen = Image.new("RGB", (720, 1280), "#0e1621" if dark else "#d6e4ee")
    pen = ImageDraw.Draw(screen)
    pen.rectangle((0, 0, 720, 90), fill="#17212b" if dark else "#527da3")
    pen.rectangle((0, 1200, 720, 1280), fill="#17212b" if dark else "#ffffff")
    screen.paste(drawn("Балхаш объявления", dark=True, width=400).crop((0, 10, 400, 60)), (90, 20))
    screen.paste(drawn("Спасибо, завтра зайду. 14:32", dark=True, width=420), (280, 110))
    words = drawn(text, size=22, dark=dark, width=600, font=FONTS[number % 4])
    screen.paste(words, (20, 1180 - words.height))
    return screen


def poster(text: str, number: int, dark: bool) -> Image.Image:
    chance = random.Random(number)
    paper = Image.effect_noise((900, 700), 60).convert("RGB")
    pen = ImageDraw.Draw(paper)
    for _ in range(10):
        x, y, size = (chance.randrange(600) for _ in "xys")
        colour = "#" + "".join(f"{chance.randrange(256):02x}" for _ in "rgb")
        pen.ellipse((x, y, x + size, y + size), fill=colour)
    paper.paste(drawn(text, size=30, width=800, dark=dark, font="DejaVuSans-Bold"), (50, 40))
    return paper


KINDS: dict[str, Draw] = {"page": page, "chat": chat, "poster": poster}


def as_posted(picture: Image.Image) -> bytes:
    noise = Image.effect_noise(picture.size, 40).convert("RGB")
    return jpeg(Image.blend(picture, noise, 0.08))


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold().replace("ё", "е")))


def share(text: str, found: str) -> float:
    wanted = words(text)
    return (wanted & words(found)).total() / max(1, wanted.total())


@dataclass
class Tally:
    read: dict[str, list[float]] = field(default_factory=lambda: {"ru": [], "kk": []})
    found: int = 0
    acted: int = 0
    plain_found: int = 0
    plain_acted: int = 0
    illegal: int = 0
    calm: int = 0
    alarms: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, row: dict[str, str], seen: str, seconds: float) -> None:
        self.read[row["lang"]].append(share(row["text"], seen))
        self.seconds.append(seconds)
        told, plain = assess(Document("", ocr=seen)), assess(row["text"])
        if row["outcome"] != "illegal":
            self.calm += 1
            self.alarms += str(told.outcome) in FLAGGED and str(plain.outcome) not in FLAGGED
            return
        self.illegal += 1
        self.found += str(told.outcome) in FLAGGED
        self.plain_found += str(plain.outcome) in FLAGGED
        self.acted += told.outcome == "illegal" and told.p_illegal >= ACTS
        self.plain_acted += plain.outcome == "illegal" and plain.p_illegal >= ACTS

    def line(self, name: str) -> str:
        return (
            f"{name:<14} {statistics.mean(self.read['ru']):8.1%} {statistics.mean(self.read['kk']):8.1%}"
            f" {self.found:5}/{self.plain_found}/{self.illegal}"
            f" {self.acted:5}/{self.plain_acted}/{self.illegal} {self.alarms:5}/{self.calm}"
            f" {statistics.median(self.seconds):7.1f} {max(self.seconds):6.1f}"
        )


def chosen(number: int) -> list[dict[str, str]]:
    """As many in each language, half of them illegal, none disguised: drawn text cannot be."""
    found: list[dict[str, str]] = []
    fit = [
        r
        for r in rows(split="test")
        if r.get("form", "plain") == "plain" and 50 < len(r["text"]) < 500
    ]
    random.Random(5).shuffle(fit)
    for lang in ("ru", "kk"):
        for outcomes in ({"illegal"}, {"harmless", "job_or_promo"}):
            same = [dict(r) for r in fit if r["lang"] == lang and r["outcome"] in outcomes]
            found += same[: max(1, number // 4)]
    return found


def reading(texts: Sequence[dict[str, str]], *, raw: bool) -> None:
    print("                words read          found      acted on  alarms      seconds")
    print(f"{'':<14} {'ru':>8} {'kk':>8}  picture/plain/all              median   most")
    for name, draw in KINDS.items():
        for dark in (False, True):
            tally = Tally()
            for number, row in enumerate(texts):
                posted, begun = as_posted(draw(row["text"], number, dark)), time.perf_counter()
                seen = unprepared(posted) if raw else read(posted).words
                tally.add(row, seen, time.perf_counter() - begun)
            print(tally.line(f"{name} {'dark' if dark else 'light'}"), flush=True)


def unprepared(posted: bytes) -> str:
    return child.words_of(child.opened(posted)[0].convert("L"), "kaz+rus+eng").text


def copies(picture: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    width, height = picture.size
    half, third = (picture.resize((width // n, height // n)) for n in (2, 3))
    yield "half size", half
    yield "a third", third
    for name, source, quality in (("JPEG 30", picture, 30), ("half, JPEG 40", half, 40)):
        yield name, Image.open(io.BytesIO(jpeg(source, quality=quality)))
    edge = width * 3 // 100, height * 3 // 100
    yield "3 % cut off", picture.crop((*edge, width - edge[0], height - edge[1]))


def hashes(texts: Sequence[dict[str, str]]) -> None:
    print(f"\nbits of 256 in which hashes differ; the same picture: at most {SAME_PICTURE}")
    for name, draw in KINDS.items():
        own = [draw(row["text"], number, number % 2 == 1) for number, row in enumerate(texts)]
        marked = [(picture, child.pdq_of(picture.copy())) for picture in own]
        told = [(picture, value) for picture, value in marked if value]
        print(f"{name}: {len(marked) - len(told)} of {len(marked)} show too little for a hash")
        far: dict[str, list[int]] = {}
        for picture, value in told:
            for how, copy in copies(picture):
                if other := child.pdq_of(copy):
                    far.setdefault(how, []).append(apart(value, other))
        for how, found in far.items():
            known = sum(bits <= SAME_PICTURE for bits in found)
            print(
                f"    {how:<14} median {statistics.median(found):5.0f}  most {max(found):3}  known again {known}/{len(found)}"
            )
        others = [apart(one, two) for (_, one), (_, two) in combinations(told, 2)]
        close = sum(bits <= SAME_PICTURE for bits in others)
        print(
            f"    {'other pictures':<14} median {statistics.median(others):5.0f}  least {min(others):2}  taken for the same {close}/{len(others)}"
        )


def confirming(texts: Sequence[dict[str, str]]) -> None:
    """The words of a copy beside those of another picture: they confirm what the hash suspects."""
    seen = []
    for number, row in enumerate(texts[:: max(1, len(texts) // 8)]):
        picture = chat(row["text"], number, number % 2 == 1)
        small = Image.open(io.BytesIO(jpeg(picture.resize((480, 853)), quality=40)))
        seen.append([fingerprint(read(as_posted(p)).words) for p in (picture, small)])
    same = [similarity(one, two) for one, two in seen]
    other = [similarity(one[0], two[0]) for one, two in combinations(seen, 2)]
    print(
        f"\nwords of a smaller copy: at least {min(same):.2f} alike; of others: at most {max(other):.2f}"
    )


def apart(one: str, two: str) -> int:
    return (int(one, 16) ^ int(two, 16)).bit_count()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--texts", type=int, default=24)
    parser.add_argument("--raw", action="store_true")
    options = parser.parse_args()
    if missing := lacking():
        sys.exit(f"nothing to measure: {', '.join(missing)} missing")
    texts = chosen(options.texts)
    reading(texts, raw=options.raw)
    if not options.raw:
        hashes(texts)
        confirming(texts)


if __name__ == "__main__":
    main()
