"""A message beside what its author and others have just written, in all chats of its unit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from tereze.detection import Assessment, Outcome, assess
from tereze.watch.actions import raids
from tereze.watch.actions.judging import Batch, Judged
from tereze.watch.behind import behind_warning
from tereze.watch.beside import beside
from tereze.watch.models import CALM, Message, Source
from tereze.watch.models.messages import Hint
from tereze.watch.raids import joined
from tereze.watch.received import exemption


def beside_others(judged: Sequence[Judged]) -> list[Judged]:
    """Calm messages beside what their authors and others have just written, and doubtful ones
    beside what their authors have: the number alone may be in doubt, the offer before it stays
    unseen. Only reads, and the same few questions for a batch of any size: a deletion waits for it."""
    judged = [without_cover(found) for found in judged]
    calm = [found for found in judged if is_calm(found) or is_doubtful(found)]
    if not calm:
        return list(judged)
    texts = [(found.source, (found.item.marks, found.item.own_text)) for found in calm]
    kin = near_in_units(texts, newest=raids.FOR_KIN, only_accused=True)
    parts = raids.parts_before([(found.source.pk, found.author) for found in calm if found.author])
    waves = raids.waves(found.source.pk for found in calm)
    hinted = {
        id(found): hint(found, bool(alike), parts.get((found.source.pk, found.author), []), waves)
        for found, alike in zip(calm, kin, strict=True)
    }
    return [hinted.get(id(found), found) for found in judged]


def without_cover(found: Judged) -> Judged:
    """To people, where a warning hides an advert in the same text."""
    if found.assessment is None or found.assessment.outcome != Outcome.WARNING_OR_QUOTATION:
        return found
    if exemption(found.source, found.item.author):
        return found
    advert = behind_warning(found.item.own_text, found.rules)
    return replace(found, hint=Hint.BEHIND, named_by=advert) if advert else found


def is_calm(found: Judged) -> bool:
    if found.assessment is None or str(found.assessment.outcome) not in CALM:
        return False
    return not exemption(found.source, found.item.author)


def is_doubtful(found: Judged) -> bool:
    if found.assessment is None or found.assessment.outcome != Outcome.SUSPICIOUS:
        return False
    return not exemption(found.source, found.item.author)


def hint(
    found: Judged, has_kin: bool, before: Sequence[Message], waves: dict[int, datetime]
) -> Judged:
    if is_doubtful(found):
        together = assess_pieces(found, before)
        return (
            replace(found, hint=Hint.SPLIT, pieces=tuple(before), named_by=together)
            if together
            else found
        )
    if near := beside(found.item, found.rules):
        return replace(found, hint=near.hint, beside=near, named_by=near.assessment)
    if has_kin:
        return replace(found, hint=Hint.KIN)
    if together := assess_pieces(found, before):
        return replace(found, hint=Hint.SPLIT, pieces=tuple(before), named_by=together)
    since = waves.get(found.source.pk)
    contacts = found.assessment is not None and found.assessment.indicators
    if since and contacts and raids.came_with(since, found.source, found.author):
        return replace(found, hint=Hint.WAVE)
    return found


def assess_pieces(found: Judged, before: Sequence[Message]) -> Assessment | None:
    """An advert cut in pieces, a number in one and the offer in the next; nothing otherwise."""
    if found.assessment is None or not before:
        return None
    contacts = [bool((one.assessment or {}).get("indicators")) for one in before]
    if any(contacts) == bool(found.assessment.indicators):
        return None
    words = joined([*(one.own_text for one in before), found.item.own_text])
    together = assess(words, rules=found.rules) if words else None
    return together if together and together.outcome == Outcome.ILLEGAL else None


def count_raids(*, batch: Batch) -> None:
    """One text in many places. After the acts of the batch have begun: no deletion waits for it."""
    texts = [
        (source, (item.marks, item.own_text))
        for source, item in batch
        if not exemption(source, item.author)
    ]
    alike = near_in_units(texts, newest=raids.FOR_RAID, enough=raids.would_be_raid)
    raids.count([(source, near) for (source, _), near in zip(texts, alike, strict=True)])


def near_in_units(
    texts: Sequence[tuple[Source, raids.Wanted]],
    *,
    newest: int,
    only_accused: bool = False,
    enough: Callable[[Sequence[raids.Near]], bool] = bool,
) -> list[list[raids.Near]]:
    """Nobody is told of what was written in the chats of another unit."""
    found: list[list[raids.Near]] = [[] for _ in texts]
    for unit in {source.unit_id for source, _wanted in texts}:
        places = [place for place, (source, _) in enumerate(texts) if source.unit_id == unit]
        wanted = [texts[place][1] for place in places]
        alike = raids.near(wanted, unit, newest=newest, only_accused=only_accused, enough=enough)
        for place, messages in zip(places, alike, strict=True):
            found[place] = messages
    return found
