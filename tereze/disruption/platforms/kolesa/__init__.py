"""Kolesa.kz: a withdrawn advert usually keeps its page, marked as archived."""

import re
from pathlib import Path

from tereze.disruption.platforms.contract import Listing, Platform
from tereze.disruption.platforms.reading import Places, read_listing


PLACES = Places(
    title=(".offer__title", ".offer__advert-title", ".a-title__text"),
    price=(".offer__price", ".a-price__text"),
    seller=(".seller-name", ".owners__name", ".offer__seller-name"),
    account=("a.seller-link", "a[href*=/user/]", "a[href*=/pro/]"),
    account_id=re.compile(r"/(?:user|pro)/(?P<id>[0-9A-Za-z_-]{3,40})(?:/|\?|$)"),
    text=(".js-description", ".offer__description", ".a-text"),
    photos=("[data-photo-url]", ".gallery__thumb[data-href]", "img.gallery__image"),
    phones=(".seller-phones", ".offer__contacts-phones"),
)


def read(html: str, url: str) -> Listing:
    return read_listing(html, url, PLACES, "kolesa")


PLATFORM = Platform(
    slug="kolesa",
    name="Kolesa.kz",
    read=read,
    partner=Path(__file__).parent / "partner.toml",
    mobile="m.kolesa.kz",
    gone=("такого объявления нет", "мұндай хабарландыру жоқ"),
    archived=(
        "объявление снято с продажи",
        "объявление может быть неактуальным",
        "хабарландыру сатылымнан алынды",
    ),
)
