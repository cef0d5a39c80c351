"""Adding a feed or a page: an address is pasted, Tereze shows what it sees there."""

from typing import Any

from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.watch import lawful
from tereze.watch.abilities import new_abilities
from tereze.watch.actions import web as actions
from tereze.watch.forms_web import AddressForm, PlaceForm, RecipeForm, WebForm, is_known
from tereze.watch.models import Source
from tereze.watch.peeking import Peek, peek, try_once
from tereze.watch.views.sources import cannot_be_on, find
from tereze.watch.views.wall import officer_of
from tereze.watch.words import trouble_of_site


@requires(Permission.SOURCE_MANAGE)
def new_web(request: HttpRequest) -> HttpResponse:
    """First only the address. Then what is there, and on the same page whatever can be changed."""
    user = officer_of(request)
    given = request.POST if request.method == "POST" else request.GET or None
    address_form = AddressForm(given)
    if given is None or not address_form.is_valid():
        return render(request, "watch/web_form.html", {"address_form": address_form})
    address = address_form.cleaned_data["address"]
    if is_known(address):
        address_form.add_error("address", _("Этот источник уже есть в списке."))
        return render(request, "watch/web_form.html", {"address_form": address_form})
    recipe_form = RecipeForm(request.POST if "comment" in request.POST else None)
    seen = look(address, user, recipe_form)
    web_form = WebForm(request.POST if "title" in request.POST else None, initial=title_of(seen))
    if request.POST.get("do") == "add" and may_be_added(seen) and web_form.is_valid():
        return redirect("watch:source", add(user, seen, web_form).public_id)
    if not recipe_form.is_bound and seen.sheet is not None:
        recipe_form = RecipeForm(initial=dict(seen.sheet.recipe))
    context = {
        "address_form": address_form,
        "recipe_form": recipe_form,
        "web_form": web_form,
        "seen": seen,
        "is_organ": lawful.is_organ(seen.url or address),
        "may_be_added": may_be_added(seen),
        "trouble": trouble_of_site(seen.trouble) if seen.trouble else "",
        "abilities": new_abilities(seen.kind),
    }
    return render(request, "watch/web_form.html", context)


def look(address: str, user: User, form: RecipeForm) -> Peek:
    if not form.is_bound:
        return peek(address, zone=user.unit.zone)
    if not form.is_valid():
        return Peek(trouble="recipe")
    return peek(address, zone=user.unit.zone, recipe=form.recipe)


def may_be_added(seen: Peek) -> bool:
    return seen.sheet is not None and (
        seen.kind == "feed" or bool(seen.sheet.items or seen.sheet.threads)
    )


def title_of(seen: Peek) -> dict[str, Any]:
    return {"title": seen.sheet.title or seen.url} if seen.sheet else {}


def add(user: User, seen: Peek, form: WebForm) -> Source:
    values = form.cleaned_data
    if seen.sheet is None:
        raise Http404
    return actions.add_web_source(
        unit=user.unit,
        kind=seen.kind,
        address=seen.url,
        title=values["title"],
        recipe=dict(seen.sheet.recipe),
        found=seen.count,
        every_minutes=values["every_minutes"],
        language=values["language"],
        pictures=values["pictures"],
        by=user.actor,
    )


def find_web(user: User, key: str) -> Source:
    found = find(user, key)
    if not found.is_web:
        raise Http404
    return found


@requires(Permission.SOURCE_MANAGE)
def recipe(request: HttpRequest, key: str) -> HttpResponse:
    """Where the comments are, with what is seen by it; and how often we come."""
    user = officer_of(request)
    source = find_web(user, key)
    data = request.POST if request.method == "POST" else None
    form = RecipeForm(data, initial=source.web.recipe)
    place_form = PlaceForm(data, instance=source.web)
    is_page = source.kind == "page"
    seen = None
    if data is not None and form.is_valid() and place_form.is_valid():
        wanted = form.recipe if is_page else {}
        seen = peek(source.chat_id, zone=user.unit.zone, kind=source.kind, recipe=wanted or None)
        if data.get("do") == "save" and (may_be_added(seen) or not is_page):
            place = source.web
            place.refresh_from_db()
            minutes = place_form.cleaned_data["every_minutes"]
            actions.change_place(
                place=place,
                by=user.actor,
                recipe=wanted,
                found=seen.count,
                every_minutes=minutes,
            )
            said.success(request, _("Записано."))
            return redirect("watch:source", key)
    context = {
        "source": source,
        "recipe_form": form,
        "place_form": place_form,
        "seen": seen,
        "trouble": trouble_of_site(seen.trouble) if seen and seen.trouble else "",
    }
    return render(request, "watch/web_recipe.html", context)


@requires(Permission.SOURCE_MANAGE)
@require_POST
def look_once(request: HttpRequest, key: str) -> HttpResponse:
    """What stands there now, judged before the eyes of whoever adds it. Nothing is stored.

    The site may make us wait for our turn: the page opens at once and asks for the look itself."""
    user = officer_of(request)
    source = find_web(user, key)
    if lacking := lawful.missing(source, at=now()):
        said.error(request, cannot_be_on(lawful.UnlawfulError(lacking)))
        return redirect("watch:source", key)
    if not getattr(request, "htmx", False):
        return render(request, "watch/web_look.html", {"source": source})
    trial = try_once(source)
    record("source.looked_once", target=source, by=user.actor, unit=source.unit.slug)
    words = trouble_of_site(trial.trouble) if trial.trouble else ""
    context = {"source": source, "trial": trial, "trouble": words}
    return render(request, "watch/web_look.html#look", context)
