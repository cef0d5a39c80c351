"""Adding a Matrix room: an address is pasted, Tereze goes in and shows what it may do there."""

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tereze.accounts.access import requires
from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.outgoing import outside_transaction
from tereze.watch.actions import sources as actions
from tereze.watch.connectors.matrix import joining
from tereze.watch.forms import MatrixForm
from tereze.watch.models import Source
from tereze.watch.views.wall import officer_of
from tereze.watch.words import joining_words


class AlreadyThereError(Exception):
    """The room is in the list."""


@requires(Permission.SOURCE_MANAGE)
def new_matrix(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    accounts = Source.objects.visible_to(user).filter(kind="matrix").order_by("-pk")
    form = MatrixForm(request.POST or None, accounts=list(accounts))
    if request.method == "POST" and form.is_valid():
        try:
            source = add(form, user)
        except joining.JoiningError as error:
            field, words = joining_words(str(error))
            form.add_error(field, words)
        except AlreadyThereError:
            form.add_error("address", _("Этот чат уже есть в списке."))
        else:
            return redirect("watch:source", source.public_id)
    return render(request, "watch/matrix_form.html", {"form": form})


def add(form: MatrixForm, user: User) -> Source:
    """The source begins switched off: what is lawful comes next."""
    outside_transaction()
    found = async_to_sync(joining.join)(**form.credentials)
    if Source.objects.filter(kind="matrix", chat_id=found.room, server=found.server).exists():
        raise AlreadyThereError
    source = actions.add_source(
        unit=user.unit,
        kind="matrix",
        chat_id=found.room,
        title=found.place.title or form.cleaned_data["address"][:200],
        by=user.actor,
        server=found.server,
        token=found.token,
        language=form.cleaned_data["language"],
    )
    actions.note_place(source=source, place=found.place)
    return source
