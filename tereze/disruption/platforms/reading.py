"""How an advert's page is read. A platform names where its own markup keeps things; everything else
is found in what most sites embed for search engines.

Each value is taken from the first place that has it: the site's own markup, then JSON-LD, then
`og:` tags, then plain HTML. A place that is gone after a redesign costs nothing but precision.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from tereze.disruption.platforms.contract import Listing
from tereze.disruption.platforms.markup import Element, Markup
from tereze.indicators import extract


LONGEST_LINE = 300
LONGEST_TEXT = 20_000
MOST_PHOTOS = 40
MOST_PHONES = 20
SMALLEST = 200  # pixels: an icon or a neighbour's thumbnail is no photo of the advert
OFFERED = ("Product", "Vehicle", "Car", "Apartment", "House", "Accommodation", "Offer", "Residence")
CURRENCIES = {"₸": "KZT", "〒": "KZT", "тг": "KZT", "тенге": "KZT", "теңге": "KZT", "kzt": "KZT",
              "$": "USD", "usd": "USD", "€": "EUR", "eur": "EUR", "₽": "RUB", "руб": "RUB"}  # fmt: skip
AMOUNT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+|\d{2,12})(?:[.,]\d{1,2})?\s*"
    r"(₸|〒|тг\b|тенге|теңге|kzt|\$|usd|€|eur|₽|руб)",
    re.IGNORECASE,
)
ENDINGS = re.compile(r"\s+[—–|-]\s+[^—–|]{2,40}$")  # «iPhone 15 — OLX.kz»


@dataclass(frozen=True)
class Places:
    """Where this site keeps things, as selectors (`markup.Markup.all`), best first."""

    title: tuple[str, ...] = ()
    price: tuple[str, ...] = ()
    seller: tuple[str, ...] = ()
    account: tuple[str, ...] = ()  # links to the seller's own page
    account_id: re.Pattern[str] | None = None  # group `id` in such a link's path
    text: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


def read_listing(html: str, url: str, places: Places, slug: str = "") -> Listing:
    """Never fails: what could not be read is empty."""
    page = Markup(html, url)
    offered = list(page.data(*OFFERED))
    price, currency = read_price(page, places, offered)
    text = read_text(page, places, offered)
    return Listing(
        title=read_title(page, places, offered),
        price=price,
        currency=currency,
        seller=read_seller(page, places, offered),
        seller_key=read_account(page, places, slug),
        phones=read_phones(page, places, text),
        text=text,
        photos=read_photos(page, places, offered),
    )


def first(*values: str) -> str:
    return next((value for value in values if value), "")


def inside(offered: Iterable[dict[str, Any]], *names: str) -> Iterator[Any]:
    """The values under these names, one step down into offers as well."""
    for item in offered:
        for name in names:
            if item.get(name):
                yield item[name]


def words_of(value: Any) -> str:
    """A name that may stand alone, in a list, or inside an object."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name", "")
    return value.strip() if isinstance(value, str) else ""


def read_title(page: Markup, places: Places, offered: list[dict[str, Any]]) -> str:
    named = next(filter(None, map(words_of, inside(offered, "name", "headline"))), "")
    own = first(page.line(*places.title), named)
    # names written for search engines end in the site's own
    told = ENDINGS.sub("", page.meta("og:title")) or page.line("h1")
    return first(own, told, ENDINGS.sub("", page.line("title")))[:LONGEST_LINE].strip()


def read_price(
    page: Markup, places: Places, offered: list[dict[str, Any]]
) -> tuple[Decimal | None, str]:
    own = amount_in(page.line(*places.price)) if places.price else None
    if own:
        return own
    for item in (*offered, *filter(is_object, inside(offered, "offers"))):
        value = decimal_of(item.get("price") or item.get("lowPrice"))
        if value is not None:
            return value, str(item.get("priceCurrency") or "KZT")[:3].upper()
    value = decimal_of(page.meta("product:price:amount", "og:price:amount", "price"))
    if value is not None:
        named = page.meta("product:price:currency", "og:price:currency", "priceCurrency")
        return value, (named or "KZT")[:3].upper()
    return amount_in(page.line("[itemprop=price]", ".price")) or amount_below(page) or (None, "")


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def amount_below(page: Markup) -> tuple[Decimal, str] | None:
    """The first amount after the heading: where nothing is marked, that is where a price stands."""
    started = False
    for element in page.elements:
        started = started or element.tag == "h1"
        if not started or element.tag in {"h1", "script", "style"}:
            continue
        own = " ".join(child for child in element.children if isinstance(child, str))
        found = amount_in(own)
        if found:
            return found
    return None


