from tereze.disruption.models.files import FileIn, FileOut, FileOutRow
from tereze.disruption.models.listing import Photo, Snapshot
from tereze.disruption.models.mail import Incoming, Mailbox
from tereze.disruption.models.partner import Partner, PartnerMember, PartnerTerms
from tereze.disruption.models.request import Request, RequestLink, RequestStep, State, Word
from tereze.disruption.models.work import Alert, Capture, Enclosure, Letter, Look, Lookout


__all__ = [
    "Alert",
    "Capture",
    "Enclosure",
    "FileIn",
    "FileOut",
    "FileOutRow",
    "Incoming",
    "Letter",
    "Look",
    "Lookout",
    "Mailbox",
    "Partner",
    "PartnerMember",
    "PartnerTerms",
    "Photo",
    "Request",
    "RequestLink",
    "RequestStep",
    "Snapshot",
    "State",
    "Word",
]
