"""Telling the chat why: one notice for what happened close together, gone again after a while."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tereze.audit.models import record
from tereze.core import due
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.live import publish
from tereze.watch.actions.deciding import appeal_token
from tereze.watch.models import Act, Decision, Message, Notice, Source
from tereze.watch.models.decisions import ActKind, ActState, NoticeState
from tereze.watch.models.messages import State


MACHINE = Actor.machine("watch")
GATHER = timedelta(seconds=2)  # the first notice after a calm: only what comes at the same moment
APART = timedelta(seconds=20)  # what happens within this becomes one notice
LINES = 5  # a notice is read in a chat, on a phone; the rest stands behind a link
TRIES = 8


def tell(*, decision: Decision) -> None:
    """Put the decision into the notice that is being gathered, or begin one."""
    if decision.notice_id is not None or is_unseen(decision.message):
        return
    source = decision.message.source
    gathering = Notice.objects.select_for_update().filter(
        source=source, state=NoticeState.GATHERING
    )
    notice = gathering.order_by("-pk").first()
    if notice is None:
        notice = Notice.objects.create(source=source, next_action_at=send_time(source))
    decision.notice = notice
    decision.save(update_fields=["notice"])


def is_unseen(message: Message) -> bool:
    """Nobody in the chat saw a request to join it, and a bot may not write to whoever was refused."""
    return (message.text or {}).get("media") == "join_request"


def send_time(source: Source) -> datetime:
    """Soon after a calm; otherwise far enough from the notice before: three a minute at most."""
    last = Notice.objects.filter(source=source, sent_at__isnull=False).order_by("-sent_at").first()
    soon = now() + GATHER
    apart = soon if last is None or last.sent_at is None else max(soon, last.sent_at + APART)
    return source.quiet_until(apart)


def close_gathering(*, notice: Notice) -> str:
    """Nothing more joins this notice; its text, or nothing if there is nothing left to tell."""
    source, decisions = gathered(notice=notice)
    # outside the transaction: the first address and the first translation load half the house
    return text_of(source, decisions) if decisions else ""


@transaction.atomic
def gathered(*, notice: Notice) -> tuple[Source, list[Decision]]:
    row = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("source__unit")
        .get(pk=notice.pk)
    )
    decisions = list(row.decisions.filter(undone_at=None).select_related("message").order_by("pk"))
    row.state = NoticeState.SENDING
    if not decisions:
        row.state, row.next_action_at, row.lease_until = NoticeState.REMOVED, None, None
    row.save()
    return row.source, decisions


def text_of(source: Source, decisions: list[Decision]) -> str:
    with translation.override(source.language):
        opening = opening_of(decisions)
        lines = [line_of(source, decision) for decision in decisions[:LINES]]
        if len(decisions) > LINES:
            address = reverse("watch:together", args=[appeal_token(decisions[LINES])])
            more = {"count": len(decisions) - LINES, "link": f"{settings.PUBLIC_URL}{address}"}
            lines.append(_("…и ещё %(count)s: %(link)s") % more)
        name = source.unit.name_kk if source.language == "kk" else source.unit.name
        by_code = f"{settings.PUBLIC_URL}{reverse('watch:appeal_code')}"
        closing = _(
            "Чат модерирует киберполиция: %(unit)s. Код обжалования – цифры в конце ссылки: %(page)s"
        ) % {"unit": name or source.unit.name, "page": by_code}
    return "\n".join([opening, *lines, closing])


def opening_of(decisions: list[Decision]) -> str:
    """What everybody still sees was not deleted: it was refused, and its author alone is held."""
    gone = Act.objects.filter(kind=ActKind.DELETE, state__in=[ActState.DONE, ActState.GONE])
    deleted = gone.filter(decision__in=decisions).count() == len(decisions)
    if len(decisions) == 1:
        return (
            _("Удалена публикация с признаками правонарушения.")
            if deleted
            else _("Ограничен автор публикации с признаками правонарушения.")
        )
    many = (
        _("Удалены публикации с признаками правонарушения: %(count)s.")
        if deleted
        else _("Публикаций с признаками правонарушения, по которым приняты меры: %(count)s.")
    )
    return many % {"count": len(decisions)}


def line_of(source: Source, decision: Decision) -> str:
    address = reverse("watch:appeal", args=[appeal_token(decision)])
    reason = decision.why.get(source.language) or decision.why.get("ru", "")
    return _("%(time)s: %(reason)s. Если это ошибка, обжалуйте: %(link)s") % {
        "time": timezone.localtime(decision.message.sent_at).strftime("%H:%M"),
        "reason": reason,
        "link": f"{settings.PUBLIC_URL}{address}",
    }


@transaction.atomic
def note_sent(*, notice: Notice, external_id: str) -> None:
    Message.objects.filter(decisions__notice=notice).lock()
    row = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("source__unit")
        .get(pk=notice.pk)
    )
    row.state, row.external_id, row.sent_at = NoticeState.SENT, external_id, now()
    row.next_action_at = now() + timedelta(minutes=row.source.notice_minutes)
    row.lease_until, row.attempts = None, 0
    row.save()
    for decision in row.decisions.filter(undone_at=None):
        Message.objects.filter(pk=decision.message_id).update(state=State.TOLD)
    detail = {"source": row.source.public_id, "decisions": row.decisions.count()}
    record("notice.sent", target=row, by=MACHINE, unit=row.source.unit.slug, detail=detail)
    publish("wall")


@transaction.atomic
def note_not_sent(
    *, notice: Notice, reason: str, again_in: timedelta | None, told_to_wait: bool = False
) -> None:
    row = Notice.objects.select_for_update().get(pk=notice.pk)
    row.lease_until, row.result = None, reason[:500]
    if not told_to_wait:  # the service is there: no reason to give up
        row.attempts += 1
    if again_in is None or row.attempts >= TRIES:
        row.state, row.next_action_at = NoticeState.FAILED, None
    else:
        row.next_action_at = now() + again_in
    row.save()
    publish("wall")


@transaction.atomic
def note_removed(*, notice: Notice, again_in: timedelta | None = None, reason: str = "") -> None:
    """The notice has left the chat, or will be tried again."""
    row = Notice.objects.select_for_update().get(pk=notice.pk)
    row.lease_until, row.result = None, reason[:500]
    row.attempts += 1
    if again_in is not None and row.attempts < TRIES:
        row.next_action_at = now() + again_in
    else:
        row.state, row.next_action_at = NoticeState.REMOVED, None
    row.save()


def pause(notice: Notice) -> timedelta:
    return due.pause(notice.attempts)
