"""The indicators of a message: of its words, of its pictures' and of what stood beside it."""

from tereze.detection import Assessment
from tereze.indicators import Indicator, extract
from tereze.watch.masking import mask
from tereze.watch.models import Message, MessagePicture
from tereze.watch.models.messages import Hint


def found_in(message: Message) -> tuple[Indicator, ...]:
    pictures = MessagePicture.objects.filter(message=message).exclude(assessment=None)
    told = [message.assessment, *pictures.values_list("assessment", flat=True)]
    found = [item for one in told if one for item in Assessment.from_json(one).indicators]
    beside = extract(words_beside(message)) if message.assessment else ()
    known: dict[tuple[str, str], Indicator] = {}
    for item in (*found, *beside):
        known.setdefault((item.type, item.value), item)
    return tuple(known.values())


def words_beside(message: Message) -> str:
    """What the message was brought to people for, where that is not in its own words."""
    parts = message.text or {}
    name = {Hint.PROFILE: "profile", Hint.FOREIGN: "quoted"}.get(Hint(message.hint or Hint.KIN), "")
    return str(parts.get(name, ""))


def masked(words: str) -> str:
    """The copy for screens of words that were not assessed."""
    return mask(words, extract(words))
