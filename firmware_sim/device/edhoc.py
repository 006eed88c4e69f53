"""EDHOC (RFC 9528, suite 2, static DH both ways) by lakers, with one exception for every failure.

lakers 0.6.2 panics on an empty message 3 and on calls out of order. A panic is not an Exception; it is converted to
HandshakeFailed here and nowhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from lakers import (  # type: ignore[import-untyped] # lakers ships no types
    Credential,
    CredentialTransfer,
    EADItem,
    EdhocInitiator,
    EdhocResponder,
)

from devices.wire.offline import (
    CONTEXT,
    EAD_CREDENTIAL,
    EXPORT_ANSWER,
    EXPORT_COMMAND,
    HOLDER_KID,
    KEY_LENGTH,
    LOCK_KID,
    edhoc_credential,
)

SHORTEST_MESSAGE_3 = 8 + 2  # a tag and at least one byte


class HandshakeFailed(Exception):
    """The peer failed authentication, or the bytes are not valid EDHOC."""


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """Keys of a finished handshake: one for the phone's command and one for the lock's answer."""

    command: bytes
    answer: bytes


class Responder:
    """The lock's side of one handshake; call order: hear_first, hear_third, prove."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._edhoc = EdhocResponder(_scalar(key), _credential(key.public_key(), LOCK_KID))

    def hear_first(self, message: bytes) -> bytes:
        """Process message 1; return message 2."""
        with _guarded():
            self._edhoc.process_message_1(message)
            return bytes(self._edhoc.prepare_message_2(CredentialTransfer.ByReference))

    def hear_third(self, message: bytes) -> bytes:
        """Process message 3; return its token, whose sender is not yet authenticated."""
        _require_sealed(message)
        with _guarded():
            _, items = self._edhoc.parse_message_3(message)
        for item in items:
            if item.label() == EAD_CREDENTIAL and item.is_critical():
                return bytes(item.value() or b"")
        raise HandshakeFailed("message 3 has no credential")

    def prove(self, holder: ec.EllipticCurvePublicKey) -> SessionKeys:
        """Authenticate message 3 as sent by the holder of this key; return the session keys."""
        with _guarded():
            self._edhoc.verify_message_3(_credential(holder, HOLDER_KID))
            self._edhoc.completed_without_message_4()
            return _export(self._edhoc)


class Initiator:
    """The phone's side of one handshake with a lock whose public key is known."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, lock: ec.EllipticCurvePublicKey) -> None:
        self._key, self._lock = key, lock
        self._edhoc = EdhocInitiator()

    def first(self) -> bytes:
        """Return message 1."""
        with _guarded():
            return bytes(self._edhoc.prepare_message_1())

    def third(self, message: bytes, token: bytes) -> bytes:
        """Process message 2 of this lock; return message 3 with the token."""
        with _guarded():
            self._edhoc.parse_message_2(message)
            own = _credential(self._key.public_key(), HOLDER_KID)
            self._edhoc.verify_message_2(_scalar(self._key), own, _credential(self._lock, LOCK_KID))
            items = [EADItem(EAD_CREDENTIAL, True, token)]
            third, _ = self._edhoc.prepare_message_3(CredentialTransfer.ByReference, items)
            self._edhoc.completed_without_message_4()
            return bytes(third)

    def keys(self) -> SessionKeys:
        """Return the session keys, after message 3."""
        with _guarded():
            return _export(self._edhoc)


def _export(edhoc: EdhocInitiator | EdhocResponder) -> SessionKeys:
    command, answer = (bytes(edhoc.edhoc_exporter(n, CONTEXT, KEY_LENGTH)) for n in (EXPORT_COMMAND, EXPORT_ANSWER))
    return SessionKeys(command, answer)


def _credential(public: ec.EllipticCurvePublicKey, kid: bytes) -> Credential:
    return Credential(edhoc_credential(public, kid))


def _scalar(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_numbers().private_value.to_bytes(32, "big")


def _require_sealed(message: bytes) -> None:
    try:
        sealed = cbor2.loads(message)
    except (cbor2.CBORError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
        raise HandshakeFailed("not a message 3") from error
    if not isinstance(sealed, bytes) or len(sealed) < SHORTEST_MESSAGE_3:
        raise HandshakeFailed("not a message 3")


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except (ValueError, RuntimeError) as error:
        raise HandshakeFailed(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise HandshakeFailed("lakers failed") from error
