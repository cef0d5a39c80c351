"""The sheet of a shift: what is open and who has it, what was decided, where we are blind.

Plain values, so that the sheet can be kept as it stood when the shift was handed over. Words of
messages are the masked ones; codes become words when it is shown.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tereze.accounts.models import Unit
from tereze.core.clock import now
from tereze.watch.models import Agreement, Appeal, Call, Decision, InHand, Message, Source
from tereze.watch.models.calls import CallKind
from tereze.watch.models.decisions import ActKind, AppealState, Verdict
from tereze.watch.models.messages import Standing
from tereze.watch.models.sources import Health, Mode
from tereze.watch.words import blind_words, trouble_words


LONGEST_LIST = 200  # rows; beyond that the number says it
QUOTED = 160  # characters of a message
OPEN: dict[str, Any] = {
    "stuck": gettext_lazy("не получилось"),
    "undo": gettext_lazy("отмена не завершена"),
    "waiting": gettext_lazy("ждёт решения"),
    "held": gettext_lazy("автор придержан, ждёт решения"),
    "asked": gettext_lazy("ждёт второго сотрудника"),
    "shadow": gettext_lazy("в тени: было бы удалено"),
    "appeal": gettext_lazy("обжалование"),
    "call": gettext_lazy("вызов"),
}


def sheet_of(unit: Unit, *, since: datetime) -> dict[str, Any]:
    """Everything the next one must know, at this moment."""
    opened = [*messages_of(unit), *appeals_of(unit), *calls_of(unit)]
    decided = decisions_of(unit, since)
    return {
        "since": since.isoformat(),
        "at": now().isoformat(),
        "open": sorted(opened, key=lambda row: row["since"])[:LONGEST_LIST],
        "open_count": len(opened) + max(0, shadow_count(unit) - LONGEST_LIST),
        "blind": [
            {"where": s.title, "why": s.health_reason, "since": s.health_since.isoformat()}
            for s in blind_of(unit)
        ],
        "counts": counts_of(decided, since),
        "decided": [decided_row(decision) for decision in decided[:LONGEST_LIST]],
        "decided_count": len(decided),
    }


def messages_of(unit: Unit) -> list[dict[str, Any]]:
    found = Message.objects.for_people().filter(source__unit=unit).exclude(source__kind="replay")
    pressing = found.exclude(standing=Standing.SHADOW).select_related("source")
    shadow = found.filter(standing=Standing.SHADOW).select_related("source").order_by("pk")
    rows = [*pressing.order_by("pk"), *shadow[:LONGEST_LIST]]
    return [row_of(message, kept) for message, kept in with_keepers(rows)]


def shadow_count(unit: Unit) -> int:
    found = Message.objects.filter(source__unit=unit, standing=Standing.SHADOW)
    return int(found.exclude(source__kind="replay").count())


@dataclass(frozen=True)
class Kept:
    """Who sees to a message, and until when."""

    who: str = ""
    due: datetime | None = None
    undone: bool = False


def with_keepers(messages: Sequence[Message]) -> list[tuple[Message, Kept]]:
    keys = [message.pk for message in messages]
    hands = {
        hand.message_id: hand.officer.name
        for hand in InHand.objects.filter(message__in=keys).select_related("officer")
    }
    last = {
        decision.message_id: decision
        for decision in Decision.objects.filter(message__in=keys)
        .exclude(verdict=Verdict.SHADOW)
        .select_related("officer")
        .prefetch_related("acts")
        .order_by("pk")
    }
    asked = {
        found.decision.message_id: found.asked_by.name
        for found in Agreement.objects.filter(
            state=Agreement.State.OPEN, decision__message__in=keys
        ).select_related("asked_by", "decision")
    }
    return [
        (message, kept_by(message.pk, hands.get(message.pk), last.get(message.pk), asked))
        for message in messages
    ]


def kept_by(key: int, hand: str | None, decision: Decision | None, asked: dict[int, str]) -> Kept:
    decider = decision.officer.name if decision and decision.officer else ""
    return Kept(
        who=hand or asked.get(key, "") or decider,
        due=hold_ends(decision) if decision else None,
        undone=decision is not None and decision.undone_at is not None,
    )


def hold_ends(decision: Decision) -> datetime | None:
    """A held author is free again then, decided or not."""
    if decision.verdict != Verdict.HOLD or decision.undone_at:
        return None
    ends = [act.until for act in decision.acts.all() if act.kind == ActKind.RESTRICT and act.until]
    return min(ends, default=None)


def row_of(message: Message, kept: Kept) -> dict[str, Any]:
    undo = message.standing == Standing.STUCK and kept.undone
    return {
        "kind": "undo" if undo else message.standing,
        "where": message.source.title,
        "text": message.masked[:QUOTED],
        "trouble": message.trouble,
        "since": message.received_at.isoformat(),
        "due": kept.due.isoformat() if kept.due else None,
        "who": kept.who,
        "url": message.get_absolute_url(),
    }


def appeals_of(unit: Unit) -> list[dict[str, Any]]:
    found = Appeal.objects.open().filter(decision__message__source__unit=unit)
    return [
        {
            "kind": "appeal",
            "where": appeal.decision.message.source.title,
            "text": "",  # an objection names its author more often than not: it is read in its place
            "trouble": "",
            "since": appeal.at.isoformat(),
            "due": appeal.answer_due.isoformat(),
            "who": "",
            "url": reverse("watch:answer_appeal", args=[appeal.public_id]),
        }
        for appeal in found.select_related("decision__message__source").order_by("pk")
    ]


def calls_of(unit: Unit) -> list[dict[str, Any]]:
    found = Call.objects.open().filter(source__unit=unit).select_related("source", "person")
    return [
        {
            "kind": "call",
            "where": call.source.title,
            "text": "",
            "trouble": call.kind,
            "since": call.at.isoformat(),
            "due": call.next_action_at.isoformat() if call.next_action_at else None,
            "who": call.person.name,
            "url": reverse("watch:wall"),
        }
        for call in found.order_by("pk")
    ]


def blind_of(unit: Unit) -> list[Source]:
    found = Source.objects.filter(unit=unit, health=Health.BLIND).exclude(mode=Mode.OFF)
    return list(found.order_by("health_since"))


def decisions_of(unit: Unit, since: datetime) -> list[Decision]:
    """Decided, or taken back, within the shift; the newest first."""
    found = Decision.objects.of_unit(unit).exclude(verdict=Verdict.SHADOW)
    lately = found.filter(Q(at__gte=since) | Q(undone_at__gte=since))
    rows = lately.exclude(message__source__kind="replay").select_related(
        "message__source", "officer", "undone_by"
    )
    return list(rows.order_by("-pk"))


def counts_of(decided: Iterable[Decision], since: datetime) -> dict[str, int]:
    counts = Counter[str]()
    for decision in decided:
        if decision.at >= since:
            counts[f"{decision.verdict}_{'machine' if decision.by_machine else 'officer'}"] += 1
        counts["undone"] += decision.undone_at is not None and decision.undone_at >= since
    overturned = Appeal.objects.filter(
        decision__in=[decision.pk for decision in decided],
        state=AppealState.OVERTURNED,
        answered_at__gte=since,
    )
    return {**counts, "overturned": overturned.count()}


def decided_row(decision: Decision) -> dict[str, Any]:
    return {
        "at": decision.at.isoformat(),
        "where": decision.message.source.title,
        "verdict": decision.verdict,
        "who": decision.officer.name if decision.officer else "",
        "text": decision.message.masked[:QUOTED],
        "undone_at": decision.undone_at.isoformat() if decision.undone_at else None,
        "undone_by": decision.undone_by.name if decision.undone_by else "",
        "url": decision.message.get_absolute_url(),
    }


# The same as words and times, for a page


COUNTS: tuple[tuple[str, Any], ...] = (
    ("block_machine", gettext_lazy("удалено автоматом")),
    ("block_officer", gettext_lazy("удалено людьми")),
    ("hold_officer", gettext_lazy("придержано")),
    ("release_officer", gettext_lazy("признано безобидным")),
    ("undone", gettext_lazy("отменено")),
    ("overturned", gettext_lazy("из них по обжалованию")),
)


def shown(sheet: dict[str, Any]) -> dict[str, Any]:
    return {
        **sheet,
        "since": moment(sheet["since"]),
        "at": moment(sheet["at"]),
        "open": [open_words(row) for row in sheet["open"]],
        "blind": [
            {**row, "since": moment(row["since"]), "why": why_blind(row["why"])}
            for row in sheet["blind"]
        ],
        "counts": [(str(words), sheet["counts"].get(name, 0)) for name, words in COUNTS],
        "decided": [
            {
                **row,
                "at": moment(row["at"]),
                "undone_at": moment(row["undone_at"]),
                "verdict": str(Verdict(row["verdict"]).label),
                "who": row["who"] or _("автомат"),
            }
            for row in sheet["decided"]
        ],
    }


def open_words(row: dict[str, Any]) -> dict[str, Any]:
    due = moment(row["due"])
    kind = str(OPEN.get(row["kind"], row["kind"]))
    if row["kind"] == "call":
        kind = f"{kind}: {CallKind(row['trouble']).label}"
    elif row["trouble"]:
        kind = trouble_words(Message(trouble=row["trouble"]))
    return {**row, "since": moment(row["since"]), "due": due, "kind": kind}


def why_blind(reason: str) -> str:
    return blind_words(Source(health_reason=reason))


def moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
