"""Policy lists of Matrix: which are followed, what they say, what of it is refused and why."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.outgoing import outside_transaction
from tereze.watch.actions import lists as actions
from tereze.watch.connectors.matrix import joining
from tereze.watch.forms import PolicyListForm
from tereze.watch.models import PolicyList, Source
from tereze.watch.models.lists import Way
from tereze.watch.views.wall import officer_of
from tereze.watch.words import BLIND, joining_words, refused_words


SHOWN = 200


@requires(Permission.SOURCE_MANAGE)
def policy_lists(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    accounts = list(Source.objects.visible_to(user).filter(kind="matrix").order_by("pk"))
    form = PolicyListForm(request.POST or None, accounts=accounts)
    if request.method == "POST" and accounts and form.is_valid():
        try:
            add(form, user)
        except joining.JoiningError as error:
            form.add_error("address", joining_words(str(error))[1])
        else:
            said.success(request, _("Список добавлен, читаем его."))
            return redirect("watch:policy_lists")
    found = PolicyList.objects.visible_to(user).order_by("way", "title")
    context = {"form": form, "accounts": accounts, "rows": [row(one) for one in found]}
    return render(request, "watch/policy_lists.html", context)


def add(form: PolicyListForm, user: User) -> PolicyList:
    outside_transaction()
    chosen, values = form.chosen, form.cleaned_data
    if values["address"].strip():
        found = async_to_sync(joining.join)(
            server=chosen.server, token=chosen.token, address=values["address"]
        )
    else:
        found = async_to_sync(joining.policy_room)(
            server=chosen.server, token=chosen.token, title=f"{user.unit.name}: Tereze"
        )
    if PolicyList.objects.filter(unit=user.unit, server=found.server, room=found.room).exists():
        raise joining.JoiningError("known")
    return actions.add_list(
        unit=user.unit,
        way=values["way"],
        title=found.place.title or found.room,
        server=found.server,
        token=found.token,
        room=found.room,
        by=user.actor,
    )


def row(found: PolicyList) -> dict[str, Any]:
    rules = found.rules or []
    refused = [rule for rule in rules if rule["refused"]]
    return {
        "list": found,
        "is_own": found.way == Way.OWN,
        "taken": len(rules) - len(refused),
        "refused": [(rule["entity"], refused_words(rule["refused"])) for rule in refused[:SHOWN]],
        "refused_count": len(refused),
        "trouble": BLIND.get(found.trouble, found.trouble),
    }


@requires(Permission.SOURCE_MANAGE)
@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    user = officer_of(request)
    found = PolicyList.objects.visible_to(user).filter(public_id=key).first()
    if found is None:
        raise Http404
    actions.remove_list(found=found, by=user.actor)
    said.success(request, _("Список убран."))
    return redirect("watch:policy_lists")
