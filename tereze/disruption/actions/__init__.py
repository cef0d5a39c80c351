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
from tereze.disruption.actions.files import (
    NothingToSendError,
    apply_file,
    hand_file,
    make_file,
    receive_file,
)
from tereze.disruption.actions.incoming import dismiss_letters, place_letter, take_letter
from tereze.disruption.actions.looking import event_for, look_now, person_looked, record_look
from tereze.disruption.actions.partners import (
    add_member,
    register_known_partners,
    save_partner,
    set_terms,
)
from tereze.disruption.actions.returned import letter_returned, send_elsewhere


__all__ = [
    "Batch",
    "Drafted",
    "NoPartnerError",
    "NothingToSendError",
    "WordsMissingError",
    "acknowledge",
    "add_member",
    "answer",
    "apply_file",
    "approve",
    "attach_screenshot",
    "capture_again",
    "capture_needs_person",
    "check_deadlines",
    "close",
    "dismiss_letters",
    "draft_many",
    "draft_request",
    "event_for",
    "hand_file",
    "letter_returned",
    "look_now",
    "make_file",
    "mark_delivered",
    "person_looked",
    "place_letter",
    "receive_file",
    "record_look",
    "register_known_partners",
    "save_partner",
    "seal_capture",
    "send_elsewhere",
    "sent_by_hand",
    "set_terms",
    "supply",
    "take_letter",
    "withdraw",
]
