"""Chats: the list with the policy table, and each chat with its lawful part."""

from typing import Any

from django.contrib import messages as said
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core import vault
from tereze.core.clock import now
from tereze.watch import lawful, table
from tereze.watch.abilities import abilities
from tereze.watch.actions import sources as actions
from tereze.watch.actions import trial
from tereze.watch.actions.trial import NotProvenError
from tereze.watch.connectors.telegram import addresses
from tereze.watch.forms import ModeForm, SourceForm
from tereze.watch.models import Source, WebPlace
from tereze.watch.models.calls import CallKind
from tereze.watch.models.sources import HANDED_OVER, Mode
from tereze.watch.picture_words import not_read_here
from tereze.watch.sample import sample_of
from tereze.watch.summoned import called_for
from tereze.watch.views.wall import fragment, officer_of
from tereze.watch.words import (
    address_words,
    blind_words,
    clock_words,
    not_proven_words,
    sight_words,
)


@requires(Permission.SOURCE_MANAGE)
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    found = Source.objects.visible_to(officer_of(request)).order_by("kind", "title")
    rows = [
        {
            "source": source,
            "why": blind_words(source),
            "sight": sight_words(source),
            "missing": lawful.missing(source, at=now()),
        }
        for source in found.exclude(kind__in=["replay", HANDED_OVER])
    ]
    replays = found.filter(kind="replay").order_by("-pk")[:10]
    return render(request, "watch/sources.html", {"rows": rows, "replays": replays})


def find(user: User, key: str) -> Source:
    """A chat that was handed over has no table and no mode to set."""
    chats = Source.objects.visible_to(user).exclude(kind=HANDED_OVER)
    found: Source | None = chats.filter(public_id=key).first()
    if found is None:
        raise Http404
    return found


@requires(Permission.SOURCE_MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    form = SourceForm(
        request.POST or None,
        request.FILES or None,
        unit=user.unit,
        initial=SourceForm.initial_new(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            number = number_typed(form)
        except addresses.AddressError as error:
            form.add_error(*address_words(str(error)))
        else:
            if Source.objects.filter(kind="telegram", chat_id=number).exists():
                form.add_error("chat_id", _("Этот чат уже есть в списке."))
            else:
                values = {**fields_of(form), "chat_id": number}
                made = actions.add_source(unit=user.unit, kind="telegram", by=user.actor, **values)
                return redirect("watch:source", made.public_id)
    return render(request, "watch/source_form.html", {"form": form})


def number_typed(form: SourceForm) -> str:
    place = str(form.cleaned_data["chat_id"])
    if not place.startswith("@"):
        return place
    return addresses.number_of(place, token=form.cleaned_data["token"])


def fields_of(form: SourceForm) -> dict[str, Any]:
    """What the form says, with the consent put into the vault."""
    values = dict(form.cleaned_data)
    file = values.pop("consent_file")
    if file:
        values["consent_file"] = vault.store(file.read()).sha256
        values["consent_file_name"] = file.name[:200]
    if not values.get("token"):
        values.pop("token", None)
    return values


@requires(Permission.SOURCE_MANAGE)
def source(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    form = SourceForm(
        request.POST or None,
        request.FILES or None,
        unit=user.unit,
        initial=SourceForm.initial_of(found),
    ).of(found)
    if request.method == "POST" and form.is_valid():
        values = fields_of(form)
        del values["chat_id"]
        try:
            changed = actions.change_source(source=found, by=user.actor, **values)
        except NotProvenError as error:
            form.add_error("threshold", not_proven_words(error.trial))
        else:
            if found.mode != Mode.OFF and changed.mode == Mode.OFF:
                said.warning(request, _("Чат выключен: не хватает законного основания."))
            else:
                said.success(request, _("Записано."))
            return redirect("watch:source", key)
    context = {
        "form": form,
        "source": found,
        "mode_form": ModeForm(initial={"mode": found.mode}),
        "missing": lawful.missing(found, at=now()),
        "why": blind_words(found),
        "sight": sight_words(found),
        "trial": trial.trial_of(found),
        "not_proven": not_proven_words(trial.trial_of(found)),
        "abilities": abilities(found),
        "sample": sample_of(found),
        "pictures": not_read_here(found),
        "clock": clock_words(found),
        "called": called_for([found], CallKind.values).get(found.pk, ""),
        "place": WebPlace.objects.filter(source=found).select_related("owner").first(),
    }
    return render(request, fragment(request, "watch/source.html", "sample"), context)


def cannot_be_on(error: lawful.UnlawfulError) -> str:
    return _("Включить нельзя, не хватает: %(missing)s.") % {"missing": error}


@requires(Permission.SOURCE_MANAGE)
@require_POST
def begin_sample(request: HttpRequest, key: str) -> HttpResponse:
    """A minute of looking in shadow, begun anew each time. What is not lawful does not begin."""
    user = officer_of(request)
    found = find(user, key)
    if found.mode not in {Mode.OFF, Mode.SHADOW}:
        said.error(request, _("Чат уже работает: проба ему не нужна."))
        return redirect("watch:source", key)
    if lacking := lawful.missing(found, at=now()):
        said.error(request, cannot_be_on(lawful.UnlawfulError(lacking)))
        return redirect("watch:source", key)
    if found.mode == Mode.SHADOW:
        actions.set_mode(source=found, mode=Mode.OFF, by=user.actor)
    actions.set_mode(source=found, mode=Mode.SHADOW, by=user.actor)
    return redirect("watch:source", key)


@requires(Permission.SOURCE_MANAGE)
@require_POST
def mode(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    form = ModeForm(request.POST)
    if form.is_valid():
        try:
            actions.set_mode(source=found, mode=form.cleaned_data["mode"], by=user.actor)
            said.success(request, _("Режим изменён."))
        except lawful.UnlawfulError as error:
            said.error(request, cannot_be_on(error))
        except NotProvenError as error:
            said.error(request, not_proven_words(error.trial))
    return redirect("watch:source", key)


@requires(Permission.WALL_VIEW, Permission.SOURCE_MANAGE)
def schemes(request: HttpRequest, key: str) -> HttpResponse:
    """What the machine does in one chat, scheme by scheme: for all to read, for some to change."""
    user = officer_of(request)
    found = find(user, key)
    may_edit = user.can(Permission.SOURCE_MANAGE)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    rows = table.rows(found, get_language() or "ru", data)
    if request.method == "POST" and all(row.form.is_valid() for row in rows):
        actions.change_source(source=found, by=user.actor, schemes=table.chosen(rows))
        said.success(request, _("Записано."))
        return redirect("watch:schemes", key)
    context = {
        "source": found,
        "rows": rows,
        "may_edit": may_edit,
        "trial": trial.trial_of(found),
        "has_errors": any(row.form.errors for row in rows),
    }
    return render(request, "watch/schemes.html", context)


@requires(Permission.SOURCE_MANAGE)
@require_safe
def consent(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = find(user, key)
    if not found.consent_file:
        raise Http404
    record("source.consent_read", target=found, by=user.actor)
    answer = HttpResponse(vault.read(found.consent_file), content_type="application/octet-stream")
    answer["Content-Disposition"] = "attachment"
    return answer
