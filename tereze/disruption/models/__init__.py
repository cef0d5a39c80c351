from tereze.disruption.models.files import FileIn, FileOut, FileOutRow
from tereze.disruption.models.listing import (
    Likeness,
    Photo,
    ReportPhoto,
    Snapshot,
    Thumbnail,
    Trait,
)
from tereze.disruption.models.mail import Incoming, Mailbox
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
from tereze.disruption.models.work import Alert, Capture, Enclosure, HostPace, Letter, Look, Lookout


__all__ = [
    "Alert",
    "Capture",
    "Enclosure",
    "FileIn",
    "FileOut",
    "FileOutRow",
    "HostPace",
    "Incoming",
    "Letter",
    "Likeness",
    "Look",
    "Lookout",
    "Mailbox",
    "Operation",
    "OperationItem",
    "Partner",
    "PartnerKey",
    "PartnerMember",
    "PartnerNotice",
    "PartnerTerms",
    "Photo",
    "ReportPhoto",
    "Request",
    "RequestLink",
    "RequestStep",
    "Snapshot",
    "State",
    "Thumbnail",
    "Trait",
    "Webhook",
    "WebhookEvent",
    "WebhookTry",
    "Word",
]
