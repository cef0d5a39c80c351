"""Who calls: a key of one partner. Everything a key may see begins at `key.partner`."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from tereze.core.clock import now
from tereze.core.ids import token_hash
from tereze.core.limits import Window, address_of
from tereze.disruption.models import PartnerKey
from tereze.disruption.partner_api.problems import Problem


BY_KEY = Window(600, 60)
WRONG_KEYS = Window(60, 60)
USED_EVERY = timedelta(minutes=1)


class KeyOfPartner(HttpBearer):
    openapi_bearerFormat = "trzp_…"  # noqa: N815 - the standard's own word

    def authenticate(self, request: HttpRequest, token: str) -> PartnerKey | None:
        key = (
            PartnerKey.objects.filter(
                key_hash=token_hash(token), closed_at=None, partner__is_active=True
            )
            .select_related("partner__unit")
            .first()
        )
        if key is None:
            if not WRONG_KEYS.hit(address_of(request)):
                raise Problem("rate_limited", wait=WRONG_KEYS.wait(address_of(request)))
            return None
        if not BY_KEY.hit(key.key_hash):
            raise Problem("rate_limited", wait=BY_KEY.wait(key.key_hash))
        if key.last_used_at is None or key.last_used_at < now() - USED_EVERY:
            PartnerKey.objects.filter(pk=key.pk).update(last_used_at=now())
        return key


def key_of(request: Any) -> PartnerKey:
    key: PartnerKey = request.auth
    return key
