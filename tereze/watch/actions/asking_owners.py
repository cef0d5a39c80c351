"""Where nothing can be deleted, whoever owns the site is asked to. The sealed copy, the decision and
the request are one transaction; the request's own room does the rest: proof, signature, clock, looks.
"""

import hashlib
from typing import Any
from urllib.parse import quote, urlsplit

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tereze.accounts.models import User
from tereze.audit.models import record
from tereze.core.actor import Actor
from tereze.disruption import actions as requests
from tereze.disruption.models import Request
from tereze.disruption.transitions import lawful
from tereze.live import publish
from tereze.watch import evidence
from tereze.watch.actions.pictures import wrong_in
from tereze.watch.models import Decision, Message, WebPlace
from tereze.watch.models.decisions import Verdict
from tereze.watch.models.messages import Standing, State
from tereze.watch.reasons import rules_of, told
from tereze.watch.sealing import seal


MACHINE = Actor.machine("watch")
QUOTED = 600  # characters of the comment that the owner reads
MOST_NAMED = 4  # pictures
WORDS = 8  # by which a browser finds the comment on the page


def ask_row(
    message: Message, *, policy: dict[str, Any] | None = None, officer: User | None = None
) -> Decision:
    """Inside a transaction that holds the message."""
    decision = Decision(
        message=message,
        verdict=Verdict.ASK,
        officer=officer,
        policy=policy or {},
        ladder=["ask"],
        why=told(message),
        rules=rules_of(message),
    )
    evidence.mark(decision, message)
    decision.save(force_insert=True)
    seal(message)
    by = officer.actor if officer else MACHINE
    request = draft(message, by=by, officer=officer)
    message.state, message.standing, message.trouble = State.SEALED, Standing.REQUESTED, ""
    message.next_action_at, message.lease_until, message.kept_until = None, None, None
    message.save()
    record(
        "message.owner_asked",
        target=message,
        by=by,
        unit=message.source.unit.slug,
        detail={"decision": decision.public_id, "request": request.public_id, **(policy or {})},
    )
    publish("wall")
    return decision


def draft(message: Message, *, by: Actor, officer: User | None) -> Request:
    place = WebPlace.objects.select_related("owner").get(source=message.source)
    link = str((message.text or {}).get("link") or message.source.chat_id)
    drafted = requests.draft_request(
        unit=message.source.unit,
        url=link,
        part=part_of(link, message),
        reason=reason(message, place.owner.language),
        by=by,
        kind="delete_message",
        partner=place.owner,
        links=[("message", message.public_id)],
        user=officer,
    )
    return drafted.request


def part_of(link: str, message: Message) -> str:
    """Which comment of the page: its anchor, else its first words, to which a browser scrolls.
    Numbers stay out: an address stands in many places. What says nothing has a number of ours."""
    if fragment := urlsplit(link).fragment:
        return fragment
    first: list[str] = []
    for word in message.masked.split()[:WORDS]:
        if any(letter.isdigit() for letter in word):
            break
        first.append(word)
    told_by = quote(" ".join(first), safe="").replace("-", "%2D")
    if told_by:
        return f":~:text={told_by}"
    return f"comment-{hashlib.sha256(message.external_id.encode()).hexdigest()[:8]}"


def reason(message: Message, language: str) -> str:
    with translation.override(language):
        author = str((message.author or {}).get("name") or _("без имени"))
        words = _("Комментарий автора «%(author)s» от %(at)s: %(why)s.\n\n«%(text)s»") % {
            "author": author,
            "at": timezone.localtime(message.sent_at).strftime("%d.%m.%Y %H:%M"),
            "why": told(message).get("kk" if language == "kk" else "ru", ""),
            "text": message.masked[:QUOTED] or _("без слов"),
        }
        return words + on_pictures(message)


def on_pictures(message: Message) -> str:
    """Where they lie and what was read in them: the owner may not see the words in a picture."""
    return "".join(
        "\n\n"
        + _("Картинка %(address)s: «%(text)s»")
        % {"address": picture.file, "text": picture.masked[:QUOTED] or _("без слов")}
        for picture in wrong_in(message)[:MOST_NAMED]
    )


def request_of(message: Message) -> Request | None:
    found = Request.objects.about("message", message.public_id).select_related("partner")
    return found.order_by("-created_at").first()


@transaction.atomic
def take_back(*, message: Message, by: Actor) -> None:
    """We no longer ask, unless others ask for the same page too. What is done already stays done:
    its correction is a request of its own."""
    request = request_of(message)
    if request is None or not lawful("withdrawn", request.state):
        return
    if request.links.exclude(kind="message", key=message.public_id).exists():
        return
    requests.withdraw(request=request, why="decision_undone", by=by)
