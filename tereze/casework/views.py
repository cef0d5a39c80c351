from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.casework.actions import cases as actions
from tereze.casework.changes import CHANGES
from tereze.casework.forms import NewCaseForm, SeenForm
from tereze.casework.models import Case, CasePerson, Task
from tereze.casework.reads import appearances, evidence_of, suggestions, timeline
from tereze.core.navigation import is_fragment
from tereze.intake.models import Report


# the parts of a case's page, each fetched anew when the case is announced
PARTS = {"head", "reports", "indicators", "evidence", "people", "tasks", "notes", "timeline"}

PAGE = 50


def reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the decorator has seen to it
    return request.user


def visible_case(request: HttpRequest, key: str) -> Case:
    return get_object_or_404(Case.objects.visible_to(reader(request)), public_id=key)


@requires(Permission.CASE_READ)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    found = Case.objects.visible_to(user).with_clocks().alive_first()
    if words := request.GET.get("q", "").strip():
        found = found.found_by(words)
    if (state := request.GET.get("state", "")) in Case.State.values:
        found = found.filter(state=state)
    if request.GET.get("mine"):
        found = found.filter(owner=user)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "tasks": Task.objects.waiting_for(user)[:20],
        "words": words,
        "tabs": tabs(state, mine=bool(request.GET.get("mine"))),
        "new_url": reverse("casework:new"),
        "may_open": user.can(Permission.CASE_OPEN),
    }
    part = "tasks" if request.GET.get("part") == "tasks" else "rows" if is_fragment(request) else ""
    return render(
        request, f"casework/cases.html#{part}" if part else "casework/cases.html", context
    )


def tabs(state: str, *, mine: bool) -> list[dict[str, Any]]:
    every = {"label": _("Все"), "url": "?", "current": not state and not mine}
    own = {"label": _("Мои"), "url": "?mine=1", "current": mine}
    return [
        every,
        own,
        *(
            {"label": label, "url": f"?state={value}", "current": state == value}
            for value, label in Case.State.choices
        ),
    ]


@requires(Permission.CASE_OPEN)
def new_case(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    keys = request.GET.getlist("report")[:50]
    reports = list(Report.objects.visible_to(user).filter(public_id__in=keys))
    form = NewCaseForm(request.POST or None, initial=proposal(reports))
    if request.method == "POST" and form.is_valid():
        case = actions.open_case(
            unit=user.unit, owner=user, by=user.actor, reports=reports, **form.cleaned_data
        )
        return redirect("casework:case", case.public_id)
    return render(request, "casework/new.html", {"form": form, "reports": reports})


def proposal(reports: list[Report]) -> dict[str, str]:
    if not reports:
        return {}
    return {"title": reports[0].masked_text[:80], "scheme": reports[0].scheme}


@requires(Permission.CASE_READ)
@require_safe
def case_page(request: HttpRequest, key: str) -> HttpResponse:
    case = visible_case(request, key)
    part = request.GET.get("part", "")
    if part and part not in PARTS:
        raise Http404
    context = {
        "case": case,
        "shared": appearances(case, reader(request)) if part in {"", "indicators"} else [],
        "events": timeline(case) if part in {"", "timeline"} else [],
        "evidence": evidence_of(case) if part in {"", "evidence"} else [],
        "may_work": reader(request).can(Permission.CASE_WORK),
        "may_read_reports": reader(request).can(Permission.REPORT_READ),
        "case_url": reverse("casework:case", args=[key]),
        "changes": offered(case, reader(request)),
    }
    return render(request, f"casework/case.html#{part}" if part else "casework/case.html", context)


def offered(case: Case, user: User) -> list[dict[str, Any]]:
    if not user.can(Permission.CASE_WORK):
        return []
    return [
        {"slug": slug, "label": change.label, "key": change.key, "form": change.form(case=case)}
        for slug, change in CHANGES.items()
        if user.can(change.permission)
    ]


@requires(Permission.CASE_WORK)
@require_POST
def change_case(request: HttpRequest, key: str, what: str) -> HttpResponse:
    case, user = visible_case(request, key), reader(request)
    change = CHANGES.get(what)
    if change is None:
        raise Http404
    if not user.can(change.permission):
        raise PermissionDenied(change.permission)
    form = change.form(request.POST, request.FILES, case=case)
    if form.is_valid():
        try:
            change.apply(case, form.cleaned_data, user)
        except actions.RefusedError as refusal:
            form.add_error(None, str(refusal))
            if isinstance(form, SeenForm):
                form.show_again(case)
        else:
            return redirect("casework:case", case.public_id)
    context = {"case": case, "form": form, "label": change.label}
    return render(request, "casework/change.html", context, status=422)


@requires(Permission.CASE_WORK)
@require_POST
def tick_task(request: HttpRequest, key: str, number: int) -> HttpResponse:
    task = get_object_or_404(Task, case=visible_case(request, key), pk=number)
    done = request.POST.get("done") == "1"
    actions.set_task_done(task=task, done=done, by=reader(request).actor)
    return redirect(f"{reverse('casework:case', args=[key])}#task-{number}")


@requires(Permission.CASE_READ)
@require_safe
def report_panel(request: HttpRequest, key: str) -> HttpResponse:
    """On a report's page: the cases it is in, those it may belong to, and one key to open one."""
    user = reader(request)
    report = get_object_or_404(Report.objects.visible_to(user), public_id=key)
    context = {
        "report": report,
        "cases": report.cases.all(),
        "visible": set(Case.objects.visible_to(user).values_list("pk", flat=True)),
        "suggestions": suggestions(report, user),
        "may_open_case": user.can(Permission.CASE_OPEN),
        "new_url": f"{reverse('casework:new')}?report={report.public_id}",
    }
    return render(request, "casework/report_panel.html", context)


@requires(Permission.CASE_WORK)
@require_POST
def join_case(request: HttpRequest, key: str, report_key: str) -> HttpResponse:
    """The suggestion on a report's page, taken with one key."""
    user, case = reader(request), visible_case(request, key)
    report = get_object_or_404(Report.objects.visible_to(user), public_id=report_key)
    actions.add_report(case=case, report=report, by=user.actor)
    messages.success(
        request, _("Сообщение присоединено к делу %(number)s.") % {"number": case.number}
    )
    return redirect("casework:case", case.public_id)


@requires(Permission.CASE_WORK)
@require_POST
def part_from_case(request: HttpRequest, key: str, report_key: str) -> HttpResponse:
    """Joined by mistake."""
    user, case = reader(request), visible_case(request, key)
    report = get_object_or_404(case.reports.all(), public_id=report_key)
    actions.remove_report(case=case, report=report, by=user.actor)
    messages.success(request, _("Сообщение %(number)s отсоединено.") % {"number": report.number})
    return redirect("casework:case", case.public_id)


@requires(Permission.CASE_WORK)
@require_POST
def remove_person(request: HttpRequest, key: str, number: int) -> HttpResponse:
    person = get_object_or_404(CasePerson, case=visible_case(request, key), pk=number)
    actions.remove_person(person=person, by=reader(request).actor)
    return redirect("casework:case", key)
