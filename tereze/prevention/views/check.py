from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tereze.core.access import public
from tereze.detection.typology import advice_for
from tereze.intake.channels.web.door import from_our_pages, receiving_unit
from tereze.prevention import checking, quota, wording
from tereze.prevention.forms import CheckForm


@public
@never_cache
@from_our_pages
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """What is asked comes by POST only: an address with a question in it would rest in logs."""
    form = CheckForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "rules": wording.four_rules(get_language())}
    if request.method != "POST":
        return render(request, "prevention/check.html", context)
    if not form.is_valid():
        return render(request, "prevention/check.html", context, status=422)
    text = form.cleaned_data["text"][: checking.LONGEST]
    if not quota.may_ask(request, **cost(text)):
        context["try_again_at"] = quota.next_hour()
        answer = render(request, "prevention/check.html", context, status=429)
        answer["Retry-After"] = "3600"
        return answer
    return render(request, "prevention/checked.html", {**context, **answer_context(text)})


def cost(text: str) -> dict[str, int]:
    """A story counts as a text whatever it mentions; every value looked up counts as well."""
    numbers = len(checking.identifiers(text)[0])
    return {
        "texts": 0 if checking.is_bare(text) and numbers else 1,
        "numbers": numbers,
    }


def answer_context(text: str) -> dict[str, Any]:
    checked = checking.check(text, receiving_unit())
    language = get_language()
    marks = [
        (start, end, reason.kind, wording.reason_text(reason, language))
        for reason in checked.reasons
        for start, end in reason.spans
    ]
    return {
        "checked": checked,
        "form": CheckForm(),
        "headline": wording.headline(checked, language),
        "lead": wording.lead(checked),
        "tone": wording.tone(checked.answer),
        "said": wording.said(checked.findings),
        "scheme": wording.scheme_name(checked.scheme, language) if checked.scheme else "",
        "echo": checking.echo(checked.text),
        "marks": marks,
        "advice": advice_for(
            checked.scheme or None, money_left_hours=None, lang=wording.language_of(language)
        ),
    }
