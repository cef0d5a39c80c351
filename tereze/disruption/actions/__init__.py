from tereze.disruption.actions.answering import WordsMissingError, acknowledge, answer, supply
from tereze.disruption.actions.approving import approve, close, withdraw
from tereze.disruption.actions.capturing import (
    attach_screenshot,
    capture_again,
    capture_needs_person,
    seal_capture,
)
from tereze.disruption.actions.clocks import check_deadlines
from tereze.disruption.actions.delivery import mark_delivered, sent_by_hand
from tereze.disruption.actions.drafting import (
    Batch,
    Drafted,
    NoPartnerError,
    draft_many,
    draft_request,
)
from tereze.disruption.actions.looking import (
    event_for,
    look_again,
    look_now,
    person_looked,
    record_look,
)
from tereze.disruption.actions.partners import (
    add_member,
    register_known_partners,
    save_partner,
    set_terms,
)
from tereze.disruption.actions.recognising import draft_again, keep_traits, recognise


__all__ = [
    "Batch",
    "Drafted",
    "NoPartnerError",
    "WordsMissingError",
    "acknowledge",
    "add_member",
    "answer",
    "approve",
    "attach_screenshot",
    "capture_again",
    "capture_needs_person",
    "check_deadlines",
    "close",
    "draft_again",
    "draft_many",
    "draft_request",
    "event_for",
    "keep_traits",
    "look_again",
    "look_now",
    "mark_delivered",
    "person_looked",
    "recognise",
    "record_look",
    "register_known_partners",
    "save_partner",
    "seal_capture",
    "sent_by_hand",
    "set_terms",
    "supply",
    "withdraw",
]
