from tereze.disruption.models.listing import Photo, Snapshot, Thumbnail
from tereze.disruption.models.partner import Partner, PartnerMember, PartnerTerms
from tereze.disruption.models.request import Request, RequestLink, RequestStep, State, Word
from tereze.disruption.models.work import Alert, Capture, Enclosure, Letter, Look, Lookout


__all__ = [
    "Alert",
    "Capture",
    "Enclosure",
    "Letter",
    "Look",
    "Lookout",
    "Partner",
    "PartnerMember",
    "PartnerTerms",
    "Photo",
    "Request",
    "RequestLink",
    "RequestStep",
    "Snapshot",
    "State",
    "Thumbnail",
    "Word",
]
