"""The thread as both sides read it: words, and the answers and additions that were words too."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from tereze.disruption.models import Request, Word
from tereze.disruption.models.request import Answer


SPOKEN = (Answer.REFUSED, Answer.NEED_MORE)


@dataclass(frozen=True)
class Said:
    at: datetime
    from_partner: bool
    title: Any
    author: str
    text: str
    seen_at: datetime | None = None
    is_word: bool = False  # and can be new to its reader
    weighty: bool = False  # an appeal or the decision about one


def thread_of(request: Request) -> list[Said]:
    said = [*words_of(request), *answers_of(request)]
    return sorted(said, key=lambda one: one.at)


def words_of(request: Request) -> Iterator[Said]:
    for word in request.words.all():
        yield Said(
            at=word.at,
            from_partner=word.from_partner,
            title=title_of(word),
            author=word.author,
            text=word.text,
            seen_at=word.seen_at,
            is_word=True,
            weighty=word.kind in {Word.Kind.APPEAL, Word.Kind.DECISION},
        )


def title_of(word: Word) -> Any:
    if word.outcome:
        return f"{word.get_kind_display()}: {word.get_outcome_display()}"
    return _("обжалование пользователя") if word.for_user else word.get_kind_display()


def answers_of(request: Request) -> Iterator[Said]:
    for step in request.steps.filter(event__in=["answered", "supplied"]):
        head, _colon, text = step.note.partition(": ")
        if step.event == "supplied":
            yield Said(step.at, False, _("дополнено"), step.actor_name, step.note)
        elif head in SPOKEN:
            by_them = step.actor_name if step.actor_kind == "partner" else ""
            yield Said(step.at, True, Answer(head).label, by_them, text)


def with_news(rows: QuerySet[Request], *, for_partner: bool) -> QuerySet[Request]:
    """`has_news`: the other side wrote something this side has not seen."""
    unseen = Word.objects.filter(
        request=OuterRef("pk"), from_partner=not for_partner, seen_at__isnull=True
    )
    return rows.annotate(has_news=Exists(unseen))
