"""A platform's system with its key, and another's."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tereze.accounts.models import User
from tereze.disruption import actions
from tereze.disruption.models import Partner, Request
from tests.unit.disruption.conftest import Make


ROOT = "/api/partner/v1"


class Api:
    def __init__(self, client: Client, partner: Partner, by: User) -> None:
        self.client = client
        self.key, self.secret = actions.issue_partner_key(
            partner=partner, label="модерация", by=by.actor
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"{ROOT}{path}", headers=self.sent(headers))

    def post(self, path: str, body: Any, token: str = "t1", **headers: str) -> Any:  # noqa: S107
        sent = self.sent({"Idempotency-Key": token, **headers})
        return self.client.post(
            f"{ROOT}{path}", json.dumps(body), content_type="application/json", headers=sent
        )

    def sent(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.secret}", **named}


@pytest.fixture
def platform(olx: Partner, client: Client, chief: User) -> Api:
    Partner.objects.filter(pk=olx.pk).update(channel="api")
    return Api(client, olx, chief)


@pytest.fixture
def other(city: Any, client: Client, chief: User) -> Api:
    return Api(client, Partner.objects.get(unit=city, slug="kolesa"), chief)


@pytest.fixture
def sign(make: Make, platform: Api, chief: User) -> Callable[..., Request]:
    """A request signed for a partner that has only the API: nobody has fetched it yet."""

    def get(**fields: Any) -> Request:
        request = make("captured", **fields)
        actions.approve(request=request, user=chief)
        return request

    return get
