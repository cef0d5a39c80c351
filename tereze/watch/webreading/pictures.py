"""Where the pictures of an entry or a comment lie: their addresses. Nothing is fetched here.

Left out is what the site itself draws beside the words: faces, smileys, signatures, counters.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tereze.watch.webreading.found import LONGEST_LINK
from tereze.watch.webreading.words import MOST_NODES, UNSEEN, link_of


MOST = 10  # of one entry, as many as an album of Telegram has
LEAST_SIDE = 100  # as the site declares it; smaller are icons and faces
THINNEST = 10  # lines and counters
WIDE_ENOUGH = 2000  # of several sizes the largest up to this one
LONGEST_WORD = 500  # of an attribute
PICTURE = re.compile(r"\.(?:jpe?g|jfif|png|webp|gif|bmp|avif|hei[cf])$", re.IGNORECASE)
LEADS_TO_ONE = re.compile(  # also as XenForo calls an attachment: /1-jpg.25/
    r"[.-](?:jpe?g|jfif|png|webp|gif|bmp|avif|hei[cf])(?:\.\d+/)?$", re.IGNORECASE
)
DRAWING = re.compile(r"\.(?:svgz?|ico)$", re.IGNORECASE)
ORNAMENT = re.compile(
    r"(?<!has-)(?<!with-)(?<!show-)(?<!no-)(?<!out-)(?:avatar|user_?(?:pic|photo)|emoji|emoticon|smil(?:e|y|ie)|signature)"
    r"|(?:^|[\W_])(?:icon|logo|badge|rank|counter|pixel|captcha|sprite)s?(?:$|[\W_])",
    re.IGNORECASE,
)
LATER = (
    "zoomfile",
    "file",
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "src",
)  # src may be a blank
SIZES = ("data-srcset", "srcset")
NUMBER = re.compile(r"\d{1,5}(?:\.\d{1,5})?[wx]")
PIXELS = re.compile(r"(\d{1,5})(?:\.\d+)?(?:px)?")
STYLED = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*(\d{1,5})(?:\.\d+)?px", re.IGNORECASE)
BACKGROUND = re.compile(r"background(?:-image)?\s*:\s*url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
# what differs from visit to visit though the picture is the same
PASSING = re.compile(r"sid|s|phpsessid|jsessionid|expires|signature|policy|key-pair-id|x-amz-.*", re.IGNORECASE)  # fmt: skip


def distinct(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(addresses), MOST))


def named(addresses: Iterable[str]) -> dict[str, str]:
    """Each address by the name of its picture. Names that fit two are told apart: nobody hides an
    advert behind a cat by calling both alike."""
    found: dict[str, str] = {}
    for address in addresses:
        name, number = name_of(address), 2
        while name in found:
            name, number = f"{name_of(address)}#{number}", number + 1
        found[name] = address
    return found


def name_of(address: str) -> str:
    """By what it is known again, however its address is signed this time."""
    parts = urlsplit(address)
    place = f"{parts.netloc.lower()}{parts.path}"
    if PICTURE.search(parts.path) or not parts.query:
        return place
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not PASSING.fullmatch(name)
    ]
    return f"{place}?{urlencode(kept)}" if kept else place


def pictures_of(node: LexborNode, base: str, leave: Collection[int] = ()) -> Iterator[str]:
    """In the order in which they stand. `leave`: nodes (`mem_id`) that are not part of it."""
    stack: list[tuple[LexborNode, str]] = [(node, "")]
    count = 0
    while stack and count < MOST_NODES:
        here, leads_to = stack.pop()
        count += 1
        tag = here.tag or ""
        if tag in UNSEEN - {"noscript"} or here.mem_id in leave:
            continue
        if here.mem_id != node.mem_id and is_ornament(here):
            continue
        if tag == "a":
            leads_to = link_of(here.attributes.get("href") or "", base)
        if tag == "img":  # the small one may show something else than what it leads to
            full = picture_at(
                leads_to, base, must_look_so=not is_same_program(leads_to, here, base)
            )
            yield from filter(None, (full, address_of(here, base)))
        elif painted := BACKGROUND.search((here.attributes.get("style") or "")[:LONGEST_LINK]):
            yield from filter(None, (picture_at(painted[1], base),))
        stack.extend((one, leads_to) for one in reversed(list(here.iter())))


def is_same_program(leads_to: str, image: LexborNode, base: str) -> bool:
    """As phpBB and vBulletin give an attachment: small by one query, in full by another."""
    full, small = (
        urlsplit(one) for one in (leads_to, link_of(image.attributes.get("src") or "", base))
    )
    return bool(full.query and small.query) and full[:3] == small[:3]


def pictures_in(html: str, base: str) -> Iterator[str]:
    """Of a fragment, as feeds carry them."""
    body = LexborHTMLParser(html).body if "<img" in html.lower() else None
    if body is not None:
        yield from pictures_of(body, base)


def address_of(image: LexborNode, base: str) -> str:
    given = image.attributes
    if is_small(given.get("width"), given.get("height"), given.get("style") or ""):
        return ""
    told = (
        *(widest(given.get(name) or "") for name in SIZES),
        *(given.get(n) or "" for n in LATER),
    )
    found = (picture_at(one, base) for one in told if one)
    return next(filter(None, found), "")


def picture_at(address: str, base: str, *, must_look_so: bool = False) -> str:
    """Empty for what is no address on the web, for drawings of the site, and for what only a
    browser knows (`data:`, `blob:`)."""
    found = re.sub(r"\s", "%20", link_of(address, base)).partition("#")[0]
    parts = urlsplit(found)
    if not found or len(found) > LONGEST_LINK or "@" in parts.netloc:
        return ""
    folder = parts.path.rpartition("/")[0]  # the name of the file is its author's own
    if DRAWING.search(parts.path) or ORNAMENT.search(f"{folder}/") or "gravatar" in parts.netloc:
        return ""
    return "" if must_look_so and not LEADS_TO_ONE.search(parts.path) else found


def widest(srcset: str) -> str:
    """A candidate without its width is taken for a usual screen's."""
    sizes: dict[str, float] = {}
    for candidate in " ".join(srcset.split()).split(", "):
        address, _, told = candidate.rstrip(",").partition(" ")
        number = float(told[:-1]) if NUMBER.fullmatch(told) else 1.0
        sizes[address] = number if told.endswith("w") else number * WIDE_ENOUGH / 2
    fitting = [one for one, width in sizes.items() if width <= WIDE_ENOUGH]
    return max(fitting, key=sizes.__getitem__) if fitting else min(sizes, key=sizes.__getitem__)


def is_ornament(node: LexborNode) -> bool:
    given = node.attributes
    return any(ORNAMENT.search((given.get(name) or "")[:LONGEST_WORD]) for name in ("class", "id"))


def is_small(width: Any, height: Any, style: str = "") -> bool:
    """By what is declared in pixels."""
    told = (str(one or "").strip()[:LONGEST_WORD] for one in (width, height))
    sides = [int(found[1]) for one in told if (found := PIXELS.fullmatch(one))]
    sides = sides or [int(one) for one in STYLED.findall(style[:LONGEST_WORD])]
    return bool(sides) and (max(sides) < LEAST_SIDE or min(sides) < THINNEST)
