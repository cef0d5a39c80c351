"""The partner's own people: accounts of theirs, who may do what, and how they log in."""

from typing import Any

from django.db import transaction

from tereze.accounts import actions as accounts
from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.disruption.models import Partner, PartnerMember


@transaction.atomic
def hire(*, partner: Partner, duty: str, by: Actor, **account: Any) -> PartnerMember:
    """A new account that works for this partner."""
    user = accounts.create_user(role=Role.PARTNER, unit=partner.unit, by=by, **account)
    return add_member(partner=partner, user=user, duty=duty, by=by)


@transaction.atomic
def add_member(
    *, partner: Partner, user: User, by: Actor, duty: str = PartnerMember.Duty.MODERATOR
) -> PartnerMember:
    """This account works for that partner."""
    member, _new = PartnerMember.objects.update_or_create(
        user=user, defaults={"partner": partner, "duty": duty}
    )
    detail = {"user": user.username, "duty": str(duty)}
    record("partner.member_added", target=partner, by=by, detail=detail)
    if user.code_required != partner.second_step_required:
        accounts.require_code(user=user, required=partner.second_step_required, by=by)
    return member


@transaction.atomic
def set_duty(*, member: PartnerMember, duty: str, by: Actor) -> None:
    member.duty = duty
    member.save(update_fields=["duty"])
    detail = {"user": member.user.username, "duty": str(duty)}
    record("partner.duty_set", target=member.partner, by=by, detail=detail)


@transaction.atomic
def require_second_step(*, partner: Partner, required: bool, by: Actor) -> None:
    """All of the partner's people, present and future, set up a second step before anything opens."""
    partner.second_step_required = required
    partner.save(update_fields=["second_step_required"])
    kind = "partner.second_step_required" if required else "partner.second_step_free"
    record(kind, target=partner, by=by)
    for member in partner.members.select_related("user"):
        accounts.require_code(user=member.user, required=required, by=by)
