"""Letters as rows, and what proves that an answer belongs to one: a link, a Message-ID, a mark.

All of them are derived from the letter's id and our key, so that a letter repeated after a crash
is the same letter; of the secrets only hashes are stored.
"""

import base64
import re
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings

from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.core.ids import token_hash
from tereze.disruption.models import Letter, Request


LINK_LIVES = timedelta(days=30)
TOKEN_LENGTH = 32  # hexadecimal digits: 128 bits
MARK_LENGTH = 16  # characters of base32: 80 bits
MARK = re.compile(r"TRZ-([A-Z2-7]{16})(?![A-Z2-7])", re.IGNORECASE)


def write_letter(request: Request, purpose: str, *, to: str = "") -> Letter:
    """The intent: the worker sends it. Called inside the caller's transaction."""
    letter = Letter(request=request, purpose=purpose, to=to or request.partner.email)
    letter.token_hash = token_hash(token_of(letter))
    letter.reply_hash = token_hash(mark_of(letter))
    letter.answer_until = now() + LINK_LIVES
    letter.next_action_at = now()
    letter.save()
    return letter


def token_of(letter: Letter) -> str:
    return keyed_hash(letter.public_id, purpose="answer-link")[:TOKEN_LENGTH]


def mark_of(letter: Letter) -> str:
    """Stands in the subject and in the address to reply to. Opens nothing by itself."""
    digest = bytes.fromhex(keyed_hash(letter.public_id, purpose="reply-mark"))
    return base64.b32encode(digest).decode()[:MARK_LENGTH]


def letter_by_token(token: str) -> Letter | None:
    """The letter whose link this is, unless it has expired."""
    found = Letter.objects.filter(token_hash=token_hash(token), answer_until__gt=now())
    return found.select_related("request__partner", "request__unit", "request__evidence").first()


def letter_by_mark(mark: str) -> Letter | None:
    """An answer may come late: what it may still change is decided by the request's state."""
    return Letter.objects.filter(reply_hash=token_hash(mark.upper())).first()


def our_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or "tereze@localhost"


def our_domain() -> str:
    return our_address().rpartition("@")[2] or "localhost"


def message_id(letter: Letter) -> str:
    return f"<{letter.public_id}@{our_domain()}>"


def reply_address(letter: Letter) -> str:
    """`kiberpol+trz-…@…` where the mail server knows plus addresses; otherwise the plain one."""
    local, _at, domain = (settings.MAIL_REPLY_TO or our_address()).rpartition("@")
    if not settings.MAIL_PLUS:
        return f"{local}@{domain}"
    return f"{local}+trz-{mark_of(letter).lower()}@{domain}"


def earlier_ids(letter: Letter) -> list[str]:
    """Message-IDs of the letters before it about the same request: the thread it belongs to."""
    earlier = letter.request.letters.filter(
        created_at__lte=letter.created_at, sent_at__isnull=False
    ).exclude(pk=letter.pk)
    return [message_id(one) for one in earlier.order_by("created_at", "pk")]
