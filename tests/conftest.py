import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.test import override_settings

from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.audit import witness
from tereze.core.actor import Actor
from tereze.intake.actions import Incoming, Sending, submit_report
from tereze.intake.models import Report
from tereze.intake.statement import Statement


PBKDF2PasswordHasher.iterations = (
    1000  # a second of hashing for each user would be most of the time
)
PASSWORD = "correct horse battery"  # never used outside the tests


@pytest.fixture(scope="session", autouse=True)
def compiled_catalogues() -> None:
    call_command("catalogues", "--compile")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """The slow hash protects real passwords; a thousand test users only wait for it."""
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[hasher]):
        yield


@pytest.fixture(autouse=True)
def no_journal_of_other_tests() -> None:
    witness.path().unlink(missing_ok=True)


@pytest.fixture
def unit(db: None) -> Unit:
    region = Unit.objects.create(slug="qaragandy", name="Карагандинская область")
    return Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш", parent=region)


@pytest.fixture
def officer(unit: Unit) -> Callable[[str], User]:
    """`officer(Role.CHIEF)`: a user of that role, made when first asked for."""

    def get(role: str) -> User:
        user = User.objects.filter(role=role, unit=unit).first()
        return user or User.objects.create_user(
            username=str(role),
            password=PASSWORD,
            name=f"Ахметова {role}",
            role=role,
            unit=unit,
            post="лейтенант",
        )

    return get


@pytest.fixture
def chief(officer: Callable[[str], User]) -> User:
    return officer(Role.CHIEF)


@pytest.fixture
def submit(unit: Unit) -> Callable[..., Report]:
    """`submit("text", contact="…")`: a report that came through the public window."""

    def send(text: str, *, files: Iterable[Incoming] = (), **typed: Any) -> Report:
        return submit_report(
            unit=unit,
            statement=Statement(text=text, **typed),
            channel="web",
            sending=Sending(scope="test", key=secrets.token_hex(8)),
            by=Actor.resident(),
            files=files,
        ).report

    return send
