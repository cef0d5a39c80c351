"""Who is let in at the public pages, and how floods are slowed without shutting out a city."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import Unit
from tereze.core.limits import Window, address_of


View = TypeVar("View", bound=Callable[..., Any])
# One address may be a whole operator: past the first limit a person answers an easy question,
# past the second the address has sent more than a city does.
ASK_AFTER = Window(40, 600)
STOP_AFTER = Window(600, 600)
WORDS = [
    _("один"), _("два"), _("три"), _("четыре"), _("пять"), _("шесть"), _("семь"), _("восемь"),
    _("девять"),
]  # fmt: skip
QUESTION_TERM = 3600


def from_our_pages(view: View) -> View:
    """A form needs no cookie here (a resident's browser may keep none), only our own page.

    Nobody is logged in on these pages, so a foreign page could gain nothing but a false report.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def receiving_unit() -> Unit | None:
    """Where a resident's report goes: the city's unit, the one without units below it."""
    return Unit.objects.filter(children=None).order_by("pk").first()


class Question:
    """«Напишите цифрой: семь». Asked only when an address sends very many reports."""

    def __init__(self) -> None:
        self.answer = secrets.randbelow(9) + 1
        self.word = WORDS[self.answer - 1]
        self.signed = signing.dumps(self.answer, salt="intake.question")

    @staticmethod
    def is_answered(request: HttpRequest) -> bool:
        try:
            answer = signing.loads(
                request.POST.get("question", ""), salt="intake.question", max_age=QUESTION_TERM
            )
        except signing.BadSignature:
            return False
        return request.POST.get("answer", "").strip() == str(answer)


def must_answer(request: HttpRequest) -> bool:
    within = ASK_AFTER.hit(address_of(request))
    return not within and not Question.is_answered(request)


def must_stop(request: HttpRequest) -> bool:
    return not STOP_AFTER.hit(address_of(request))
