from collections.abc import Iterator
from typing import Any

import pytest

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.models import Partner
from tests.conftest import PASSWORD
from tests.sites import Sites, running_sites


BY = Actor.machine("test")


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with running_sites(tmp_path_factory.mktemp("sites")) as running:
        yield running


@pytest.fixture
def city(unit: Unit, sites: Sites, settings: Any) -> Unit:
    """The unit with its known partners, whose pages stand at the stand-in."""
    settings.ALLOWED_PRIVATE = [sites.host]
    actions.register_known_partners(unit=unit, by=BY)
    for slug in ("olx", "kolesa", "krisha", "kaspi"):
        Partner.objects.filter(unit=unit, slug=slug).update(bases=sites.bases(slug))
    return unit


@pytest.fixture
def olx(city: Unit) -> Partner:
    return Partner.objects.get(unit=city, slug="olx")


@pytest.fixture
def moderator(olx: Partner) -> User:
    user = User.objects.create_user(
        username="olx.moderator",
        password=PASSWORD,
        name="Модератор OLX",
        role=Role.PARTNER,
        unit=olx.unit,
    )
    actions.add_member(partner=olx, user=user, by=BY)
    return user
