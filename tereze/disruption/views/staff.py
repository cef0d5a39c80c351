"""The partner's own people: their manager opens and closes accounts; everybody sees who is there."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts import actions as accounts
from tereze.accounts import second_step
from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption import actions
from tereze.disruption.forms.staff import StaffForm
from tereze.disruption.models import Partner, PartnerMember
from tereze.disruption.views import partners
from tereze.disruption.views.portal import member_of


Duty = PartnerMember.Duty


def managing(request: HttpRequest) -> PartnerMember:
    member = member_of(request)
    if member.duty != Duty.MANAGER:
        raise PermissionDenied(_("Учётные записи ведёт ваш руководитель."))
    return member


@requires(Permission.PORTAL_USE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return staff_page(request, member_of(request), StaffForm())


def staff_page(
    request: HttpRequest, member: PartnerMember, form: StaffForm, status: int = 200
) -> HttpResponse:
    people = member.partner.members.select_related("user").order_by(
        "-user__is_active", "user__name"
    )
    with_code = second_step.who_has_it(person.user_id for person in people)
    context = {
        "partner": str(member.partner),
        "row": member.partner,
        "me": member,
        "manages": member.duty == Duty.MANAGER,
        "people": [(person, person.user_id in with_code) for person in people],
        "duties": Duty.choices,
        "form": form,
    }
    return render(request, "disruption/staff.html", context, status=status)


@requires(Permission.PORTAL_USE)
@never_cache
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    member = managing(request)
    form = StaffForm(request.POST)
    if not form.is_valid():
        return staff_page(request, member, form, status=422)
    return hired(request, member.partner, form, "core/partner.html")


def hired(request: HttpRequest, partner: Partner, form: StaffForm, base: str) -> HttpResponse:
    user: Any = request.user
    password = secrets.token_urlsafe(9)
    person = actions.hire(partner=partner, password=password, by=user.actor, **form.cleaned_data)
    return password_page(request, person, password, base)


def password_page(
    request: HttpRequest, person: PartnerMember, password: str, base: str
) -> HttpResponse:
    context = {
        "base": base,
        "partner": str(person.partner),
        "row": person.partner,
        "account": person.user,
        "password": password,
        "in_portal": base == "core/partner.html",
    }
    return render(request, "disruption/staff_password.html", context)


@requires(Permission.PORTAL_USE)
@require_POST
def require_code(request: HttpRequest) -> HttpResponse:
    """For all colleagues at once: whoever has no second step sets it up before anything else."""
    member = managing(request)
    required = request.POST.get("required") == "yes"
    user: Any = request.user
    actions.require_second_step(partner=member.partner, required=required, by=user.actor)
    messages.success(
        request,
        _("Второй шаг входа теперь обязателен для всех.")
        if required
        else _("Второй шаг входа больше не обязателен."),
    )
    return redirect("disruption:portal_staff")


@requires(Permission.PORTAL_USE)
@never_cache
@require_POST
def change(request: HttpRequest, key: str) -> HttpResponse:
    """One colleague: of the same partner, or they do not exist."""
    member = managing(request)
    people = member.partner.members.select_related("user", "partner")
    person = get_object_or_404(people, user__public_id=key)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    # a manager cannot close the door behind themselves
    if person.pk == member.pk and act in {set_duty, close}:
        messages.warning(request, _("Собственную запись меняет другой руководитель или полиция."))
        return redirect("disruption:portal_staff")
    return act(request, person) or redirect("disruption:portal_staff")


def set_duty(request: Any, person: PartnerMember) -> HttpResponse | None:
    duty = request.POST.get("duty", "")
    if duty not in Duty.values:
        raise Http404
    actions.set_duty(member=person, duty=duty, by=request.user.actor)
    messages.success(request, _("Обязанности изменены: %(name)s") % {"name": person.user.name})
    return None


def close(request: Any, person: PartnerMember) -> HttpResponse | None:
    accounts.set_active(user=person.user, active=False, by=request.user.actor)
    return None


def open_again(request: Any, person: PartnerMember) -> HttpResponse | None:
    accounts.set_active(user=person.user, active=True, by=request.user.actor)
    return None


def new_password(request: Any, person: PartnerMember) -> HttpResponse | None:
    password = secrets.token_urlsafe(9)
    accounts.set_password(user=person.user, password=password, by=request.user.actor)
    return password_page(request, person, password, "core/partner.html")


def reset_code(request: Any, person: PartnerMember) -> HttpResponse | None:
    second_step.turn_off(user=person.user, by=request.user)
    messages.success(request, _("Второй шаг входа отключён: %(name)s") % {"name": person.user.name})
    return None


ACTS = {
    "duty": set_duty,
    "close": close,
    "open": open_again,
    "password": new_password,
    "code": reset_code,
}


@requires(Permission.PARTNER_MANAGE)
@never_cache
@require_POST
def first_account(request: HttpRequest, key: str) -> HttpResponse:
    """An officer opens a partner's first account; their manager sees to the others."""
    user: Any = request.user
    row = get_object_or_404(Partner, unit=user.unit, public_id=key)
    form = StaffForm(request.POST)
    if not form.is_valid():
        return partners.page(request, row, staff_form=form)
    return hired(request, row, form, "core/desk.html")
