"""The first minute of a chat in shadow: does anything arrive, and what would the machine have done?"""

from dataclasses import dataclass
from datetime import timedelta

from tereze.core.clock import now
from tereze.watch.models import Message, Source
from tereze.watch.models.messages import FLAGGED, Standing
from tereze.watch.models.sources import Health, Mode


LENGTH = timedelta(minutes=1)
SHOWN = timedelta(minutes=10)  # the result stays on the page a little longer


@dataclass(frozen=True)
class Sample:
    seconds_left: int
    read: int
    flagged: int
    would_delete: int
    sees: bool
    has_begun: bool  # the chat is read by now: what is written before that may not be counted

    @property
    def runs(self) -> bool:
        return self.seconds_left > 0


def sample_of(source: Source) -> Sample | None:
    """Nothing unless the chat was switched into shadow just now."""
    begun = source.on_since
    if source.mode != Mode.SHADOW or begun is None or now() - begun > SHOWN:
        return None
    found = Message.objects.filter(source=source, received_at__gte=begun)
    read, contact = found.count(), source.last_contact_at
    return Sample(
        seconds_left=max(0, int((begun + LENGTH - now()).total_seconds())),
        read=read,
        flagged=found.filter(outcome__in=FLAGGED).count(),
        would_delete=found.filter(standing=Standing.SHADOW).count(),
        sees=source.health == Health.OK,
        has_begun=read > 0 or (contact is not None and contact >= begun),
    )
