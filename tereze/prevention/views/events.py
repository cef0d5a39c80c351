from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tereze.accounts.permissions import Permission
from tereze.core import tables
from tereze.core.access import requires
from tereze.core.clock import now
from tereze.core.wording import exact
from tereze.prevention.actions.events import cancel_event, hold_event, plan_event
from tereze.prevention.forms import EventForm, HeldForm
from tereze.prevention.models import Event
from tereze.prevention.models.event import EventState


@requires(Permission.EVENT_MANAGE)
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    mine = Event.objects.visible_to(user).select_related("responsible")
    state = request.GET.get("state", "")
    rows = mine.filter(state=state) if state in EventState.values else mine
    year = timezone.localtime(now()).replace(month=1, day=1, hour=0, minute=0, second=0)
    totals = mine.filter(state=EventState.HELD, held_at__gte=year).aggregate(
        number=Count("pk"), people=Sum("people"), copies=Sum("copies")
    )
    context = {
        "events": rows[:300],
        "totals": totals,
        "overdue": mine.overdue().count(),
        "tabs": [
            {"label": label, "url": f"?state={value}", "current": state == value}
            for value, label in [("", _("Все")), *EventState.choices]
        ],
    }
    return render(request, "prevention/events.html", context)


@requires(Permission.EVENT_MANAGE)
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    heading = (
        _("Вид"),
        _("Где"),
        _("Район"),
        _("Запланировано"),
        _("Состояние"),
        _("Проведено"),
        _("Человек"),
        _("Материал"),
        _("Экземпляров"),
        _("Кто проводит"),
    )
    rows = (
        (
            event.get_kind_display(),
            event.place,
            event.district,
            exact(event.planned_at),
            event.get_state_display(),
            exact(event.held_at) if event.held_at else "",
            event.people,
            event.material,
            event.copies,
            event.responsible.name,
        )
        for event in Event.objects.visible_to(user).select_related("responsible")
    )
    return tables.as_csv("events", heading, rows)


@requires(Permission.EVENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = EventForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid():
        plan_event(planned=form.cleaned_data, by=user)
        return redirect("prevention:events")
    status = 422 if request.method == "POST" else 200
    return render(request, "prevention/plan_event.html", {"form": form}, status=status)


@requires(Permission.EVENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest, public_id: str) -> HttpResponse:
    user: Any = request.user
    row = get_object_or_404(
        Event.objects.visible_to(user).select_related("responsible", "created_by"),
        public_id=public_id,
    )
    typed = request.POST if "people" in request.POST else None
    form = HeldForm(typed, initial={"held_at": row.held_at or min(row.planned_at, now())})
    if request.method == "POST" and "cancel" in request.POST:
        cancel_event(event=row, why=request.POST.get("why", "")[:500], by=user)
        return redirect("prevention:events")
    if typed is not None and form.is_valid():
        copies = form.cleaned_data.pop("copies") or 0
        hold_event(event=row, copies=copies, by=user, **form.cleaned_data)
        return redirect("prevention:events")
    status = 422 if request.method == "POST" else 200
    context = {"event": row, "form": form, "is_late": row.planned_at < now()}
    return render(request, "prevention/event.html", context, status=status)
