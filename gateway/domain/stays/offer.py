"""An offer's link: a token with the offer's id and a proof that the gateway made it. No secret is stored."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Final
from uuid import UUID

from devices.wire.kiosk.offer_code import code_of
from gateway.domain.errors import OfferUnknown
from gateway.texts.marks import N_

# One sentence for every invalid link: made up, altered, or of a deleted offer.
UNKNOWN: Final = N_("This link is not valid. Ask your landlord for a new one.")
_PROOF = 16

# state → allowed next states
OFFER_STATES: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"opened", "withdrawn", "used"}),
    "opened": frozenset({"used", "withdrawn"}),
    "used": frozenset(),
    "withdrawn": frozenset(),
}


def token_of(offer_id: str, secret: bytes) -> str:
    """The link's token: base64url of the id's 16 bytes and 16 bytes of HMAC-SHA-256 (RFC 2104) over them."""
    name = UUID(offer_id).bytes
    return urlsafe_b64encode(name + _proof(name, secret)).rstrip(b"=").decode()


def offer_of(token: str, secret: bytes) -> str:
    """The offer id in a token. Raises OfferUnknown if the gateway did not make it, or it was re-encoded."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (NotBase64, ValueError):
        raw = b""
    name, proof = raw[:_PROOF], raw[_PROOF:]
    if len(raw) != 2 * _PROOF or not hmac.compare_digest(proof, _proof(name, secret)):
        raise OfferUnknown(UNKNOWN)
    offer_id = str(UUID(bytes=name))
    if token_of(offer_id, secret) != token:
        raise OfferUnknown(UNKNOWN)
    return offer_id


def kiosk_code(token: str) -> str:
    """The code to type at a kiosk of the unit's site instead of the link: nine characters, 40 bits of a hash."""
    return code_of(hashlib.sha256(b"lodgekey-offer-code" + token.encode()).digest())


def _proof(name: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, b"lodgekey-offer" + name, hashlib.sha256)[:_PROOF]
