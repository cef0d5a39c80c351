from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.core.access import requires
from tereze.prevention.actions.radar import name_topic, show_again
from tereze.prevention.forms import NameTopicForm
from tereze.prevention.listening import REPORT, still_visible
from tereze.prevention.models import RadarSweep, RadarTopic
from tereze.prevention.models.radar import NO_FRAUD


MOST_HIDDEN = 50
BAR, GAP, HEIGHT = 14, 4, 40  # of the little picture, in its own units


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    is_now: bool


@requires(Permission.RADAR_USE)
@never_cache
@require_safe
def radar(request: HttpRequest) -> HttpResponse:
    """What grows and fits no known scheme. Found by the worker; here it is only shown."""
    return page(request)


def page(
    request: HttpRequest, *, wrong: NameTopicForm | None = None, of: RadarTopic | None = None
) -> HttpResponse:
    user: Any = request.user
    topics = list(RadarTopic.objects.visible_to(user).shown().select_related("named_by"))
    forms = {of.pk: wrong} if of else {}
    context = {
        "topics": rows(topics, user, forms),
        "hidden": RadarTopic.objects.visible_to(user)
        .hidden()
        .select_related("named_by")[:MOST_HIDDEN],
        "sweep": RadarSweep.objects.filter(unit=user.unit).exclude(swept_at=None).first(),
        "may_warn": user.can(Permission.WARNING_WRITE),
        "no_fraud": NO_FRAUD,
    }
    return render(request, "prevention/radar.html", context, status=422 if wrong else 200)


def rows(
    topics: Iterable[RadarTopic], user: User, forms: dict[int, NameTopicForm | None]
) -> list[dict[str, Any]]:
    keys = {(kind, key) for topic in topics for kind, key, _text in topic.examples}
    visible = still_visible(user, keys)
    return [
        {
            "topic": topic,
            "bars": bars(topic.weeks),
            "width": len(topic.weeks) * (BAR + GAP) - GAP,
            "examples": [
                example(kind, text, visible[kind, key])
                for kind, key, text in topic.examples
                if (kind, key) in visible
            ],
            "form": forms.get(topic.pk) or NameTopicForm(prefix=topic.public_id),
            "is_wrong": topic.pk in forms,
        }
        for topic in topics
    ]


def bars(weeks: list[int]) -> list[Bar]:
    most = max([*weeks, 1])
    heights = [max(1, round(number / most * HEIGHT)) for number in weeks]
    return [
        Bar(at * (BAR + GAP), HEIGHT - height, height, at == len(heights) - 1)
        for at, height in enumerate(heights)
    ]


def example(kind: str, text: str, row: Any) -> dict[str, Any]:
    if kind == REPORT:
        url = reverse("intake:report_page", args=[row.public_id])
        return {"text": text, "url": url, "from": row.number, "at": row.received_at}
    url = row.get_absolute_url()
    return {"text": text, "url": url, "from": row.source.title, "at": row.sent_at}


@requires(Permission.RADAR_USE)
@require_POST
def name(request: HttpRequest, public_id: str) -> HttpResponse:
    user: Any = request.user
    mine = RadarTopic.objects.visible_to(user)
    topic = get_object_or_404(mine.filter(is_hidden=False), public_id=public_id)
    form = NameTopicForm(request.POST, prefix=topic.public_id)
    if not form.is_valid():
        return page(request, wrong=form, of=topic)
    name_topic(topic=topic, by=user, **form.cleaned_data)
    return redirect("prevention:radar")


@requires(Permission.RADAR_USE)
@require_POST
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    user: Any = request.user
    mine = RadarTopic.objects.visible_to(user)
    topic = get_object_or_404(mine.hidden(), public_id=public_id)
    show_again(topic=topic, by=user)
    return redirect("prevention:radar")
