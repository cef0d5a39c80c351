"""Two-factor log-in: a TOTP application (RFC 6238) and ten recovery codes."""

import base64
import secrets
from collections.abc import Iterable
from io import BytesIO

import segno
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tereze.accounts.models import User
from tereze.audit.models import record


RECOVERY_CODES = 10


def pending_device(user: User) -> TOTPDevice:
    """The device being set up; made once, so that reloading the page keeps its QR code."""
    device: TOTPDevice
    device, _new = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "app"}
    )
    return device


def is_on(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def who_has_it(users: Iterable[int]) -> set[int]:
    """Of these accounts, by primary key."""
    found = TOTPDevice.objects.filter(user__in=list(users), confirmed=True)
    return set(found.values_list("user_id", flat=True))


def qr_picture(device: TOTPDevice) -> str:
    """The set-up code as an SVG in a data address: nothing is fetched, nothing is stored."""
    out = BytesIO()
    segno.make(device.config_url).save(out, kind="svg", scale=5, border=2, light="#fff")
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def typed_secret(device: TOTPDevice) -> str:
    """The same secret for who cannot scan, in groups of four."""
    text = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


@transaction.atomic
def confirm(*, user: User, code: str) -> list[str] | None:
    """Turn it on when the code fits. Returns the recovery codes, shown only now."""
    device = pending_device(user)
    if not device.verify_token(code.replace(" ", "")):
        return None
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save()
    StaticDevice.objects.filter(user=user).delete()
    recovery = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=recovery, token=code) for code in codes)
    record("user.second_step_on", target=user, by=user.actor)
    return codes


@transaction.atomic
def turn_off(*, user: User, by: User) -> None:
    """By the user, or by an administrator for one who lost the telephone."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    record("user.second_step_off", target=user, by=by.actor)
