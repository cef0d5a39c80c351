"""What a platform's folder tells: how its addresses look and what "gone" looks like there.

Addresses of adverts are known to `tereze.indicators.platforms` under the same slug, because chats
and reports are searched for them too. Phrases are compared without regard to case; a phrase counts
only as a heading, a title, or a piece of text of its own, and never when the page already showed it
while the advert was there.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    slug: str
    name: str
    gone: tuple[str, ...]  # "not found" pages that answer 200
    archived: tuple[str, ...] = ()  # the advert's page stays, marked as withdrawn
    lists: tuple[str, ...] = ()  # first path segments of categories and searches
