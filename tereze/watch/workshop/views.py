"""The pages of the rules workshop."""

from typing import Any

from django.contrib import messages as said
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.detection.house import Entry
from tereze.watch.models import (
    Backtest,
    BacktestFind,
    RuleDraft,
    RuleEdit,
    RuleRelease,
    ShadowFind,
)
from tereze.watch.models.rules import OPEN
from tereze.watch.views.wall import fragment, officer_of
from tereze.watch.workshop import actions, entries, precision, reads, rulebook, trying, words
from tereze.watch.workshop.actions import RefusedError
from tereze.watch.workshop.forms import RuleForm, WhyForm, schemes


ANYBODY = (Permission.RULE_EDIT, Permission.RULE_RELEASE)
SHADOW_SHOWN = 30
FINDS = 50  # texts of a backtest on one page
NEW = {"language": "both", "outcome": "illegal", "weight": 4.0, "within": 160}


def language() -> str:
    return "kk" if get_language() == "kk" else "ru"


@requires(*ANYBODY)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    scheme, query = request.GET.get("scheme", ""), request.GET.get("q", "")[:80]
    drafts = RuleDraft.objects.visible_to(user).filter(stage__in=OPEN).select_related("created_by")
    context = {
        "release": rulebook.latest(user.unit_id),
        "engine": rulebook.engine_mark(),
        "broken": rulebook.broken(user.unit_id),
        "drafts": drafts.order_by("-pk"),
        "rows": reads.rows(user, language(), scheme=scheme, query=query),
        "schemes": schemes(),
        "scheme": scheme,
        "query": query,
        "days": precision.DAYS,
        "may_edit": user.can(Permission.RULE_EDIT),
    }
    return render(request, "watch/workshop/rules.html", context)


@requires(*ANYBODY)
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    context = {
        "releases": reads.releases(user, language()),
        "may_take_back": user.can(Permission.RULE_RELEASE),
        "form": WhyForm(),
    }
    return render(request, "watch/workshop/history.html", context)


@requires(*ANYBODY)
@require_safe
def rule(request: HttpRequest, name: str) -> HttpResponse:
    """One rule as it is in force, how right it was, and who changed it."""
    user = officer_of(request)
    entry = reads.entry_in_force(name, user.unit_id)
    own = RuleDraft.objects.visible_to(user).filter(name=name).order_by("-pk")
    if entry is None and not own.exists() and reads.shipped_entry(name) is None:
        raise Http404
    context = {
        "name": name,
        "lines": reads.difference(None, entry, language()),
        "entry": entry,
        "tried": reads.shown(trying.try_entry(name, entry, rulebook.in_force(user.unit_id)))
        if entry
        else [],
        "precision": precision.by_rule(user.unit).get(name, precision.Precision()),
        "days": precision.DAYS,
        "drafts": own,
        "open": own.filter(stage__in=OPEN).first(),
        "form": WhyForm(),
        "may_edit": user.can(Permission.RULE_EDIT) and reads.is_editable(name),
    }
    return render(request, "watch/workshop/rule.html", context)


