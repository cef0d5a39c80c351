"""The candidate beside the released rules on live messages: it is written down, and nothing is done.

A draft in shadow is due every few seconds and looks at what came since. So it holds for every door
by which messages come, costs no deletion a moment, and goes on after a restart where it stood.
"""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction

from tereze.core.clock import now
from tereze.detection.comparing import Comparer, document_of
from tereze.detection.house import Changes
from tereze.live import publish
from tereze.watch.models import Message, RuleDraft, RuleEdit, ShadowFind, Source
from tereze.watch.models.rules import Stage
from tereze.watch.workshop import clearing, history, rulebook, trying
from tereze.watch.workshop.history import Text


EVERY = timedelta(seconds=3)
SETTLED = timedelta(seconds=2)  # rows may be committed out of their order: younger ones wait
PIECE = 500


@lru_cache(maxsize=4)
def comparer(old: str, new: str) -> Comparer:
    """By their text: the same two sets are compared again every few seconds."""
    return Comparer(Changes.from_text(old), Changes.from_text(new))


def look(draft: RuleDraft) -> None:
    """Compare what came since the last look."""
    edit = draft.edit
    texts = since(draft)
    in_force = rulebook.in_force(draft.unit_id)
    candidate = trying.with_edit(in_force, draft.name, edit.entry)
    found = comparer(in_force.to_text(), candidate.to_text()).compare(
        document_of(text.parts) for text in texts
    )
    finds = [
        (texts[one.place], kind, one)
        for one in found.differences
        if (kind := clearing.kind_of(one, texts[one.place].threshold))
    ]
    note(draft, edit, texts, finds)


def since(draft: RuleDraft) -> list[Text]:
    sources = {source.pk: source for source in Source.objects.filter(unit=draft.unit_id)}
    fresh = history.stored(draft.unit_id).filter(
        pk__gt=draft.shadow_after, received_at__lt=now() - SETTLED
    )
    rows = fresh.order_by("pk").values("pk", "source", "text", "scheme", "standing")[:PIECE]
    return [history.text_of_message(row, sources[row["source"]]) for row in rows]


@transaction.atomic
def note(draft: RuleDraft, edit: RuleEdit, texts: list[Text], finds: list[Any]) -> None:
    row = RuleDraft.objects.select_for_update().get(pk=draft.pk)
    if row.stage != Stage.SHADOW or row.edit.pk != edit.pk:
        return  # edited or released meanwhile: what was found is of another rule
    keys = [text.message for text, _kind, _one in finds]
    there = set(Message.objects.filter(pk__in=keys).values_list("pk", flat=True))
    ShadowFind.objects.bulk_create(
        [
            ShadowFind(
                draft=row,
                edit=edit,
                message_id=text.message,
                kind=kind,
                old={"outcome": one.old.outcome, "p_illegal": one.old.p_illegal},
                new={"outcome": one.new.outcome, "p_illegal": one.new.p_illegal},
            )
            for text, kind, one in finds
            if text.message in there
        ],
        ignore_conflicts=True,
    )
    if texts:
        row.shadow_after = texts[-1].message or row.shadow_after
        row.shadow_seen += len(texts)
        publish("workshop")
    row.next_action_at = now() + (timedelta() if len(texts) == PIECE else EVERY)
    row.lease_until, row.attempts = None, 0
    row.save()
