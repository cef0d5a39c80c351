"""OLX.kz: a removed advert answers 404 or 410, or 200 with a "no longer available" page.

Ids are the case-sensitive code after `-ID`; the numeric id shown on the page is not the key.
"""

import re
from pathlib import Path

from tereze.disruption.platforms.contract import Listing, Platform
from tereze.disruption.platforms.reading import Places, read_listing


PLACES = Places(
    title=("[data-testid=offer_title]", "[data-testid=ad_title]", "[data-cy=ad_title]"),
    price=("[data-testid=ad-price-container]", "[data-testid=ad-price]"),
    seller=("[data-testid=user-profile-user-name]", "[data-testid=trader-title]"),
    account=("a[data-testid=user-profile-link]", "a[href*=/list/user/]"),
    account_id=re.compile(r"/user/(?P<id>[0-9A-Za-z_-]{3,40})(?:/|\?|$)"),
    text=("[data-testid=ad_description]", "[data-cy=ad_description]"),
    photos=("img[data-testid^=swiper-image]", "img[data-testid=ad-photo]"),
    phones=("[data-testid=contact-phone]",),
)


def read(html: str, url: str) -> Listing:
    return read_listing(html, url, PLACES, "olx")


PLATFORM = Platform(
    slug="olx",
    name="OLX.kz",
    read=read,
    partner=Path(__file__).parent / "partner.toml",
    mobile="m.olx.kz",
    gone=(
        "это объявление больше не доступно",
        "это объявление больше недоступно",
        "мы не нашли эту страницу",
        "к сожалению, мы не смогли найти эту страницу",
        "бұл хабарландыру енді қолжетімсіз",
        "бұл хабарландыру қолжетімді емес",
    ),
    archived=("объявление деактивировано", "хабарландыру өшірілген"),
)
