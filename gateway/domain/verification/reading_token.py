"""A token with what was read from a picture: the phone keeps it until its holder declares the person.

So the gateway stores nothing of a picture whose person may never be declared, and still knows what was read.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Final

from gateway.domain.errors import InputRefused
from gateway.texts.marks import N_

LIFETIME: Final = 3_600
"""Seconds from the reading to the declaration."""

INVALID: Final = N_("The photo of the document was taken too long ago. Take it again.")
_TIME, _PROOF = 8, 16  # bytes


def reading_token(read: Mapping[str, str], stay_id: str, expires_at: int, secret: bytes) -> str:
    """The token: base64url of the expiry in 8 bytes, 16 bytes of HMAC-SHA-256 (RFC 2104), and the fields as JSON.

    The proof covers the stay too, so that what was read for one stay is not declared in another.
    """
    at, content = expires_at.to_bytes(_TIME), json.dumps(read, ensure_ascii=False, sort_keys=True).encode()
    return urlsafe_b64encode(at + _proof(at + content, stay_id, secret) + content).rstrip(b"=").decode()


def reading_in(token: str, stay_id: str, secret: bytes, now: int) -> dict[str, str]:
    """What was read, by field. Raises InputRefused for a token that is altered, of another stay, or expired."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raw = b""
    at, proof, content = raw[:_TIME], raw[_TIME : _TIME + _PROOF], raw[_TIME + _PROOF :]
    if not hmac.compare_digest(proof, _proof(at + content, stay_id, secret)) or now >= int.from_bytes(at):
        raise InputRefused(INVALID, field="reading")
    read: dict[str, str] = json.loads(content)
    return read


def _proof(content: bytes, stay_id: str, secret: bytes) -> bytes:
    return hmac.digest(secret, f"lodgekey-reading-{stay_id}".encode() + content, hashlib.sha256)[:_PROOF]
