"""The indicators of a message: of its words, and of what was read in its pictures."""

from tereze.detection import Assessment
from tereze.indicators import Indicator
from tereze.watch.models import Message, MessagePicture


def found_in(message: Message) -> tuple[Indicator, ...]:
    pictures = MessagePicture.objects.filter(message=message).exclude(assessment=None)
    told = [message.assessment, *pictures.values_list("assessment", flat=True)]
    found = [item for one in told if one for item in Assessment.from_json(one).indicators]
    return tuple({(item.type, item.value): item for item in found}.values())
