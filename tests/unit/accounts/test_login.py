"""Logging in: the lock after wrong passwords, and the second step."""

from collections.abc import Callable

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice

from tereze.accounts import second_step
from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tests.conftest import PASSWORD


pytestmark = pytest.mark.django_db
MINE = {"REMOTE_ADDR": "10.0.0.1"}


def attempt(client: Client, password: str, **extra: str) -> int:
    answer = client.post("/login/", {"username": "chief", "password": password}, **extra)  # type: ignore[arg-type]
    return answer.status_code


def test_after_too_many_wrong_passwords_the_right_one_does_not_open_either(chief: User) -> None:
    client = Client()
    statuses = [attempt(client, "wrong", **MINE) for _ in range(7)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert attempt(client, PASSWORD, **MINE) == 429
    assert "_auth_user_id" not in client.session


def test_a_stranger_elsewhere_cannot_lock_the_officer_out(chief: User) -> None:
    for _ in range(8):
        attempt(Client(), "wrong", REMOTE_ADDR="203.0.113.9")
    assert attempt(Client(), PASSWORD, **MINE) == 302


def current_code(user: User) -> str:
    device = second_step.pending_device(user)
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def test_with_the_second_step_on_a_password_alone_opens_nothing(chief: User) -> None:
    codes = second_step.confirm(user=chief, code=current_code(chief))
    assert codes is not None
    client = Client()
    assert attempt(client, PASSWORD, **MINE) == 302
    assert client.get("/desk/profile/").status_code == 302, "not in yet"
    assert client.post("/login/code/", {"code": "000000"}).status_code == 200
    assert client.get("/desk/profile/").status_code == 302
    # after a wrong code the devices take none for a second: that second passes here
    StaticDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    other = Client()
    attempt(other, PASSWORD, **MINE)
    assert other.post("/login/code/", {"code": codes[0]}).status_code == 302
    assert other.get("/desk/profile/").status_code == 200
    again = Client()
    attempt(again, PASSWORD, **MINE)
    assert again.post("/login/code/", {"code": codes[0]}).status_code == 200, "used up"


def test_a_wrong_code_does_not_turn_the_second_step_on(chief: User) -> None:
    assert second_step.confirm(user=chief, code="12") is None
    assert not second_step.is_on(chief)


def test_a_closed_account_does_not_open(officer: Callable[[str], User]) -> None:
    user = officer(Role.CHIEF)
    user.is_active = False
    user.save()
    assert attempt(Client(), PASSWORD, **MINE) == 200


def test_after_log_in_only_our_own_pages_are_opened(chief: User) -> None:
    client = Client()
    answer = client.post(
        "/login/",
        {"username": "chief", "password": PASSWORD, "next": "https://evil.example/"},
        REMOTE_ADDR="10.0.0.1",
    )
    assert answer["Location"] == "/desk/"
