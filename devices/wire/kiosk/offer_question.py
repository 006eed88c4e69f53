"""A kiosk's question about an offer, and the answer: both sealed to the other side.

The answer is sealed to a key made for one visit: broker, database and disks hold nothing that names a home.
"""

from dataclasses import dataclass, field

from devices.wire.fields import Field as Part
from devices.wire.fields import octets, several, text
from devices.wire.kiosk.sealed_form import decode_form, encode_form

MAX_ASKS = 20
QUESTION = (Part(1, "offer_token", text(200)), Part(2, "reply_key", octets(33, 33)))
SUMMARY = (
    Part(1, "unit", text(120)),
    Part(2, "landlord", text(120)),
    Part(3, "asks", several(text(60), MAX_ASKS)),
    Part(4, "one_of", several(text(60), MAX_ASKS)),
)


@dataclass(frozen=True, slots=True)
class OfferQuestion:
    """The link's token or the typed code, and the compressed P-256 point to which the answer is sealed."""

    offer_token: str = field(repr=False)
    reply_key: bytes


@dataclass(frozen=True, slots=True)
class OfferSummary:
    """Names of unit and landlord, and the facts (paths) that the registry requires; one of `one_of` is enough."""

    unit: str
    landlord: str
    asks: list[str]
    one_of: list[str]


def encode_question(question: OfferQuestion) -> bytes:
    """Bytes to seal to the intake key; raises BadMessage for an invalid question."""
    raw = encode_form(QUESTION, question)
    decode_question(raw)
    return raw


def decode_question(raw: bytes) -> OfferQuestion:
    """The question in exactly these bytes; raises BadMessage."""
    return OfferQuestion(**decode_form(QUESTION, raw))


def encode_summary(summary: OfferSummary) -> bytes:
    """Bytes to seal to the reply key."""
    return encode_form(SUMMARY, summary)


def decode_summary(raw: bytes) -> OfferSummary:
    """The answer in exactly these bytes; raises BadMessage."""
    return OfferSummary(**decode_form(SUMMARY, raw))
