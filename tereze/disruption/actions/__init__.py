from tereze.disruption.actions.answering import WordsMissingError, acknowledge, answer, supply
from tereze.disruption.actions.approving import approve, close, set_needs, withdraw
from tereze.disruption.actions.capturing import (
    attach_screenshot,
    capture_again,
    capture_needs_person,
    seal_capture,
)
from tereze.disruption.actions.clocks import check_deadlines, seen_alerts
from tereze.disruption.actions.delivery import mark_delivered, sent_by_hand
from tereze.disruption.actions.drafting import (
    Batch,
    Drafted,
    NoPartnerError,
    draft_many,
    draft_request,
)
from tereze.disruption.actions.enclosing import enclose, record_check, store_enclosure
from tereze.disruption.actions.files import (
    NothingToSendError,
    apply_file,
    hand_file,
    make_file,
    receive_file,
)
from tereze.disruption.actions.forms import as_it_leaves, fill_form, register_form, store_form
from tereze.disruption.actions.holding import EndMissingError, hold, release
from tereze.disruption.actions.incoming import dismiss_letters, place_letter, take_letter
from tereze.disruption.actions.looking import (
    event_for,
    look_again,
    look_now,
    person_looked,
    record_look,
)
from tereze.disruption.actions.notices import take_notice
from tereze.disruption.actions.partner_systems import (
    WebhookOffError,
    change_secret,
    close_partner_key,
    issue_partner_key,
    ping,
    replay,
    set_webhook,
    stop_webhook,
)
from tereze.disruption.actions.partners import register_known_partners, save_partner, set_terms
from tereze.disruption.actions.recognising import draft_again, keep_traits, recognise
from tereze.disruption.actions.returned import letter_returned, send_elsewhere
from tereze.disruption.actions.staff import add_member, hire, require_second_step, set_duty
from tereze.disruption.actions.talking import OwnDecisionError, decide_appeal, read_words, say


__all__ = [
    "Batch",
    "Drafted",
    "EndMissingError",
    "NoPartnerError",
    "NothingToSendError",
    "OwnDecisionError",
    "WebhookOffError",
    "WordsMissingError",
    "acknowledge",
    "add_member",
    "answer",
    "apply_file",
    "approve",
    "as_it_leaves",
    "attach_screenshot",
    "capture_again",
    "capture_needs_person",
    "change_secret",
    "check_deadlines",
    "close",
    "close_partner_key",
    "decide_appeal",
    "dismiss_letters",
    "draft_again",
    "draft_many",
    "draft_request",
    "enclose",
    "event_for",
    "fill_form",
    "hand_file",
    "hire",
    "hold",
    "issue_partner_key",
    "keep_traits",
    "letter_returned",
    "look_again",
    "look_now",
    "make_file",
    "mark_delivered",
    "person_looked",
    "ping",
    "place_letter",
    "read_words",
    "receive_file",
    "recognise",
    "record_check",
    "record_look",
    "register_form",
    "register_known_partners",
    "release",
    "replay",
    "require_second_step",
    "save_partner",
    "say",
    "seal_capture",
    "seen_alerts",
    "send_elsewhere",
    "sent_by_hand",
    "set_duty",
    "set_needs",
    "set_terms",
    "set_webhook",
    "stop_webhook",
    "store_enclosure",
    "store_form",
    "supply",
    "take_letter",
    "take_notice",
    "withdraw",
]
