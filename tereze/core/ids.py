"""Ids that leave the house. Internal row numbers never do."""

import hashlib
import secrets


def public_id() -> str:
    """96 random bits, for addresses and events."""
    return secrets.token_urlsafe(12)


def new_token() -> str:
    """128 random bits, for links that open something without a log-in. Store only its hash."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    """A plain hash is enough: nobody can guess 80 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
