"""Letters as rows, and the link in them.

The token is derived from the letter's id and our key, so that a letter repeated after a crash is
the same letter; only its hash is stored.
"""

from datetime import timedelta

from django.conf import settings

from tereze.core.clock import now
from tereze.core.encryption import keyed_hash
from tereze.core.ids import token_hash
from tereze.disruption.models import Letter, Request


LINK_LIVES = timedelta(days=30)
TOKEN_LENGTH = 32  # hexadecimal digits: 128 bits


def write_letter(request: Request, purpose: str, *, to: str = "") -> Letter:
    """The intent: the worker sends it. Called inside the caller's transaction."""
    letter = Letter(request=request, purpose=purpose, to=to or request.partner.email)
    letter.token_hash = token_hash(token_of(letter))
    letter.answer_until = now() + LINK_LIVES
    letter.next_action_at = now()
    letter.save()
    return letter


def token_of(letter: Letter) -> str:
    return keyed_hash(letter.public_id, purpose="answer-link")[:TOKEN_LENGTH]


def letter_by_token(token: str) -> Letter | None:
    """The letter whose link this is, unless it has expired."""
    found = Letter.objects.filter(token_hash=token_hash(token), answer_until__gt=now())
    return found.select_related("request__partner", "request__unit", "request__evidence").first()


def message_id(letter: Letter) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    return f"<{letter.public_id}@{domain}>"
