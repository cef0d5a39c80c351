"""How the one who reads this is told when they are called and not at the desk."""

from django.contrib import messages as said
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.watch.actions import summoning
from tereze.watch.forms_shift import ReachForm
from tereze.watch.models import Reach, Source, Summons
from tereze.watch.summoned import lines_of
from tereze.watch.views.wall import officer_of


LATEST = 5


@requires(Permission.WALL_VIEW)
def reach(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    own = Reach.objects.filter(officer=user).first()
    form = ReachForm(request.POST or None, initial={"email": own.email if own else ""})
    if request.method == "POST" and form.is_valid():
        summoning.set_email(officer=user, email=form.cleaned_data["email"])
        said.success(request, _("Записано."))
        return redirect("watch:reach")
    return render(request, "watch/reach.html", page(user, form), status=422 if form.errors else 200)


def page(user: User, form: ReachForm, code: str = "") -> dict[str, object]:
    own = Reach.objects.filter(officer=user).first()
    latest = Summons.objects.filter(call__person=user).select_related("call").order_by("-pk")
    return {
        "form": form,
        "is_linked": own is not None and bool(own.telegram),
        "bots": bots_of(user),
        "code": code,
        "latest": lines_of(latest[:LATEST]),
    }


def bots_of(user: User) -> list[dict[str, str]]:
    """The bots of the unit's chats, each once, with the name under which it is found."""
    rows = Source.objects.filter(kind="telegram", unit=user.unit_id).exclude(token="")
    found = {row.bot_key: {"chat": row.title, "name": row.rights.get("bot", "")} for row in rows}
    return list(found.values())


@requires(Permission.WALL_VIEW)
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Shown once: it stands in no address and in no row."""
    user = officer_of(request)
    made = summoning.new_code(officer=user)
    own = Reach.objects.get(officer=user)
    form = ReachForm(initial={"email": own.email})
    return render(request, "watch/reach.html", page(user, form, made))


@requires(Permission.WALL_VIEW)
@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    summoning.unlink(officer=officer_of(request))
    said.success(request, _("Записано."))
    return redirect("watch:reach")
