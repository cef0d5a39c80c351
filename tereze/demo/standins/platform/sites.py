"""The four sites: their names, address forms, categories, and how a removed advert looks there."""

import re
import string
from dataclasses import dataclass


ALPHABET = string.digits + string.ascii_lowercase + string.ascii_uppercase


@dataclass(frozen=True)
class Site:
    key: str
    name: str
    hosts: tuple[str, ...]
    listing: re.Pattern[str]
    removed: str
    categories: tuple[str, ...]
    first_id: int
    own_mobile: bool = False  # phones are sent to the m. host; otherwise the same address fits them

    def code(self, number: int) -> str:
        return base62(number) if self.key == "olx" else str(number)

    def path(self, slug: str, code: str, lang: str = "ru") -> str:
        kazakh = lang == "kk"
        if self.key == "olx":
            return f"/d/{'kk/' if kazakh else ''}obyavlenie/{slug}-ID{code}.html"
        if self.key == "kaspi":
            return f"/a/{slug}-{code}"
        return f"{'/kz' if kazakh else ''}/a/show/{code}"


OLX_FORM = re.compile(r"/(?:d/)?(?P<kk>kk/)?(?:d/)?obyavlenie/[^/]*-ID(?P<code>\w{4,9})\.html")
SHOW_FORM = re.compile(r"/(?P<kk>kz/)?a/show/(?P<code>\d{6,12})")
KASPI_FORM = re.compile(r"/(?P<kk>kz/)?a/(?:[^/]*-)?(?P<code>\d{6,12})")

SITES = {
    site.key: site
    for site in (
        Site(
            "olx", "OLX", ("www.olx.kz", "olx.kz", "m.olx.kz"), OLX_FORM, "soft404",
            ("elektronika", "dom-i-sad", "rabota", "uslugi"), 402_118_407,
        ),
        Site(
            "kolesa", "Kolesa", ("kolesa.kz", "m.kolesa.kz"), SHOW_FORM, "archived",
            ("cars", "spare-parts"), 190_594_149, own_mobile=True,
        ),
        Site(
            "krisha", "Krisha", ("krisha.kz", "m.krisha.kz"), SHOW_FORM, "archived",
            ("arenda-kvartiry", "prodazha-kvartiry"), 697_204_118, own_mobile=True,
        ),
        Site(
            "kaspi", "Kaspi Объявления", ("obyavleniya.kaspi.kz",), KASPI_FORM, "hard404",
            ("elektronika", "detskii-mir"), 116_702_726,
        ),
    )
}  # fmt: skip


def base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits


PAIRS = ("zh", "ts", "ch", "sh", "sch", "yu", "ya")
LATIN = str.maketrans(
    "абвгдезийклмнопрстуфхыэәғқңөұүһіё", "abvgdeziyklmnoprstufhyeagknouuhie", "ъь"
) | {ord(char): pair for char, pair in zip("жцчшщюя", PAIRS, strict=True)}


def slug(title: str) -> str:
    return (
        re.sub(r"[^a-z0-9]+", "-", title.lower().translate(LATIN)).strip("-")[:60] or "obyavlenie"
    )


def split_prefix(host: str, path: str) -> tuple[str, str, str, bool] | None:
    """Site, base, rest of the path, mobile; chosen by host name or by the first path segment."""
    name = host.partition(":")[0].lower()
    for site in SITES.values():
        if name in site.hosts or name in {f"{site.key}.localhost", f"m.{site.key}.localhost"}:
            return site.key, "", path, name.startswith("m.")
    first, _, rest = path.removeprefix("/").partition("/")
    key = first.removeprefix("m.")
    if key in SITES:
        return key, f"/{first}", f"/{rest}", first.startswith("m.")
    return None


def mobile_base(site: Site, host: str, base: str) -> str:
    """Where the mobile version of this site begins: its m. host, or the m. prefix."""
    if base:
        return f"/m.{site.key}"
    name, colon, port = host.partition(":")
    return f"//m.{name.removeprefix('www.')}{colon}{port}"
