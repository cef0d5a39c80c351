"""The file of a picture, asked for as politely as the pages: what else one would do there is only
asked of the site's owner.
"""

from datetime import timedelta
from typing import Any, NoReturn

from tereze.watch.connectors.base import (
    BusyError,
    NotThereError,
    RefusedError,
    ServiceError,
    UnreachableError,
)
from tereze.watch.connectors.feeds import manners
from tereze.watch.connectors.feeds.manners import Errand, TroubleError


LONGEST_WAIT = timedelta(seconds=10)  # for our turn; others are read meanwhile
PASSING = {"network", "robots_unreachable"}


async def refuse(*_about: Any) -> NoReturn:
    raise RefusedError("only_the_owner")


class Onlooker:
    """Hands that hold nothing but a picture."""

    def __init__(self, host: str) -> None:
        self.host = host  # of the page

    delete = restrict = ban = unrestrict = unban = post = look = staticmethod(refuse)

    async def fetch(self, file: str, most: int) -> bytes:
        errand = Errand(
            accept="image/*",
            limit=most,
            longest_wait=LONGEST_WAIT,
            is_aside=True,
            spared=self.host,
        )
        try:
            answer = await manners.get(file, errand=errand)
        except TroubleError as error:
            raise failure(error) from error
        if answer.truncated:
            raise RefusedError("too_large")
        return answer.body

    async def close(self) -> None:
        pass


def failure(error: TroubleError) -> ServiceError:
    """One picture that a site has trouble with is not asked for again; a site that has, later."""
    if error.wait or error.reason == "limited":
        return BusyError(error.wait)
    if error.reason in PASSING:
        return UnreachableError(error.reason)
    if error.reason == "page_gone":
        return NotThereError("not_found")
    return RefusedError(error.reason)
