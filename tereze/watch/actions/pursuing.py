"""From a message to the rest of the fight, with one key: its numbers and links become indicators,
joined with the reports that name them; whoever can stop them is asked; residents are warned.

All of it are drafts: a person with the right to signs or publishes them. Each is made for itself,
so that a crash between them loses nothing: the key pressed again adds what is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.clock import now
from tereze.disruption.models import Request
from tereze.disruption.stopping import ask_to_stop
from tereze.indicators import Indicator, extract
from tereze.intake.masking import own_in
from tereze.linking import actions as linking
from tereze.linking.identity import CONFIDENT, identity
from tereze.linking.reads import seen_before
from tereze.live import publish
from tereze.watch.actions.agreeing import AlreadyDecidedError
from tereze.watch.indicators import found_in
from tereze.watch.models import Message
from tereze.watch.models.messages import DROPPED
from tereze.watch.pursuits import PURSUED, STEPS
from tereze.watch.reasons import told


LINKED_YEARS = timedelta(days=365)


@dataclass(frozen=True)
class Pursued:
    indicators: int
    reports: int  # of residents, that name the same
    requests: list[Request]
    nobody: list[str]  # as written: nobody is known whom to ask about it
    said: list[str]  # by the rooms above


def pursue(*, message: Message, by: User) -> Pursued:
    if Message.objects.get(pk=message.pk).standing in DROPPED:
        raise AlreadyDecidedError
    remember_indicators(message=message, by=by)
    found = foreign(message)
    reports: set[str] = set()
    requests: dict[int, Request] = {}
    nobody: list[str] = []
    for item in found:
        named_by = seen_before(item, besides=message.public_id).report_keys
        reports.update(named_by)
        asked = ask(item, message, named_by, by)
        if asked is not None:
            requests[asked.pk] = asked
        elif not identity(item).hub:
            nobody.append(item.raw)
    with transaction.atomic():
        detail = {"requests": [row.public_id for row in requests.values()]}
        unit = message.source.unit.slug
        record("message.pursued", target=message, by=by.actor, unit=unit, detail=detail)
        publish("wall")
    said = [words for step in STEPS if (words := step(message, by))]
    return Pursued(len(found), len(reports), list(requests.values()), nobody, said)


def ask(item: Indicator, message: Message, named_by: tuple[str, ...], by: User) -> Request | None:
    if identity(item).hub:  # a hotline, a shop's own site: nobody is to be asked about it
        return None
    return ask_to_stop(
        item,
        unit=message.source.unit,
        why=why(message, len(named_by)),
        about=(PURSUED, message.public_id),
        links=[("report", key) for key in named_by],
        by=by.actor,
        user=by,
    )


def foreign(message: Message) -> list[Indicator]:
    """Without what the author calls their own: somebody who was deceived leaves a number, too."""
    found = [item for item in found_in(message) if item.confidence >= CONFIDENT]
    own = own_of(message)
    return [item for item in found if item.value not in own]


def own_of(message: Message) -> frozenset[str]:
    if message.outcome != "incident_report":
        return frozenset()
    words = message.own_text
    return frozenset(own_in(words, extract(words)))


def why(message: Message, reports: int) -> Callable[[str], str]:
    def told_in(language: str) -> str:
        with translation.override(language):
            at = timezone.localtime(message.sent_at).strftime("%d.%m.%Y")
            scheme = told(message)["kk" if language == "kk" else "ru"]
            words = _("Публикация в чате города от %(at)s: %(scheme)s.") % {
                "at": at,
                "scheme": scheme,
            }
            if reports:
                words += " " + _("Сообщений жителей с теми же данными: %(n)d.") % {"n": reports}
            return words

    return told_in


@transaction.atomic
def remember_indicators(*, message: Message, by: User) -> Any:
    """The numbers and links of a flagged message become indicators and join the series."""
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("source__unit")
        .get(pk=message.pk)
    )
    linked = linking.record_sightings(
        unit=message.source.unit,
        subject=linking.Subject("message", message.public_id, message.sent_at),
        found=found_in(message),
        by=by.actor,
        own_values=own_of(message),
    )
    if message.kept_until is not None:  # nothing to lengthen where it stays as long as an act does
        message.kept_until = max(message.kept_until, now() + LINKED_YEARS)
        message.save(update_fields=["kept_until"])
    record("message.linked", target=message, by=by.actor, unit=message.source.unit.slug)
    publish("wall")
    return linked
