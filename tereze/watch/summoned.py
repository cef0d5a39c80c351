"""Who was called, and how they were told, in words for the wall and for the one who was called."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from tereze.watch.models import Call, Source, Summons
from tereze.watch.models.reach import SummonsState


WHY: dict[str, Any] = {
    "refused": gettext_lazy("адрес не принят"),
    "network": gettext_lazy("сервер почты не отвечал полчаса"),
    "no_answer": gettext_lazy("сервер не ответил, второй раз не шлём"),
    "no_bot": gettext_lazy("бота этого чата больше нет"),
    "not_needed": gettext_lazy("вызов уже приняли"),
}


def line_of(row: Summons) -> str:
    """«письмо отправлено 03:12», «Telegram не доставлено: адрес не принят»."""
    parts = [str(row.get_way_display()), str(row.get_state_display())]
    if row.state == SummonsState.SENT and row.sent_at:
        parts.append(localtime(row.sent_at).strftime("%H:%M"))
    elif row.why:
        parts[-1] += ":"
        parts.append(str(WHY.get(row.why, row.why)))
    return " ".join(parts)


def lines_of(rows: Iterable[Summons]) -> list[dict[str, Any]]:
    return [
        {"kind": row.call.get_kind_display(), "at": row.at, "words": line_of(row)} for row in rows
    ]


def called_for(sources: Iterable[Source], kinds: Iterable[str]) -> dict[int, str]:
    """By chat, who is called for it at this moment: «Сериков А. (письмо отправлено 03:12)»."""
    calls = Call.objects.open().filter(source__in=list(sources), kind__in=list(kinds))
    found: dict[int, list[str]] = defaultdict(list)
    for call in calls.select_related("person").prefetch_related("summons").order_by("pk"):
        told = ", ".join(line_of(row) for row in call.summons.all())
        found[call.source_id].append(f"{call.person.name} ({told})" if told else call.person.name)
    return {pk: "; ".join(people) for pk, people in found.items()}
