from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django_otp import user_has_device

from tereze.accounts.permissions import ROLE_PERMISSIONS, Role
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.core.ids import public_id


class Unit(models.Model):
    """A city's group, under a region. Every row of the house belongs to one."""

    slug = models.SlugField(unique=True)
    name = models.TextField()
    name_kk = models.TextField(blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    zone = models.TextField(default="Asia/Almaty")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, username: str, password: str | None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user

    def working(self) -> "models.QuerySet[User]":
        return self.filter(is_active=True).exclude(role=Role.PARTNER)


class User(AbstractBaseUser):
    """An officer, or a partner's employee. Residents have no account."""

    public_id = models.TextField(unique=True, default=public_id)
    username = models.TextField(unique=True)
    name = models.TextField()  # «Ахметов Б. С.»
    post = models.TextField(blank=True)  # as it stands under a signature
    phone = models.TextField(blank=True)  # for colleagues
    role = models.TextField(choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="users")
    language = models.TextField(choices=settings.LANGUAGES, default="ru")
    is_active = models.BooleanField(default=True)
    code_required = models.BooleanField(default=False)  # no page opens before the second step is on
    created_at = models.DateTimeField(default=now)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name

    def can(self, permission: str) -> bool:
        return self.is_active and permission in ROLE_PERMISSIONS.get(self.role, frozenset())

    @property
    def owes_second_step(self) -> bool:
        """It is required of them and not set up: until it is, no page opens."""
        return self.code_required and not user_has_device(self, confirmed=True)

    @property
    def actor(self) -> Actor:
        kind = "partner" if self.role == Role.PARTNER else "officer"
        return Actor(kind, self.username, self.name)

    @property
    def email(self) -> str:
        """Django's password machinery asks for one; accounts here are made by the administrator."""
        return ""
