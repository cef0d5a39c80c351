from collections.abc import Iterator

import pytest

from tests.city import City, a_city
from tests.conftest import PASSWORD


SETUP = f"""
from tereze.accounts.models import Unit, User
unit = Unit.objects.create(slug="c", name="Балхаш")
for role in ("operative", "dispatcher", "chief"):
    User.objects.create_user(
        username=role, password={PASSWORD!r}, name="Ахметова " + role, role=role, unit=unit,
        post="лейтенант", phone="+77103611122",
    )
"""


@pytest.fixture(scope="package")
def city() -> Iterator[City]:
    with a_city() as city:
        city.python(SETUP)
        city.serve()
        yield city