@requires(Permission.RULE_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    form = RuleForm(request.POST or None, initial=NEW)
    if request.method == "POST" and form.is_valid() and form.entry is not None:
        if reads.entry_in_force(form.full_name, user.unit_id) or reads.shipped_entry(
            form.full_name
        ):
            form.add_error("name", _("Такое правило уже есть: измените его или назовите иначе."))
        elif draft := begin(user, form.full_name, form):
            return redirect(draft)
    return render(request, "watch/workshop/new.html", {"form": form})


@requires(Permission.RULE_EDIT)
def change(request: HttpRequest, name: str) -> HttpResponse:
    """A draft that begins with a rule as it is in force, or as it was shipped."""
    user = officer_of(request)
    entry = reads.entry_in_force(name, user.unit_id) or reads.shipped_entry(name)
    if entry is None:
        raise Http404
    form = form_of(request, name, entry)
    is_good = request.method == "POST" and form.is_valid() and form.entry is not None
    if is_good and (draft := begin(user, name, form)):
        return redirect(draft)
    return render(request, "watch/workshop/new.html", {"form": form, "name": name})


def form_of(request: HttpRequest, name: str, entry: Entry) -> RuleForm:
    values = entries.values_of(entry)
    initial = {**values, "with_": values["with"]}
    return RuleForm(request.POST or None, initial=initial, fixed=(entry["scheme"], name))


def begin(user: User, name: str, form: RuleForm) -> RuleDraft | None:
    why = form.cleaned_data["why"]
    try:
        return actions.begin(unit=user.unit, name=name, entry=form.entry, why=why, by=user)
    except RefusedError as error:
        form.add_error(None, words.refused_words(error.code))
        return None


@requires(Permission.RULE_EDIT)
@require_POST
def switch_off(request: HttpRequest, name: str) -> HttpResponse:
    """A draft that takes a rule out: it is tried and released like any other."""
    user = officer_of(request)
    form = WhyForm(request.POST)
    if reads.entry_in_force(name, user.unit_id) is None:
        raise Http404
    if not form.is_valid():
        said.error(request, _("Напишите, почему правило выключают."))
        return redirect("watch:rule", name)
    try:
        why = form.cleaned_data["why"]
        return redirect(actions.begin(unit=user.unit, name=name, entry=None, why=why, by=user))
    except RefusedError as error:
        said.error(request, words.refused_words(error.code))
        return redirect("watch:rule", name)


@requires(Permission.RULE_EDIT)
@require_POST
def attempt(request: HttpRequest, name: str = "") -> HttpResponse:
    """The examples against what is being typed: nothing is stored."""
    user = officer_of(request)
    fixed = (reads.scheme_of(name), name) if name else None
    form = RuleForm(request.POST, initial=NEW, fixed=fixed)
    form.fields["why"].required = False
    context: dict[str, Any] = {"tried": None, "form": form}
    if form.is_valid() and form.entry is not None:
        found = trying.try_entry(form.full_name, form.entry, rulebook.in_force(user.unit_id))
        context["tried"] = reads.shown(found)
    return render(request, "watch/workshop/tried.html", context)


def found_draft(user: User, key: str) -> RuleDraft:
    draft: RuleDraft | None = (
        RuleDraft.objects.visible_to(user).filter(public_id=key).select_related("unit").first()
    )
    if draft is None:
        raise Http404
    return draft


@requires(*ANYBODY)
def draft(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    row = found_draft(user, key)
    edit = row.edit
    form = None
    if edit.entry is not None and row.is_open and user.can(Permission.RULE_EDIT):
        form = form_of(request, row.name, edit.entry)
        if request.method == "POST" and form.is_valid() and form.entry is not None:
            try:
                why = form.cleaned_data["why"]
                seen = edit_seen(row, request.POST.get("edit", ""))
                actions.edit(draft=row, entry=form.entry, why=why, by=user, seen=seen)
            except RefusedError as error:
                form.add_error(None, words.refused_words(error.code))
            else:
                said.success(request, _("Записано: новая редакция."))
                return redirect(row)
    context = {"form": form, "why_form": WhyForm(), **of_draft(row, user)}
    # whoever types why they release is not interrupted: that part is refreshed by itself
    asked = getattr(getattr(request, "htmx", None), "target", "")
    part = "release" if asked == "release" else "live"
    return render(request, fragment(request, "watch/workshop/draft.html", part), context)


def of_draft(row: RuleDraft, user: User) -> dict[str, Any]:
    edit = row.edit
    in_force = rulebook.in_force(row.unit_id)
    tried = trying.try_entry(row.name, edit.entry, in_force) if edit.entry else []
    lacking = actions.lacks(row, user)
    return {
        "draft": row,
        "edit": edit,
        "edits": row.edits.select_related("by").order_by("-number"),
        "difference": reads.difference(
            reads.entry_in_force(row.name, row.unit_id), edit.entry, language()
        ),
        "tried": reads.shown(tried),
        "failed": sum(not one.holds for one in tried),
        "backtest": reads.backtest_of(row, language()),
        "shadow": reads.shadow_of(row, most=SHADOW_SHOWN),
        "lacks": [words.refused_words(code) for code in lacking],
        "may_release": not lacking,
        "may_edit": user.can(Permission.RULE_EDIT),
        "may_judge": user.can(Permission.WALL_VIEW) and not actions.wrote(row, user),
    }


@requires(*ANYBODY)
@require_POST
def act(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """Every step of a draft is a button; a refusal says why."""
    user = officer_of(request)
    row = found_draft(user, key)
    try:
        said.success(request, do(request, row, what, user))
    except RefusedError as error:
        said.error(request, words.refused_words(error.code))
    return redirect(row)


def do(request: HttpRequest, row: RuleDraft, what: str, user: User) -> str:
    match what:
        case "backtest":
            actions.ask_backtest(draft=row, by=user)
            return _("Проверка началась: страница обновляется сама.")
        case "cancel":
            for one in Backtest.objects.filter(edit__draft=row):
                actions.cancel_backtest(backtest=one, by=user)
            return _("Проверка остановлена.")
        case "shadow":
            actions.begin_shadow(draft=row, by=user)
            return _("В тени: правило сравнивают с новыми публикациями, и ничего не делается.")
        case "end-shadow":
            actions.end_shadow(draft=row, by=user)
            return _("Тень закончена.")
        case "withdraw":
            actions.withdraw(draft=row, by=user)
            return _("Черновик отложен.")
        case "release":
            return release(request, row, user)
    raise Http404


def edit_seen(row: RuleDraft, number: str) -> RuleEdit | None:
    """The one that stood on the page."""
    return next((one for one in row.edits.all() if str(one.number) == number), None)


def release(request: HttpRequest, row: RuleDraft, user: User) -> str:
    form = WhyForm(request.POST)
    edit = edit_seen(row, request.POST.get("edit", ""))
    if edit is None or not form.is_valid():
        raise RefusedError("edited_meanwhile" if edit is None else "no_reason")
    made = actions.release(draft=row, edit=edit, why=form.cleaned_data["why"], by=user)
    return _("Выпуск № %(number)s действует во всех чатах.") % {"number": made.number}


@requires(Permission.RULE_RELEASE)
@require_POST
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = RuleRelease.objects.visible_to(user).filter(public_id=key).first()
    if found is None:
        raise Http404
    why = request.POST.get("why", "").strip()[:500] or _("возвращено одним нажатием")
    try:
        actions.take_back(release=found, why=why, by=user)
        said.success(request, _("Действует прежняя версия правил."))
    except RefusedError as error:
        said.error(request, words.refused_words(error.code))
    return redirect("watch:rules_history")


@requires(*ANYBODY)
@require_safe
def backtest(request: HttpRequest, key: str) -> HttpResponse:
    """The texts of a backtest, by what would happen to them, by place and by scheme."""
    user = officer_of(request)
    row = (
        Backtest.objects.filter(public_id=key, edit__draft__unit=user.unit)
        .select_related("edit__draft", "asked_by")
        .first()
    )
    if row is None:
        raise Http404
    wanted = {
        name: request.GET[name] for name in ("kind", "place", "scheme") if name in request.GET
    }
    finds = row.finds.filter(**wanted).select_related("message__source").order_by("pk")
    page = Paginator(finds, FINDS).get_page(request.GET.get("page"))
    told = reads.told(row, language(), counts=hasattr(row, "clearance"))
    context = {
        **told,
        "tables": [
            ("place", _("По чатам и файлам"), told["by_place"]),
            ("scheme", _("По схемам"), told["by_scheme"]),
        ],
        "draft": row.edit.draft,
        "page": page,
        "finds": [reads.find_shown(one) for one in page],
        "wanted": wanted,
        "labels": dict(BacktestFind.Kind.choices),
    }
    return render(request, "watch/workshop/backtest.html", context)


@requires(Permission.WALL_VIEW)
@require_POST
def judge(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """An officer's word on one find of the shadow."""
    user = officer_of(request)
    found = ShadowFind.objects.filter(pk=pk, draft__unit=user.unit).select_related("draft").first()
    if found is None or answer not in {ShadowFind.Said.RIGHT, ShadowFind.Said.WRONG}:
        raise Http404
    try:
        actions.say(find=found, said=answer, by=user)
    except RefusedError as error:
        said.error(request, words.refused_words(error.code))
    return redirect(found.draft)
