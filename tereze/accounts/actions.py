from django.db import transaction

from tereze.accounts.models import Unit, User
from tereze.audit.models import record
from tereze.core.actor import Actor


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
