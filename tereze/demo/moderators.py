"""What a platform's moderator does in their own system when they tick a notice in the portal.

In life the moderator removes the advert and then says so. In the example city both are one tick:
whatever was answered "removed" or "account closed" is removed on the stand-in site.
"""

import logging
import os
from datetime import timedelta

import httpx

from tereze.core import due
from tereze.core.clock import now
from tereze.disruption.models import Request, State
from tereze.disruption.models.request import GONE


log = logging.getLogger(__name__)
SITE = "TEREZE_DEMO_SITE"
done: set[str] = set()  # a removal repeated after a restart changes nothing


def install() -> None:
    """Only in the example city, and only in its clock."""
    if os.environ.get(SITE):
        due.every(0.3, name="demo.moderators")(remove_what_was_ticked)


def remove_what_was_ticked() -> None:
    lately = now() - timedelta(minutes=5)
    ticked = Request.objects.filter(
        state=State.ANSWERED, answer__in=GONE, answered_at__gte=lately
    ).exclude(listing="")
    for request in ticked:
        platform, _, code = request.listing.partition(":")
        address = f"{os.environ[SITE]}/_site/listings/{platform}/{code}"
        key = f"{request.public_id}/{request.answered_at}"
        if key in done or not request.address.startswith(os.environ[SITE]):
            continue
        answer = httpx.post(address, json={"status": "removed"}, timeout=5)
        if answer.is_success:
            done.add(key)
        else:
            log.warning(
                "the stand-in site did not remove %s: %s", request.listing, answer.status_code
            )
