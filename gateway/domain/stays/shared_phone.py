"""Tokens for an adult who registers on another tenant's phone: one for that phone, one to take the key to their own.

Each names an offer, what it is for and when it expires, with a proof that the gateway made it. Neither is the offer's
own token: with them nobody reads the adult's record or gets their key on the phone that was lent.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, Literal, NamedTuple
from uuid import UUID

from gateway.domain.errors import OfferExpired, OfferUnknown
from gateway.texts.marks import N_

Purpose = Literal["register", "take_key"]

LIFETIME: Final[dict[Purpose, int]] = {"register": 86_400, "take_key": 3_600}
"""Seconds for which the phone that was lent may show the registration, and for which a link to the key is valid."""

UNKNOWN: Final = N_("This link is not valid. Show the QR code again on the phone used to register.")
EXPIRED: Final = N_("This link has expired. Show the QR code again on the phone used to register.")
_NAME, _TIME, _PROOF = 16, 8, 16  # bytes


def timed_token(offer_id: str, purpose: Purpose, expires_at: int, secret: bytes) -> str:
    """The token: base64url of the id's 16 bytes, the expiry in 8, and 16 bytes of HMAC-SHA-256 (RFC 2104) over both."""
    named = UUID(offer_id).bytes + expires_at.to_bytes(_TIME)
    return urlsafe_b64encode(named + _proof(named, purpose, secret)).rstrip(b"=").decode()


class Timed(NamedTuple):
    """What a token names: the offer's id, and when the token expires (UTC seconds)."""

    offer_id: str
    expires_at: int


def timed_offer(token: str, purpose: Purpose, secret: bytes, now: int) -> Timed:
    """What the token names. Raises OfferUnknown if others made or altered it, or for another purpose; OfferExpired."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raw = b""
    named, proof = raw[: _NAME + _TIME], raw[_NAME + _TIME :]
    if len(raw) != _NAME + _TIME + _PROOF or not hmac.compare_digest(proof, _proof(named, purpose, secret)):
        raise OfferUnknown(UNKNOWN)
    offer_id, expires_at = str(UUID(bytes=named[:_NAME])), int.from_bytes(named[_NAME:])
    if timed_token(offer_id, purpose, expires_at, secret) != token:
        raise OfferUnknown(UNKNOWN)
    if now >= expires_at:
        raise OfferExpired(EXPIRED)
    return Timed(offer_id, expires_at)


def _proof(named: bytes, purpose: Purpose, secret: bytes) -> bytes:
    return hmac.digest(secret, f"lodgekey-shared-phone-{purpose}".encode() + named, hashlib.sha256)[:_PROOF]
