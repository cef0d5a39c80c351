"""One look at an address, for a person: what it is, what stands there, what the machine would say.
Nothing of it is stored."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from asgiref.sync import async_to_sync
from django.utils.translation import get_language

from tereze.core.outgoing import outside_transaction
from tereze.detection import Assessment, assess
from tereze.detection.typology import SCHEMES
from tereze.watch.connectors.feeds import manners
from tereze.watch.connectors.feeds.manners import TroubleError
from tereze.watch.connectors.feeds.visiting import sheet_of
from tereze.watch.masking import mask
from tereze.watch.models import Source
from tereze.watch.models.messages import FLAGGED
from tereze.watch.policy import Course, Judged, Policy, rule
from tereze.watch.reasons import OUTCOMES, TONES, scheme_name
from tereze.watch.webreading.found import Item, Sheet


SHOWN = 12
MOST_JUDGED = 200


@dataclass(frozen=True, kw_only=True)
class Peek:
    sheet: Sheet | None = None
    trouble: str = ""
    url: str = ""  # where the address led

    @property
    def kind(self) -> str:
        return self.sheet.what if self.sheet else ""

    @property
    def count(self) -> int:
        return len(self.sheet.items) if self.sheet else 0

    @property
    def shown(self) -> list[tuple[Item, datetime | None]]:
        items = self.sheet.items[:SHOWN] if self.sheet else ()
        return [(item, datetime.fromisoformat(item.at) if item.at else None) for item in items]

    @property
    def lacks(self) -> list[str]:
        """Parts that most comments do not have: the site hides them, or the selector is wrong."""
        items = self.sheet.items if self.sheet and self.kind == "page" else ()
        names = {"author": "author", "time": "at"}
        return [
            name
            for name, attribute in names.items()
            if items and sum(bool(getattr(item, attribute)) for item in items) * 2 < len(items)
        ]


def peek(address: str, *, zone: str, kind: str = "", recipe: dict[str, str] | None = None) -> Peek:
    outside_transaction()
    try:
        return async_to_sync(fetched)(address, zone, kind, recipe)
    except TroubleError as error:
        return Peek(trouble=error.reason)


async def fetched(address: str, zone: str, kind: str, recipe: dict[str, str] | None) -> Peek:
    answer = await manners.get(address)
    sheet = await sheet_of(answer, zone=zone, kind=kind, recipe=recipe)
    if sheet.threads and not sheet.items:  # a list alone shows nothing of what will be read
        first = await manners.get(sheet.threads[0])
        inside = await sheet_of(first, zone=zone, kind=kind, recipe=recipe)
        sheet = replace(sheet, items=inside.items, empty=inside.empty)
    return Peek(sheet=sheet, url=answer.url)


@dataclass(frozen=True, kw_only=True)
class Opinion:
    text: str
    outcome: Any
    tone: str
    scheme: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class Trial:
    read: int = 0
    flagged: int = 0
    would_ask: int = 0
    trouble: str = ""
    opinions: list[Opinion] = field(default_factory=list)


def try_once(source: Source) -> Trial:
    """The whole page judged as it stands, authors left out; for the person who adds it."""
    place = source.web
    seen = peek(
        source.chat_id, zone=source.unit.zone, kind=source.kind, recipe=place.recipe or None
    )
    if seen.sheet is None:
        return Trial(trouble=seen.trouble)
    found = [(item, assess(item.text)) for item in seen.sheet.items[:MOST_JUDGED]]
    flagged = [(item, one) for item, one in found if str(one.outcome) in FLAGGED]
    return Trial(
        read=len(found),
        flagged=len(flagged),
        would_ask=sum(acts(source, one) for _item, one in found),
        opinions=[opinion(item, one) for item, one in flagged[:SHOWN]],
    )


def acts(source: Source, found: Assessment) -> bool:
    """What the automatic would do at this source's threshold."""
    scheme = SCHEMES.get(found.schemes[0].slug) if found.schemes else None
    judged = Judged(
        outcome=str(found.outcome),
        p_illegal=found.p_illegal,
        has_article=scheme is not None and bool(scheme.law.get("ru")),
    )
    policy = Policy(mode="automatic", threshold=source.threshold)
    return rule(policy, judged).course == Course.ACT


def opinion(item: Item, found: Assessment) -> Opinion:
    slug = found.schemes[0].slug if found.schemes else ""
    return Opinion(
        text=mask(item.text, found.indicators)[:300],
        outcome=OUTCOMES[str(found.outcome)],
        tone=TONES.get(str(found.outcome), "plain"),
        scheme=scheme_name(slug, get_language() or "ru"),
        percent=min(99, round(found.p_illegal * 100)),
    )
