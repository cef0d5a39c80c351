"""Partners: contacts on both sides, channel, and what was agreed, by date."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.disruption import actions
from tereze.disruption.forms.partners import MemberForm, PartnerForm, TermsForm
from tereze.disruption.forms.staff import StaffForm
from tereze.disruption.models import Partner, PartnerMember


@requires(Permission.REQUEST_READ)
def partners(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    rows = Partner.objects.filter(unit=user.unit).select_related("our_officer", "unit", "webhook")
    context = {
        "partners": rows.prefetch_related("terms").order_by("kind", "name"),
        "may_manage": user.can(Permission.PARTNER_MANAGE),
    }
    return render(request, "disruption/partners.html", context)


@requires(Permission.PARTNER_MANAGE)
def partner(request: HttpRequest, key: str) -> HttpResponse:
    """Edit one, or `new`."""
    user: Any = request.user
    own = Partner.objects.filter(unit=user.unit)
    row = Partner(unit=user.unit) if key == "new" else get_object_or_404(own, public_id=key)
    form = PartnerForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        actions.save_partner(partner=form.save(commit=False), by=user.actor)
        messages.success(request, _("Сохранено."))
        return redirect("disruption:partner", row.public_id)
    return page(request, row, form=form)


def page(request: HttpRequest, row: Partner, **forms: Any) -> HttpResponse:
    saved = row.pk is not None
    context = {
        "row": row,
        "saved": saved,
        "terms": row.terms.order_by("-valid_from") if saved else [],
        "members": row.members.select_related("user") if saved else [],
        "form": PartnerForm(instance=row),
        "terms_form": TermsForm(),
        "member_form": MemberForm(row.unit),
        "staff_form": StaffForm(initial={"duty": PartnerMember.Duty.MANAGER}),
        **forms,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "disruption/partner.html", context, status=422 if wrong else 200)


@requires(Permission.PARTNER_MANAGE)
@require_POST
def terms(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    row = get_object_or_404(Partner, unit=user.unit, public_id=key)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return page(request, row, terms_form=form)
    earlier = row.terms.filter(valid_from__lte=form.cleaned_data["valid_from"])
    before = earlier.order_by("-valid_from", "-pk").first()
    actions.set_terms(partner=row, by=user.actor, **form.agreed(before))
    messages.success(request, _("Договорённость записана."))
    return redirect("disruption:partner", key)


@requires(Permission.PARTNER_MANAGE)
@require_POST
def member(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    row = get_object_or_404(Partner, unit=user.unit, public_id=key)
    form = MemberForm(user.unit, request.POST)
    if not form.is_valid():
        return page(request, row, member_form=form)
    employee: User = form.cleaned_data["user"]
    duty = form.cleaned_data["duty"]
    actions.add_member(partner=row, user=employee, duty=duty, by=user.actor)
    messages.success(request, _("Теперь этот сотрудник видит уведомления партнёра."))
    return redirect("disruption:partner", key)
