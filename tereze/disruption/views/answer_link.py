"""The link in a letter: works without a log-in. GET only shows, so that mail scanners do no harm."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tereze.accounts.access import public
from tereze.core.actor import Actor
from tereze.disruption import actions
from tereze.disruption.channels.email.letters import letter_by_token
from tereze.disruption.forms.requests import AnswerForm, LetterAnswerForm, fit_to, said
from tereze.disruption.models import Request
from tereze.disruption.models.request import WITH_PARTNER
from tereze.disruption.transitions import UnlawfulStepError
from tereze.disruption.views.portal import outgoing_file


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    letter = letter_by_token(token)
    if letter is None:
        return render(request, "disruption/answer_unknown.html", status=404)
    row = letter.request
    with translation.override(language_of(request, row)):
        form = fit_to(LetterAnswerForm(request.POST if request.method == "POST" else None), row)
        if request.method == "POST" and form.is_valid():
            accept(row, form)
            return redirect("disruption:answer", token)
        context: dict[str, Any] = {
            "row": row,
            "form": form,
            "token": token,
            "open": row.state in WITH_PARTNER,
            "partner": str(row.partner),
        }
        status = 422 if form.errors else 200
        response = render(request, "disruption/answer.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def language_of(request: HttpRequest, row: Request) -> str:
    """The reader's own choice, otherwise that of the letter."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else row.partner.language


def accept(row: Request, form: AnswerForm) -> None:
    by = Actor("partner", row.partner.slug, form.cleaned_data["who"])
    try:
        actions.answer(request=row, by=by, **said(form))
    except UnlawfulStepError:
        return  # answered meanwhile; the page that follows says so


@public
@require_safe
def file(request: HttpRequest, token: str, name: str) -> HttpResponse:
    letter = letter_by_token(token)
    if letter is None:
        return render(request, "disruption/answer_unknown.html", status=404)
    return outgoing_file(letter.request, name)
