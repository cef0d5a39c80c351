"""What a message says, by the rules in force where it was written. Nothing is stored."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from tereze.detection import Assessment, Document, assess, assess_many
from tereze.detection.ruleset import RuleSet
from tereze.watch.beside import Beside
from tereze.watch.models import Message, Source
from tereze.watch.received import Incoming, author_key
from tereze.watch.workshop import rulebook


log = logging.getLogger(__name__)
Batch = Sequence[tuple[Source, Incoming]]


@dataclass(frozen=True)
class Judged:
    source: Source
    item: Incoming
    assessment: Assessment | None  # None: the text could not be judged, a person must look
    hint: str = ""  # why it goes to people although alone it is harmless
    pieces: tuple[Message, ...] = ()  # earlier messages of the same author that belong to it
    named_by: Assessment | None = None  # what the pieces are together
    rules: RuleSet | None = None  # by which it was judged
    beside: Beside | None = None  # what stands beside the own words and is an advert by itself

    @property
    def author(self) -> str:
        """Their key in this chat."""
        return author_key(self.source, self.item.author) if self.item.author else ""


def judge_all(batch: Batch) -> list[Judged]:
    """By the rules in force where each source belongs; those of the same rules together, which
    costs less for each. Where one of them cannot be judged, one by one."""
    rules = rulebook.rules_of(source.unit_id for source, _item in batch)
    found: dict[int, Judged] = {}
    for own in {id(one): one for one in rules.values()}.values():
        places = [at for at, (source, _) in enumerate(batch) if rules[source.unit_id] is own]
        found |= zip(places, judge_together([batch[at] for at in places], own), strict=True)
    return [found[at] for at in range(len(batch))]


def judge_together(batch: Batch, rules: RuleSet) -> list[Judged]:
    try:
        found = assess_many([document_of(item) for _source, item in batch], rules=rules)
    except Exception:
        log.exception("a batch of %s could not be assessed together", len(batch))
        return [judge(source, item, rules) for source, item in batch]
    return [Judged(*place, one, rules=rules) for place, one in zip(batch, found, strict=True)]


def judge(source: Source, item: Incoming, rules: RuleSet | None = None) -> Judged:
    """By the ``rules`` given, else by the shipped ones."""
    try:
        return Judged(source, item, assess(document_of(item), rules=rules), rules=rules)
    except Exception:
        log.exception("message %s of source %s could not be assessed", item.external_id, source.pk)
        return Judged(source, item, None)


def document_of(item: Incoming) -> Document:
    return Document(item.text, quoted=item.quoted, caption=item.caption, profile=item.profile)
