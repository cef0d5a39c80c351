"""Every change of a report. What closes one is in `closing`, and nowhere else."""

from tereze.intake.actions.closing import (
    NotLawfulError,
    NotOpenError,
    approve_no_offence,
    close_as_repeat,
    correct_kui,
    enter_kui,
    propose_no_offence,
    refuse_no_offence,
    reopen,
    transfer,
)
from tereze.intake.actions.files import Incoming, add_attachments
from tereze.intake.actions.later import (
    add_supplement,
    close_key,
    issue_key,
    read_identity,
    set_scheme,
)
from tereze.intake.actions.submit import (
    DifferentBodyError,
    Sending,
    Submitted,
    forget_answers,
    hash_of,
    sent_before,
    submit_report,
)


__all__ = [
    "DifferentBodyError",
    "Incoming",
    "NotLawfulError",
    "NotOpenError",
    "Sending",
    "Submitted",
    "add_attachments",
    "add_supplement",
    "approve_no_offence",
    "close_as_repeat",
    "close_key",
    "correct_kui",
    "enter_kui",
    "forget_answers",
    "hash_of",
    "issue_key",
    "propose_no_offence",
    "read_identity",
    "refuse_no_offence",
    "reopen",
    "sent_before",
    "set_scheme",
    "submit_report",
    "transfer",
]
