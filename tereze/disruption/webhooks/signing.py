"""Standard Webhooks signatures: HMAC-SHA-256 over id, time and body."""

import base64
import hmac
import secrets
from collections.abc import Iterable


PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, webhook_id: str, timestamp: int, body: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{webhook_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers(webhook_id: str, timestamp: int, body: str, keys: Iterable[str]) -> dict[str, str]:
    """One signature for each key: while a key is being changed, the old one signs as well."""
    signed = (signature(secret, webhook_id, timestamp, body) for secret in keys)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
        "Content-Type": "application/json",
    }
