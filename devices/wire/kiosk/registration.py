"""A kiosk's registration of one tenant, sealed to the gateway's intake key, as deterministic CBOR.

The plaintext exists only in the memory of the kiosk and of the gateway; the broker carries it sealed.
"""

from dataclasses import dataclass, field
from typing import Any

from devices.wire.errors import BadMessage
from devices.wire.fields import ID, Field, flag, octets, several, text
from devices.wire.kiosk.chip import is_chip
from devices.wire.kiosk.sealed_form import decode_form, encode_form

MAX_IMAGE = 480 * 1024  # two images and the other fields stay under the kiosk's 1 MiB
MAX_FRAME, MAX_FRAMES = 24 * 1024, 64
MAX_FACTS = 20
MAX_REGISTRATION = 1024 * 1024 - 8 * 1024  # the remainder is for seal, signature and envelope
_POINT = octets(33, 33)


def is_typed(value: Any) -> bool:
    """Whether the value holds typed fields: short texts by the names of TYPED_FIELDS."""
    short = text(100)
    return type(value) is dict and set(value) <= TYPED_FIELDS and all(short(item) for item in value.values())


def is_facts(value: Any) -> bool:
    """Whether the value holds facts for the registry, by path."""
    path, answer = text(60), text(120)
    return type(value) is dict and len(value) <= MAX_FACTS and all(path(k) and answer(v) for k, v in value.items())


def is_consents(value: Any) -> bool:
    """Whether the value holds consents and the version of the text."""
    if type(value) is not dict or value.keys() - {"guardian"} != {"registration", "face", "text_version"}:
        return False
    return text(40)(value["text_version"]) and all(flag(value[name]) for name in value.keys() - {"text_version"})


TYPED_FIELDS = frozenset(
    (
        "document_kind", "id_number", "issuing_state", "surname", "given_names", "name", "birth_date", "nationality",
        "sex",
    )
)  # fmt: skip
REGISTRATION = (
    Field(1, "registration", ID),
    Field(2, "offer_token", text(200)),
    Field(3, "document", octets(1, MAX_IMAGE), optional=True),
    Field(4, "face", octets(1, MAX_IMAGE), optional=True),
    Field(5, "typed", is_typed),
    Field(6, "consents", is_consents),
    Field(7, "language", text(16)),
    Field(8, "holder_key", _POINT, optional=True),
    Field(9, "clip", several(octets(1, MAX_FRAME), MAX_FRAMES), optional=True),
    Field(10, "nonce", text(64), optional=True),
    Field(11, "chip", is_chip, optional=True),
    Field(12, "facts", is_facts, optional=True),
    Field(13, "others", flag, optional=True),
    Field(14, "group", flag, optional=True),
)


@dataclass(frozen=True, slots=True)
class KioskRegistration:
    """One registration: its 16-byte id, the offer, images (bytes as captured) or none, typed fields, consents.

    consents: {"registration": bool, "face": bool, "text_version": text}, for a minor also "guardian": bool; holder_key:
    compressed P-256 point. clip: JPEG frames in order, for the challenge with this nonce; chip: EF.SOD, DG1 and DG2 as
    read; facts: what the registry requires beyond the document, by path; others: whether others register after them;
    group: whether they are a group and no family.
    """

    registration: bytes
    offer_token: str
    typed: dict[str, str]
    consents: dict[str, Any]
    language: str
    document: bytes | None = field(default=None, repr=False)
    face: bytes | None = field(default=None, repr=False)
    holder_key: bytes | None = None
    clip: list[bytes] | None = field(default=None, repr=False)
    nonce: str | None = None
    chip: list[bytes] | None = field(default=None, repr=False)
    facts: dict[str, str] | None = field(default=None, repr=False)
    others: bool | None = None
    group: bool | None = None


def encode_registration(registration: KioskRegistration) -> bytes:
    """Bytes to seal; raises BadMessage for an invalid registration."""
    raw = encode_form(REGISTRATION, registration)
    if len(raw) > MAX_REGISTRATION:
        raise BadMessage("more than one message holds")
    decode_registration(raw)
    return raw


def decode_registration(raw: bytes) -> KioskRegistration:
    """The registration in exactly these bytes; raises BadMessage, which names no content."""
    return KioskRegistration(**decode_form(REGISTRATION, raw))
