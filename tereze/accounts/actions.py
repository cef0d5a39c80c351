from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.founding import STEPS


@transaction.atomic
def create_user(
    *,
    username: str,
    password: str | None,
    name: str,
    role: str,
    unit: Unit,
    by: Actor,
    post: str = "",
    phone: str = "",
    language: str = "ru",
) -> User:
    user = User.objects.create_user(
        username=username,
        password=password,
        name=name,
        role=role,
        unit=unit,
        post=post,
        phone=phone,
        language=language,
    )
    record("user.created", target=user, by=by, detail={"role": role})
    return user


@transaction.atomic
def set_active(*, user: User, active: bool, by: Actor) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])
    record("user.opened" if active else "user.closed", target=user, by=by)


@transaction.atomic
def set_password(*, user: User, password: str, by: Actor) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    record("user.password_set", target=user, by=by)


@transaction.atomic
def require_code(*, user: User, required: bool, by: Actor) -> None:
    """Whether this account opens anything before its second step is on."""
    user.code_required = required
    user.save(update_fields=["code_required"])
    kind = "user.second_step_required" if required else "user.second_step_free"
    record(kind, target=user, by=by)


@transaction.atomic
def found_city(
    *, slug: str, name: str, name_kk: str, region_slug: str, region: str, zone: str, by: Actor
) -> Unit:
    """A unit under its region, with what every app needs to begin. Safe to repeat."""
    parent, _ = Unit.objects.get_or_create(
        slug=region_slug, defaults={"name": region, "zone": zone}
    )
    unit, new = Unit.objects.get_or_create(
        slug=slug, defaults={"name": name, "name_kk": name_kk, "parent": parent, "zone": zone}
    )
    if new:
        record("unit.founded", target=f"accounts.Unit:{slug}", by=by, unit=slug)
    for step in STEPS:
        step(unit, by)
    return unit
