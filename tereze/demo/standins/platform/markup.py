"""How each site marks up an advert: the attributes its readers (and everybody else's) go by."""

import json
from typing import Any

from tereze.demo.standins.html import Markup, tag

from .sites import ALPHABET, SITES, base62
from .state import Row


Marks = dict[str, Any]


def testid(name: str) -> Marks:
    return {"data_testid": name}


def named(name: str) -> Marks:
    return {"class_": name}


SHOW: dict[str, Marks] = {
    "title": named("offer__title"),
    "price": named("price offer__price"),
    "text": named("description offer__description"),
    "seller": named("seller-name"),
    "account": named("seller-link"),
    "photo": named("gallery__image"),
}
MARKS: dict[str, dict[str, Marks]] = {
    "olx": {
        "title": testid("offer_title"),
        "price": {"class_": "price", **testid("ad-price-container")},
        "text": {"class_": "description", **testid("ad_description")},
        "seller": testid("user-profile-user-name"),
        "account": testid("user-profile-link"),
        "photo": testid("swiper-image"),
    },
    "kolesa": SHOW,
    "krisha": {**SHOW, "title": named("offer__advert-title")},
    "kaspi": {
        "title": named("header__title"),
        "price": named("price header__price"),
        "text": named("description description__text"),
        "seller": named("seller__name"),
        "account": named("seller__link"),
        "photo": named("slider__image"),
    },
}
EMBEDS = {"olx", "kolesa"}  # data for search engines stand in the page


def marks(site: str, what: str) -> Marks:
    return MARKS[site][what]


FIRST_ACCOUNT = 10_000


def account_path(row: Row) -> str:
    number = int(row["seller_id"]) + FIRST_ACCOUNT
    return f"/list/user/{base62(number)}/" if row["site"] == "olx" else f"/user/{number}/"


def seller_in(site: str, rest: str) -> int | None:
    """The seller whose page this path is."""
    first, user, key = rest.strip("/").rpartition("user/")
    if not user or first not in {"", "list/"} or not key.isalnum() or len(key) > 12:
        return None
    if site != "olx":
        return int(key) - FIRST_ACCOUNT if key.isdecimal() else None
    number = 0
    for char in key:
        number = number * 62 + ALPHABET.find(char)
    return number - FIRST_ACCOUNT


def embedded(row: Row, photos: list[str]) -> Markup | None:
    if row["site"] not in EMBEDS:
        return None
    told = {
        "@context": "https://schema.org",
        "@type": "Product" if row["site"] == "olx" else "Car",
        "name": row["title"],
        "description": row["description"],
        "image": photos,
        "offers": {"@type": "Offer", "price": row["price"], "priceCurrency": "KZT"},
    }
    safe = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    return tag("script", Markup(safe), type="application/ld+json")


def shared(row: Row, photos: list[str]) -> list[Markup | None]:
    """What a messenger shows of the address."""
    name = f"{row['title']} — {SITES[row['site']].name}"
    return [
        tag("meta", property="og:title", content=name),
        tag("meta", property="og:image", content=photos[0]) if photos else None,
        tag("meta", property="product:price:amount", content=row["price"]),
        tag("meta", property="product:price:currency", content="KZT"),
    ]
