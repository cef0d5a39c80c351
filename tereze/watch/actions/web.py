"""What happens to a feed or a page besides what happens to any source."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from tereze.accounts.models import Unit
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions as requests
from tereze.disruption.models import Partner, Request
from tereze.disruption.transitions import lawful
from tereze.watch import lawful as basis
from tereze.watch.actions import sources
from tereze.watch.models import Message, Source, WebPlace
from tereze.watch.models.messages import Standing
from tereze.watch.models.sources import Pictures


MACHINE = Actor.machine("watch")
JITTER = 0.1  # of the interval: sites that are read alike are not all visited at once
LONGEST_REST = timedelta(hours=6)
USUAL: dict[str, Any] = {
    "source": "Собственное допущение: соглашения нет",
    "hours": {},
    "holidays": [],
    "night_duty": ["*"],
    "minutes": {"*": {"acknowledge": 240, "act": 1440}},
}


@transaction.atomic
def add_web_source(
    *,
    unit: Unit,
    kind: str,
    address: str,
    title: str,
    recipe: dict[str, str],
    found: int,
    by: Actor,
    owner: Partner | None = None,
    every_minutes: int = 10,
    **fields: Any,
) -> Source:
    """Switched off: what is lawful comes next. News have a photo each, so that pictures are read only
    where somebody asks for it."""
    fields.setdefault("pictures", Pictures.LEAVE)
    source = sources.add_source(
        unit=unit,
        kind=kind,
        chat_id=address,
        title=title,
        by=by,
        is_organ=basis.is_organ(address),
        **fields,
    )
    owner = owner or owner_of(unit, address, source.language, by)
    WebPlace.objects.create(
        source=source, recipe=recipe, found=found, owner=owner, every_minutes=every_minutes
    )
    return source


def owner_of(unit: Unit, address: str, language: str, by: Actor) -> Partner:
    """Whom to ask, one for each site: known by its name until somebody writes down more."""
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    slug = f"site-{slugify(host.replace('.', '-'))}"[:50]
    found = Partner.objects.filter(unit=unit, slug=slug).first()
    if found is not None:
        return found
    owner = Partner(unit=unit, slug=slug, kind=Partner.Kind.SITE_OWNER, name=host)
    owner.language = language
    owner.how = gettext_noop("Редакция или хозяин сайта; контакт записать в карточке.")
    requests.save_partner(partner=owner, by=by)
    requests.set_terms(partner=owner, by=by, valid_from=now().date(), **USUAL)
    return owner


@transaction.atomic
def change_place(*, place: WebPlace, by: Actor, **fields: Any) -> None:
    """A new recipe is a new beginning: what it finds is compared with nothing before it."""
    changed = sorted(name for name, value in fields.items() if getattr(place, name) != value)
    for name, value in fields.items():
        setattr(place, name, value)
    place.next_at, place.failures, place.trouble = now(), 0, ""
    place.save()
    if "recipe" in changed:
        Source.objects.filter(pk=place.source_id).update(position="")
    record("source.web_changed", target=place.source, by=by, detail={"changed": changed})


@transaction.atomic
def move_to(*, source: Source, address: str) -> None:
    """The same page under another address; what was read of it is known by that no more."""
    if source.chat_id != address:
        Source.objects.filter(pk=source.pk).update(chat_id=address, position="")
        WebPlace.objects.filter(source=source).update(next_at=now())
        record("source.moved", target=source, by=MACHINE)


def places(of: Sequence[Source]) -> list[WebPlace]:
    return list(WebPlace.objects.filter(source__in=of).order_by("next_at"))


def due(of: Sequence[Source], at: datetime) -> list[WebPlace]:
    found = WebPlace.objects.filter(source__in=of, next_at__lte=at).select_related("source")
    return list(found.order_by("next_at"))


def note_look(*, place: WebPlace, trouble: str, wait: float) -> WebPlace:
    """When to come again: after failures later and later, and never before we were asked to."""
    place.failures = min(place.failures + 1, 100) if trouble else 0
    rest = place.every * 2 ** min(place.failures, 10)
    rest = min(rest, max(LONGEST_REST, place.every)) * random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret
    place.looked_at, place.trouble = now(), trouble
    place.next_at = now() + max(rest, timedelta(seconds=wait))
    place.save(update_fields=["failures", "looked_at", "trouble", "next_at"])
    return place


def requested(source: Source) -> list[str]:
    """Names of the comments whose removal was asked for."""
    return names(source, [Standing.REQUESTED])


def still_open(source: Source) -> list[str]:
    return names(source, [Standing.REQUESTED, Standing.WAITING])


def names(source: Source, standings: Sequence[str]) -> list[str]:
    found = Message.objects.filter(source=source, standing__in=standings)
    return list(found.values_list("external_id", flat=True).distinct())


@transaction.atomic
def look_at_requests(*, source: Source, external_ids: Sequence[str]) -> None:
    """They are no longer there: the request's own look, which is proof, comes at once."""
    keys = Message.objects.filter(source=source, external_id__in=external_ids).values_list(
        "public_id", flat=True
    )
    found = Request.objects.filter(links__kind="message", links__key__in=list(keys)).distinct()
    for request in found:
        if lawful("look_asked", request.state):
            requests.look_now(request=request, by=MACHINE)
