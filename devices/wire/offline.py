"""Messages between phone and lock without a network, sealed after an EDHOC handshake (RFC 9528).

Handshake: suite 2 (P-256, AES-CCM-16-64-128), method 3 (static DH both ways), credentials by reference (kid); the key
credential (CWT) travels in a critical EAD_3. Then the phone sends one sealed command and receives one sealed answer:
AES-CCM with an 8-byte tag, one key per direction from EDHOC_Exporter, the nonce the message's index in its direction
(the lock's first answer says that it is ready, its second gives the result). The version is part of the exporter's
context, so that a phone and a lock of different versions share no key.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from certs import cbor
from devices.wire.errors import BadMessage
from devices.wire.fields import TIME, Field, code, octets, several, word

Order = Literal["unlock", "lock", "carry"]
CONTEXT: Final = b"lodgekey-offline-v1"
EAD_CREDENTIAL: Final = 65001  # EAD label of the key credential, private use
EXPORT_COMMAND, EXPORT_ANSWER = 201, 202  # exporter labels (RFC 9528 §10.1); lakers takes one byte
HOLDER_KID, LOCK_KID = b"\x2b", b"\x0a"  # roles, not identities: the credential, which is encrypted, holds the identity
KEY_LENGTH = 16
FAILED: Final = b"\x00"  # first byte of an unsealed refusal: FAILED + code; no EDHOC message begins with it
SEALED: Final = b"\x01"  # first byte of a sealed message, whose ciphertext could begin with any byte
MAX_CARRIED = 1024
READY, RESULT = 0, 1  # indexes of the lock's answers; the phone sends only one command
COMMAND = (
    Field(1, "order", word("unlock", "lock", "carry")),
    Field(2, "carried", octets(1, MAX_CARRIED), optional=True),
)
ANSWER = (
    Field(1, "outcome", word("done", "refused", "failed")),
    Field(2, "code", code, optional=True),
    Field(3, "bolt", word("locked", "locking", "unlocked", "unlocking", "jammed", "unknown")),
    Field(4, "at", TIME),
    Field(5, "nonce", octets(8, 32)),
    Field(6, "carried", several(octets(1, MAX_CARRIED), 8), optional=True),
)


@dataclass(frozen=True, slots=True)
class OfflineCommand:
    """The phone's command; `carried` is a command signed by the gateway, for a lock without a network."""

    order: Order
    carried: bytes | None = None


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """The result; `nonce` is what the next set_time must quote, `carried` are signed acks for the gateway."""

    outcome: Literal["done", "refused", "failed"]
    code: str | None
    bolt: str
    at: int
    nonce: bytes
    carried: tuple[bytes, ...] = ()


def seal_command(command: OfflineCommand, key: bytes) -> bytes:
    """Sealed bytes of a command."""
    return _seal(_present(command, COMMAND), key, 0)


def open_command(sealed: bytes, key: bytes) -> OfflineCommand:
    """The command; raises BadMessage for anything not sealed with this session's key."""
    found = _open(sealed, key, 0, COMMAND)
    if (found["order"] == "carry") != ("carried" in found):
        raise BadMessage("only what is carried is attached")
    return OfflineCommand(**found)


def seal_answer(answer: OfflineAnswer, key: bytes, place: int) -> bytes:
    """Sealed bytes of an answer; `place` is READY or RESULT, each once a session."""
    found = {**_present(answer, ANSWER), 6: list(answer.carried)}
    return _seal(found if answer.carried else _without(found, 6), key, place)


def open_answer(sealed: bytes, key: bytes, place: int) -> OfflineAnswer:
    """The answer; raises BadMessage."""
    found = _open(sealed, key, place, ANSWER)
    return OfflineAnswer(**{"code": None, **found, "carried": tuple(found.get("carried", ()))})


def edhoc_credential(public: ec.EllipticCurvePublicKey, kid: bytes) -> bytes:
    """CCS (RFC 9528 §3.5.2) of a key in a role, built identically by both ends."""
    numbers = public.public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    return cbor.encode({2: kid.hex(), 8: {1: {1: 2, 2: kid, -1: 1, -2: x, -3: y}}})


def failure(why: str) -> bytes:
    """An unsealed refusal, sent when there is no session key."""
    return FAILED + why.encode()


def failure_code(message: bytes) -> str | None:
    """The code of an unsealed refusal; None for any other message."""
    if message[:1] != FAILED:
        return None
    text = message[1:].decode("ascii", "replace")
    return text if code(text) else "unreadable"


def _seal(value: dict[int, Any], key: bytes, place: int) -> bytes:
    return SEALED + AESCCM(key, tag_length=8).encrypt(place.to_bytes(13, "big"), cbor.encode(value), CONTEXT)


def _open(sealed: bytes, key: bytes, place: int, fields: tuple[Field, ...]) -> dict[str, Any]:
    if sealed[:1] != SEALED:
        raise BadMessage("not a sealed message")
    try:
        value = cbor.decode(AESCCM(key, tag_length=8).decrypt(place.to_bytes(13, "big"), sealed[1:], CONTEXT))
    except (InvalidTag, ValueError) as error:
        raise BadMessage("not sealed in this session") from error
    known = {field.number: field for field in fields}
    if not isinstance(value, dict) or not known.keys() >= value.keys():
        raise BadMessage("an unknown field")
    for field in fields:
        present = field.number in value
        if (not present and not field.optional) or (present and not field.kind(value[field.number])):
            raise BadMessage(f"{field.name} is not what it may be")
    return {known[number].name: found for number, found in value.items()}


def _present(message: OfflineCommand | OfflineAnswer, fields: tuple[Field, ...]) -> dict[int, Any]:
    values = {field.number: getattr(message, field.name) for field in fields}
    return {number: value for number, value in values.items() if value is not None}


def _without(values: dict[int, Any], number: int) -> dict[int, Any]:
    return {found: value for found, value in values.items() if found != number}
