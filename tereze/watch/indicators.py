"""The indicators of a message, as its assessment found them."""

from tereze.detection import Assessment
from tereze.indicators import Indicator
from tereze.watch.models import Message


def found_in(message: Message) -> tuple[Indicator, ...]:
    if not message.assessment:
        return ()
    return Assessment.from_json(message.assessment).indicators
