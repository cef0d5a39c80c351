"""Kaspi Объявления: a removed advert answers 404. Shop pages of kaspi.kz are something else."""

import re
from pathlib import Path

from tereze.disruption.platforms.contract import Listing, Platform
from tereze.disruption.platforms.reading import Places, read_listing


PLACES = Places(
    title=("h1.header__title",),
    price=(".header__price", ".price-block__value"),
    seller=(".seller__name",),
    account=("a.seller__link", "a[href*=/user/]"),
    account_id=re.compile(r"/user/(?P<id>[0-9A-Za-z_-]{3,40})(?:/|\?|$)"),
    text=(".description__text",),
    photos=("source.slider__source", "img.slider__image"),
    phones=(".seller__phone",),
)


def read(html: str, url: str) -> Listing:
    return read_listing(html, url, PLACES, "kaspi")


PLATFORM = Platform(
    slug="kaspi",
    name="Kaspi Объявления",
    read=read,
    partner=Path(__file__).parent / "partner.toml",
    gone=("объявление закрыто", "хабарландыру жабылды"),
)
