"""The indicators of a message, as its assessment found them, and of what stood beside it."""

from tereze.detection import Assessment
from tereze.indicators import Indicator, extract
from tereze.watch.masking import mask
from tereze.watch.models import Message
from tereze.watch.models.messages import Hint


def found_in(message: Message) -> tuple[Indicator, ...]:
    if not message.assessment:
        return ()
    own = Assessment.from_json(message.assessment).indicators
    seen = {(item.type, item.value) for item in own}
    beside = [
        item for item in extract(words_beside(message)) if (item.type, item.value) not in seen
    ]
    return (*own, *beside)


def words_beside(message: Message) -> str:
    """What the message was brought to people for, where that is not in its own words."""
    parts = message.text or {}
    name = {Hint.PROFILE: "profile", Hint.FOREIGN: "quoted"}.get(Hint(message.hint or Hint.KIN), "")
    return str(parts.get(name, ""))


def masked(words: str) -> str:
    """The copy for screens of words that were not assessed."""
    return mask(words, extract(words))
