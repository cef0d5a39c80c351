"""The partner's list: what waits, found quickly, answered many at a time, each as it deserves."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tereze.accounts.access import requires
from tereze.accounts.permissions import Permission
from tereze.disruption import actions
from tereze.disruption.actions.drafting import bases_of
from tereze.disruption.forms.requests import AnswerForm, answers_for, fit_to, said
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import PartnerMember, Request, State
from tereze.disruption.models.request import WITH_PARTNER, Answer, Refusal
from tereze.disruption.searching import matching
from tereze.disruption.threads import with_news
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.views.portal import answering, listed, member_of, own


PAGE = 60
MOST = 200  # answered at once
DONE = "portal_done"
VIEWS: dict[str, Q] = {
    "waiting": Q(state__in=WITH_PARTNER),
    "overdue": Q(state__in=WITH_PARTNER, overdue_at__isnull=False),
    "back": Q(state=State.REOPENED),
    "talk": Q(has_news=True) | Q(asked_since__isnull=False) | Q(appealed_since__isnull=False),
    "done": ~Q(state__in=WITH_PARTNER),
    "all": Q(),
}
COUNTED = ("waiting", "overdue", "back", "talk")


def view_names() -> dict[str, str]:
    return {
        "waiting": _("Ждут ответа"),
        "overdue": _("Просрочены"),
        "back": _("Снова появились"),
        "talk": _("Переписка"),
        "done": _("Отвеченные"),
        "all": _("Все"),
    }


@requires(Permission.PORTAL_USE)
def queue(request: HttpRequest) -> HttpResponse:
    return queue_page(request, member_of(request), request.GET)


def queue_page(
    request: HttpRequest,
    member: PartnerMember,
    query: QueryDict,
    *,
    wrong: "list[Wrong] | None" = None,
    done: "list[tuple[str, str]] | None" = None,
) -> HttpResponse:
    text, kind = query.get("q", "").strip(), query.get("kind", "")
    chosen = query.get("view") or ("all" if text else "waiting")
    chosen = chosen if chosen in VIEWS else "waiting"
    rows = with_news(
        matching(listed(request), text, bases_of(member.partner.unit)), for_partner=True
    )
    kinds = sorted(own(request).order_by().values_list("kind", flat=True).distinct())
    rows = rows.filter(kind=kind) if kind in kinds else rows
    page = Paginator(in_order(rows.filter(VIEWS[chosen]), chosen), PAGE).get_page(query.get("page"))
    may_answer = member.duty != PartnerMember.Duty.READER
    if may_answer:
        offer_answers(list(page), wrong or [])
    fragment = getattr(request, "htmx", False)
    if done is None and not fragment:
        done = request.session.pop(DONE, [])
    context = {
        "partner": str(member.partner),
        "officer": member.partner.our_officer,
        "is_manager": member.duty == PartnerMember.Duty.MANAGER,
        "may_answer": may_answer,
        "topic": f"portal:{member.partner.public_id}",
        "page": page,
        "here": f"{reverse('disruption:portal')}?{query.urlencode()}",
        "query": query.urlencode(),
        "q": text,
        "kind": kind,
        "kinds": [(slug, KINDS[slug].name) for slug in kinds],
        "tabs": tabs(rows, chosen, query),
        "refusals": Refusal.choices,
        "done": summary(done or []),
        "wrong": wrong or [],
    }
    name = f"disruption/portal.html{'#rows' if fragment else ''}"
    return render(request, name, context, status=422 if wrong else 200)


def in_order(rows: QuerySet[Request], chosen: str) -> QuerySet[Request]:
    if chosen in {"done", "all"}:
        return rows.order_by(F("answered_at").desc(nulls_last=True), "-delivered_at", "-pk")
    return rows.order_by(F("act_by").asc(nulls_last=True), "delivered_at", "pk")


def tabs(rows: QuerySet[Request], chosen: str, query: QueryDict) -> list[dict[str, Any]]:
    counts = rows.aggregate(**{slug: Count("pk", filter=VIEWS[slug]) for slug in COUNTED})
    kept = query.copy()
    kept.pop("page", None)
    found = []
    for slug, label in view_names().items():
        kept["view"] = slug
        found.append(
            {
                "label": label,
                "url": f"{reverse('disruption:portal')}?{kept.urlencode()}",
                "current": slug == chosen,
                "badge": counts.get(slug),
            }
        )
    return found


# ---- an answer of its own for each row ----


@dataclass(frozen=True)
class Wrong:
    row: Request
    choice: str
    text: str
    why: str


def offer_answers(rows: list[Request], wrong: list[Wrong]) -> None:
    """Each open row gets its list of possible answers, and back what was typed and not accepted."""
    typed = {one.row.pk: one for one in wrong}
    made: dict[str, SafeString] = {}  # a list is long and the same for all requests of a kind
    for row in rows:
        if row.state not in WITH_PARTNER:
            continue
        if row.kind not in made:
            made[row.kind] = options(own_choices(row))
        mistake = typed.get(row.pk)
        chosen = options(own_choices(row), mistake.choice) if mistake else made[row.kind]
        row.options, row.mistake = chosen, mistake  # type: ignore[attr-defined]


def own_choices(row: Request) -> list[tuple[str, Any]]:
    """The answers to this kind of request, each refusal by its reason."""
    choices: list[tuple[str, Any]] = []
    for value, label in answers_for(row):
        if value == Answer.REFUSED:
            choices += [(f"{value}:{code}", f"{label}: {why}") for code, why in Refusal.choices]
        else:
            choices.append((value, label))
    return choices


def options(choices: list[tuple[str, Any]], chosen: str = "") -> SafeString:
    return format_html(
        '<option value=""></option>{}',
        format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((v, SafeString(" selected") if v == chosen else "", name) for v, name in choices),
        ),
    )


@requires(Permission.PORTAL_USE)
@require_POST
def answer_many(request: HttpRequest) -> HttpResponse:
    """One answer for all that are ticked; a row with an answer of its own gets that one."""
    member = answering(request)
    query = QueryDict(request.POST.get("query", "")[:2000])
    done: list[tuple[str, str]] = []
    wrong: list[Wrong] = []
    for row in rows_meant(request):
        choice, text = meant(request.POST, row)
        if not choice:
            continue
        why = answer_one(request, row, choice, text)
        if why:
            wrong.append(Wrong(row, choice, text, why))
        else:
            done.append((row.public_id, choice))
    if wrong:
        return queue_page(request, member, query, wrong=wrong, done=done)
    if not done:
        messages.warning(request, _("Отметьте хотя бы одно уведомление."))
    request.session[DONE] = done
    return redirect(f"{reverse('disruption:portal')}?{query.urlencode()}")


def rows_meant(request: HttpRequest) -> list[Request]:
    own_answer = "answer-"
    keys = {name.removeprefix(own_answer) for name in request.POST if name.startswith(own_answer)}
    ticked = {*request.POST.getlist("request")}
    chosen = {key for key in keys if request.POST.get(f"{own_answer}{key}")}
    return list(own(request).filter(public_id__in=[*(ticked | chosen)][:MOST]).order_by("pk"))


def meant(data: QueryDict, row: Request) -> tuple[str, str]:
    if choice := data.get(f"answer-{row.public_id}", ""):
        return choice, data.get(f"text-{row.public_id}", "")
    refusal = data.get("refusal", "")
    common = data.get("answer", "") or (refusal and str(Answer.REFUSED))  # Enter in its field
    refusal = refusal if common == Answer.REFUSED else ""
    return f"{common}:{refusal}" if refusal else common, data.get("text", "")


def answer_one(request: HttpRequest, row: Request, choice: str, text: str) -> str:
    """In its own transaction. Returns why not, in words; nothing when it is done."""
    answer, _colon, refusal = choice.partition(":")
    form = fit_to(AnswerForm({"answer": answer, "refusal": refusal, "text": text}), row)
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors)
    user: Any = request.user
    try:
        actions.answer(request=row, by=user.actor, **said(form))
    except UnlawfulStepError:
        return _("на это уведомление уже ответили")
    return ""


def summary(done: list[tuple[str, str]]) -> dict[str, Any]:
    """What was just done, by answer: so that nobody has to wonder."""
    if not done:
        return {}
    rows = {
        row.public_id: row
        for row in Request.objects.filter(public_id__in=[key for key, _choice in done])
    }
    groups: dict[str, list[Request]] = {}
    for key, choice in done:
        if key in rows:
            groups.setdefault(choice, []).append(rows[key])
    return {
        "count": sum(len(group) for group in groups.values()),
        "groups": [(name_of(choice, group[0]), group) for choice, group in groups.items()],
    }


def name_of(choice: str, row: Request) -> str:
    return str(dict(own_choices(row)).get(choice, choice))
