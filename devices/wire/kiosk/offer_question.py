"""A kiosk's question about an offer, and the answer: both sealed to the other side.

The answer is sealed to a key made for one visit: broker, database and disks hold nothing that names a home.
"""

from dataclasses import dataclass, field
from typing import Any

from devices.wire.fields import Field as Part
from devices.wire.fields import flag, octets, several, text
from devices.wire.kiosk.sealed_form import decode_form, encode_form

MAX_ASKS = 20
MAX_VALUES = 260  # every country may decide


def is_conditions(value: Any) -> bool:
    """Whether the value holds, by path, the fields that decide whether it is asked, each with its values."""
    return _is_map(value) and all(_is_map(fields) and all(map(_VALUES, fields.values())) for fields in value.values())


def is_tables(value: Any) -> bool:
    """Whether the value holds, by path, the registry whose table it takes a code of."""
    return _is_map(value) and all(map(text(20), value.values()))


def _is_map(value: Any) -> bool:
    return type(value) is dict and len(value) <= MAX_ASKS and all(map(text(60), value))


_VALUES = several(text(40), MAX_VALUES)
QUESTION = (Part(1, "offer_token", text(200)), Part(2, "reply_key", octets(33, 33)))
SUMMARY = (
    Part(1, "unit", text(120)),
    Part(2, "landlord", text(120)),
    Part(3, "asks", several(text(60), MAX_ASKS)),
    Part(4, "one_of", several(text(60), MAX_ASKS)),
    Part(5, "minors", several(text(60), MAX_ASKS)),
    Part(6, "only_if", is_conditions),
    Part(7, "tables", is_tables),
    Part(8, "others", flag),
    Part(9, "groups", flag),
)


@dataclass(frozen=True, slots=True)
class OfferQuestion:
    """The link's token or the typed code, and the compressed P-256 point to which the answer is sealed."""

    offer_token: str = field(repr=False)
    reply_key: bytes


@dataclass(frozen=True, slots=True)
class OfferSummary:
    """Names of unit and landlord, and the facts (paths) that the registries require; one of `one_of` is enough.

    `minors`: asked of minors only. `only_if`: by path, the fields of the document or other facts that decide whether it
    is asked, each with the values for which it is. `tables`: by path, the registry whose table the fact is a code of.
    `others`: whether the tenant is asked if others register after them; `groups`: and if they are a group.
    """

    unit: str
    landlord: str
    asks: list[str]
    one_of: list[str]
    minors: list[str] = field(default_factory=list)
    only_if: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    others: bool = False
    groups: bool = False


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
