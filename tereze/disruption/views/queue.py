"""The desk's queue of requests."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.actions.drafting import bases_of
from tereze.disruption.looks import BLIND
from tereze.disruption.models import Alert, Capture, Partner, Request, State
from tereze.disruption.models.request import GONE, OPEN, WITH_PARTNER, RequestQuerySet
from tereze.disruption.needs import NeedsMissingError
from tereze.disruption.searching import matching
from tereze.disruption.templatetags.disruption import only_pictures
from tereze.disruption.threads import with_news
from tereze.disruption.transitions import UnlawfulStepError


PAGE = 50


def waiting_for_us(rows: RequestQuerySet) -> QuerySet[Request]:
    """What a person of ours has to do: sign, take a picture, send by hand, look, answer back, decide."""
    return (
        rows.filter(state__in=[State.CAPTURED, State.COULD_NOT_LOOK])
        | rows.filter(state=State.DRAFTED, capture__state=Capture.State.NEEDS_PERSON)
        | rows.filter(state=State.HELD, held_until__lte=now())
        | rows.filter(state=State.APPROVED, channel__in=["by_hand", "file"])
        | rows.filter(state=State.REOPENED, channel__in=["by_hand", "file"])
        | rows.filter(state__in=[State.APPROVED, *WITH_PARTNER], undelivered_at__isnull=False)
        | rows.filter(state=State.ANSWERED).exclude(answer__in=GONE)
        | rows.filter(asked_since__isnull=False)
        | rows.filter(appealed_since__isnull=False)
        | rows.filter(state=State.VERIFIED, lookout__blind__gte=BLIND)
    )


VIEWS: dict[str, Any] = {
    "us": waiting_for_us,
    "overdue": lambda rows: rows.overdue(),
    "partner": lambda rows: rows.filter(state__in=WITH_PARTNER),
    "open": lambda rows: rows.filter(state__in=OPEN),
    "gone": lambda rows: rows.filter(state=State.VERIFIED),
    "all": lambda rows: rows,
}


def view_names() -> dict[str, str]:
    return {
        "us": _("Ждут нас"),
        "overdue": _("Просрочены"),
        "partner": _("У партнёров"),
        "open": _("Все открытые"),
        "gone": _("Удалены"),
        "all": _("Все"),
    }


@requires(Permission.REQUEST_READ)
def queue(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    text, to = request.GET.get("q", "").strip(), request.GET.get("to", "")
    chosen = request.GET.get("view") or ("all" if text else "open")
    chosen = chosen if chosen in VIEWS else "open"
    visible = Request.objects.visible_to(user)
    partners = Partner.objects.filter(pk__in=visible.order_by().values("partner")).order_by("name")
    partner = next((row for row in partners if row.public_id == to), None)
    wanted = visible.filter(partner=partner) if partner else visible
    wanted = matching(wanted, text, bases_of(user.unit)) if text else wanted
    rows = VIEWS[chosen](wanted).select_related("partner", "capture", "unit", "evidence")
    rows = with_news(in_order(rows, chosen).prefetch_related(only_pictures()), for_partner=False)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": text,
        "partner": partner,
        "partners": partners,
        "tabs": tabs(wanted, chosen, request.GET),
        "can_approve": can(request, Permission.REQUEST_APPROVE),
        "can_draft": can(request, Permission.REQUEST_DRAFT),
        "late": overdue_by_officer(visible),
    }
    name = (
        "disruption/queue.html#rows" if getattr(request, "htmx", False) else "disruption/queue.html"
    )
    return render(request, name, context)


def in_order(rows: QuerySet[Request], chosen: str) -> QuerySet[Request]:
    if chosen in {"gone", "all"}:
        return rows.order_by("-created_at")
    # money on its way first; then what runs out first; what has no clock comes after, oldest first
    moving = Q(money_left_at__isnull=False, delivered_at=None)
    return rows.annotate(moving=Case(When(moving, then=0), default=1)).order_by(
        "moving",
        F("overdue_at").asc(nulls_last=True),
        F("act_by").asc(nulls_last=True),
        "created_at",
    )


def tabs(wanted: RequestQuerySet, chosen: str, query: QueryDict) -> list[dict[str, Any]]:
    counted = {"us", "overdue", "partner"}
    kept = {name: query[name] for name in ("q", "to") if query.get(name)}
    return [
        {
            "label": label,
            "url": f"?{urlencode({**kept, 'view': slug})}",
            "current": slug == chosen,
            "badge": VIEWS[slug](wanted).count() if slug in counted else None,
        }
        for slug, label in view_names().items()
    ]


def overdue_by_officer(visible: RequestQuerySet) -> list[dict[str, Any]]:
    """Whose they are: the chief sees a name, not only a number."""
    counts = dict(visible.overdue().order_by().values_list("partner").annotate(Count("pk")))
    partners = Partner.objects.filter(pk__in=counts).select_related("our_officer")
    return [{"partner": row, "count": counts[row.pk]} for row in partners.order_by("name")]


def can(request: HttpRequest, permission: str) -> bool:
    return bool(getattr(request.user, "can", lambda _permission: False)(permission))


@requires(Permission.REQUEST_APPROVE)
@require_POST
def approve_many(request: HttpRequest) -> HttpResponse:
    """Sign what was ticked. One that has moved on meanwhile does not stop the others."""
    chosen = (
        Request.objects.visible_to(request.user)
        .filter(public_id__in=request.POST.getlist("request"))
        .select_related("partner__unit", "unit", "evidence")
    )
    if not chosen:
        messages.warning(request, _("Отметьте хотя бы одно уведомление."))
        return redirect("disruption:queue")
    signed = 0
    for row in chosen:
        try:
            actions.approve(request=row, user=request.user)
        except UnlawfulStepError:
            continue
        except NeedsMissingError as error:
            what = {"request": row.title or row.address, "what": error.text}
            messages.warning(request, _("%(request)s: сначала нужно: %(what)s.") % what)
            continue
        signed += 1
    if signed:
        messages.success(request, _("Утверждено: %(n)d") % {"n": signed})
    return redirect("disruption:queue")


@requires(Permission.REQUEST_READ)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """What has run out and is this reader's to see to; nothing, most of the time."""
    rows = Alert.objects.filter(user=request.user.pk, seen_at=None)
    late = rows.select_related("request__partner").order_by("-level", "at")[:20]
    return render(request, "disruption/alerts.html", {"alerts": late})


@requires(Permission.REQUEST_READ)
@require_POST
def alerts_seen(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    read = [int(key) for key in request.POST.getlist("alert") if key.isdecimal() and len(key) < 19]
    actions.seen_alerts(user=user, alerts=read)
    return redirect("disruption:queue")
