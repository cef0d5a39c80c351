"""The shift: who is on duty, what is open, what was decided, who takes it."""

from typing import Any

from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.watch.actions import shifts as actions
from tereze.watch.forms_shift import HandOverForm
from tereze.watch.models import HandOver, Shift
from tereze.watch.models.shifts import LONGEST
from tereze.watch.sheet import sheet_of, shown
from tereze.watch.views.wall import officer_of


EARLIER = 10


def shift_of(user: User) -> Shift | None:
    found: Shift | None = Shift.objects.on_duty().filter(officer=user).first()
    return found


@requires(Permission.WALL_VIEW)
def shift(request: HttpRequest) -> HttpResponse:
    """What stands open now, and the form to pass it on."""
    user = officer_of(request)
    own = shift_of(user)
    form = HandOverForm(request.POST or None, giver=user)
    if form.is_valid() and own is None:
        words = _("Ваша смена уже закончилась. Сохраните записи, заступите снова и предложите её.")
        form.add_error(None, words)
    elif form.is_valid() and own is not None:
        actions.hand_over(shift=own, by=user, **form.cleaned_data)
        said.success(request, _("Смена предложена. Вы на смене, пока её не примут."))
        return redirect("watch:shift")
    context = {
        **page(user, own),
        "form": form,
        "may_begin": own is None and user.can(Permission.WALL_HOLD),
    }
    return render(request, "watch/shift.html", context, status=422 if form.errors else 200)


def page(user: User, own: Shift | None) -> dict[str, Any]:
    duty = Shift.objects.on_duty().filter(unit=user.unit_id).select_related("officer")
    over = HandOver.objects.visible_to(user).select_related("shift__officer", "taker")
    since = own.began_at if own else now() - LONGEST
    return {
        "own": own,
        "offer": over.offered().filter(shift=own).first() if own else None,
        "on_duty": duty.order_by("began_at"),
        "deserted": actions.is_deserted(user.unit),
        "sheet": shown(sheet_of(user.unit, since=since)),
        "earlier": over.exclude(state="withdrawn").order_by("-pk")[:EARLIER],
    }


@requires(Permission.WALL_HOLD)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    actions.begin(by=officer_of(request))
    said.success(request, _("Вы на смене."))
    return redirect("watch:shift")


@requires(Permission.WALL_HOLD)
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    if own := shift_of(user):
        actions.withdraw(shift=own, by=user)
    return redirect("watch:shift")


def find(user: User, key: str) -> HandOver:
    found = HandOver.objects.visible_to(user).select_related("shift__officer", "shift__unit")
    offer: HandOver | None = found.select_related("taker").filter(public_id=key).first()
    if offer is None:
        raise Http404
    return offer


@requires(Permission.WALL_VIEW)
@require_safe
def hand_over(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet on paper: as it stood, with the lines for both names."""
    user = officer_of(request)
    offer = find(user, key)
    context = {
        "offer": offer,
        "sheet": shown(offer.sheet) if offer.sheet else None,
        "may_take": offer.state == "offered" and offer.taker_id == user.pk,
    }
    return render(request, "watch/sheet.html", context)


@requires(Permission.WALL_HOLD)
@require_POST
def take(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    done = actions.take_over(offer=find(user, key), by=user)
    return answered(request, _("Вы приняли смену.") if done else "")


@requires(Permission.WALL_HOLD)
@require_POST
def decline(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    done = actions.decline(offer=find(user, key), by=user)
    return answered(
        request, _("Вы не приняли смену: она остаётся у того, кто её сдаёт.") if done else ""
    )


def answered(request: HttpRequest, words: str) -> HttpResponse:
    """To an offer; without words it was no longer theirs to answer."""
    if words:
        said.success(request, words)
    else:
        said.error(request, _("Эту смену принять нельзя: её отозвали или она сдана другому."))
    return redirect("watch:shift")


@requires(Permission.WALL_VIEW)
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """On every page of the one who is asked to take a shift; nothing, most of the time."""
    user = officer_of(request)
    found = HandOver.objects.offered().filter(taker=user).select_related("shift__officer")
    return render(request, "watch/offers.html", {"offers": found})
