"""Repeat sellers of a period: hands with several adverts on a platform, one of them asked about now."""

from collections.abc import Iterable, Sequence

from tereze.accounts.models import Unit
from tereze.disruption.repeating import RepeatSeller, repeat_sellers
from tereze.statistics.lives import Life


def sellers_on(unit: Unit, lives: Iterable[Life]) -> list[RepeatSeller]:
    """All of the platforms these requests went to, whenever their adverts were found."""
    platforms = {life.platform for life in lives if life.request.partner.platform}
    return [seller for slug in sorted(platforms) for seller in repeat_sellers(unit, slug)]


def among(sellers: Sequence[RepeatSeller], lives: Iterable[Life]) -> list[RepeatSeller]:
    """Those with an advert among what was sent here, the busiest first."""
    sent = {life.request.pk for life in lives if life.sent}
    found = [one for one in sellers if any(row.pk in sent for row in one.requests)]
    return sorted(found, key=lambda one: -one.listings)
