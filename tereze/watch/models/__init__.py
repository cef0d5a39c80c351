"""Rows of the wall: what is watched, what was read, what was decided and done."""

from tereze.watch.models.calls import Call
from tereze.watch.models.decisions import Act, Agreement, Appeal, Decision, Notice
from tereze.watch.models.deliveries import Delivery
from tereze.watch.models.lists import PolicyList
from tereze.watch.models.messages import CALM, FLAGGED, Message
from tereze.watch.models.raids import Arrival, Print, Raid
from tereze.watch.models.seals import Seal, SealHead
from tereze.watch.models.sources import Source


__all__ = [
    "CALM",
    "FLAGGED",
    "Act",
    "Agreement",
    "Appeal",
    "Arrival",
    "Call",
    "Decision",
    "Delivery",
    "Message",
    "Notice",
    "PolicyList",
    "Print",
    "Raid",
    "Seal",
    "SealHead",
    "Source",
]
