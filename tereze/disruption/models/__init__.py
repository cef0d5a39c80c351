from tereze.disruption.models.listing import Likeness, Photo, Snapshot, Trait
from tereze.disruption.models.partner import Partner, PartnerMember, PartnerTerms
from tereze.disruption.models.request import Request, RequestLink, RequestStep, State, Word
from tereze.disruption.models.work import Capture, HostPace, Letter, Look, Lookout


__all__ = [
    "Capture",
    "HostPace",
    "Letter",
    "Likeness",
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
    "Trait",
    "Word",
]