def amount_in(line: str) -> tuple[Decimal, str] | None:
    found = AMOUNT.search(line)
    if found is None:
        return None
    value = decimal_of(re.sub(r"\D", "", found[1]))
    return (value, CURRENCIES.get(found[2].lower(), "")) if value is not None else None


def decimal_of(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    plain = re.sub(r"[\s\u00a0\u202f]", "", str(value)).replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    # the column holds fifteen digits; what is longer, or nothing, is no price
    return amount.quantize(Decimal("0.01")) if 0 < amount < 10**12 else None


def read_seller(page: Markup, places: Places, offered: list[dict[str, Any]]) -> str:
    offers = [item for item in inside(offered, "offers") if isinstance(item, dict)]
    named = next(filter(None, map(words_of, inside([*offered, *offers], "seller", "author"))), "")
    return first(page.line(*places.seller), named, page.line("[itemprop=seller]"))[:LONGEST_LINE]


def read_account(page: Markup, places: Places, slug: str) -> str:
    """`olx:user:abc`: the account as the platform's own addresses name it."""
    if places.account_id is None:
        return ""
    for element in page.all(*places.account):
        path = urlsplit(page.link(element.attributes.get("href", "")))
        found = places.account_id.search(f"{path.path}?{path.query}")
        if found:
            return f"{slug}:user:{found['id']}"[:LONGEST_LINE]
    return ""


def read_phones(page: Markup, places: Places, text: str) -> tuple[str, ...]:
    """Numbers shown as the seller's, and those written into the text."""
    shown = [element.attributes["href"][4:] for element in page.all("a[href^=tel:]")]
    shown += [element.line for element in page.all(*places.phones)] if places.phones else []
    found = extract("\n".join([*shown, text]))
    phones = (item.value for item in found if item.type in {"phone", "whatsapp"})
    return tuple(dict.fromkeys(phones))[:MOST_PHONES]


def read_text(page: Markup, places: Places, offered: list[dict[str, Any]]) -> str:
    told = next(filter(None, map(words_of, inside(offered, "description"))), "")
    own = page.text(*places.text) if places.text else ""
    marked = page.text("[itemprop=description]", ".description")
    return first(own, marked, told, page.meta("og:description", "description"))[:LONGEST_TEXT]


def read_photos(page: Markup, places: Places, offered: list[dict[str, Any]]) -> tuple[str, ...]:
    own = [source_of(element) for element in page.all(*places.photos)] if places.photos else []
    found = own or list(embedded_photos(offered)) or [page.meta("og:image")]
    if not any(found):
        found = [source_of(image) for image in page.all("img") if is_large(image)]
    addresses = (page.link(address) for address in found if address)
    return tuple(dict.fromkeys(address for address in addresses if address))[:MOST_PHOTOS]


def embedded_photos(offered: list[dict[str, Any]]) -> Iterator[str]:
    for value in inside(offered, "image", "photo"):
        for one in value if isinstance(value, list) else [value]:
            address = one.get("contentUrl") or one.get("url") if isinstance(one, dict) else one
            if isinstance(address, str):
                yield address


def source_of(element: Element) -> str:
    """The largest picture an element offers."""
    given = element.attributes
    if element.tag in {"a", "link"}:
        return given.get("href", "")
    candidates = given.get("srcset") or given.get("data-srcset") or ""
    largest = max(candidates.split(","), key=width_in, default="").strip().partition(" ")[0]
    named = (given.get(name, "") for name in ("data-full", "data-photo-url", "data-href"))
    return first(*named, largest, given.get("data-src", ""), given.get("src", ""))


def width_in(candidate: str) -> float:
    size = candidate.strip().partition(" ")[2].strip()
    try:
        return float(size[:-1])
    except ValueError:
        return 0.0


def is_large(image: Element) -> bool:
    try:
        sizes = [int(image.attributes[name]) for name in ("width", "height")]
    except (KeyError, ValueError):
        return False
    return min(sizes) >= SMALLEST
