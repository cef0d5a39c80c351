from tereze.disruption.models.listing import Photo, Snapshot
from tereze.disruption.models.partner import Partner, PartnerMember, PartnerTerms
from tereze.disruption.models.partner_api import (
    Operation,
    OperationItem,
    PartnerKey,
    PartnerNotice,
    Webhook,
    WebhookEvent,
    WebhookTry,
)
from tereze.disruption.models.request import Request, RequestLink, RequestStep, State, Word
from tereze.disruption.models.work import Alert, Capture, Enclosure, Letter, Look, Lookout


__all__ = [
    "Alert",
    "Capture",
    "Enclosure",
    "Letter",
    "Look",
    "Lookout",
    "Operation",
    "OperationItem",
    "Partner",
    "PartnerKey",
    "PartnerMember",
    "PartnerNotice",
    "PartnerTerms",
    "Photo",
    "Request",
    "RequestLink",
    "RequestStep",
    "Snapshot",
    "State",
    "Webhook",
    "WebhookEvent",
    "WebhookTry",
    "Word",
]
