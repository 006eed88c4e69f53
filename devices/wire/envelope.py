"""Signed messages: COSE_Sign1 whose external data is the channel's name, so that an ack cannot pass as an event.

Each `read_` raises certs.errors.BadSignature for messages the key did not sign for this channel, and BadMessage for
signed messages that cannot be decoded. The size limit is checked before anything else.
"""

from collections.abc import Callable
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec

from certs.cose import sign1, verify1
from devices.wire import codec
from devices.wire.chain import entry_digest
from devices.wire.errors import BadMessage
from devices.wire.messages import KIOSK_LIMIT, LOCK_LIMIT, Ack, Command, Event, State
from devices.wire.topics import Channel

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey


def sign_command(command: Command, key: PrivateKey, *, limit: int = LOCK_LIMIT) -> bytes:
    """A command as published to `…/cmd`."""
    return _sign("cmd", codec.encode_command(command), key, limit)


def read_command(raw: bytes, public: PublicKey, *, limit: int = LOCK_LIMIT) -> Command:
    """The command the gateway signed."""
    return codec.decode_command(_verify("cmd", raw, public, limit))


def sign_ack(ack: Ack, key: PrivateKey) -> bytes:
    """An ack as published to `…/ack`."""
    return _sign("ack", codec.encode_ack(ack), key, LOCK_LIMIT)


def read_ack(raw: bytes, public: PublicKey) -> Ack:
    """The ack the device signed."""
    return codec.decode_ack(_verify("ack", raw, public, LOCK_LIMIT))


def sign_event(event: Event, key: PrivateKey, *, limit: int = LOCK_LIMIT) -> bytes:
    """An event as published to `…/event`; a kiosk's registrations need KIOSK_LIMIT."""
    return _sign("event", codec.encode_event(event), key, limit)


def read_event(raw: bytes, public: PublicKey, *, limit: int = KIOSK_LIMIT) -> Event:
    """The event the device signed; pass LOCK_LIMIT where the device is known to be a lock."""
    return codec.decode_event(_verify("event", raw, public, limit))


def read_entry(channel: Literal["ack", "event"], raw: bytes, public: PublicKey) -> tuple[Ack | Event, bytes]:
    """An entry of a device's log, and its digest."""
    payload = _verify(channel, raw, public, LOCK_LIMIT if channel == "ack" else KIOSK_LIMIT)
    read: Callable[[bytes], Ack | Event] = codec.decode_ack if channel == "ack" else codec.decode_event
    return read(payload), entry_digest(channel, payload)


def sign_state(state: State, key: PrivateKey) -> bytes:
    """A state as published to `…/state`."""
    return _sign("state", codec.encode_state(state), key, LOCK_LIMIT)


def read_state(raw: bytes, public: PublicKey) -> State:
    """The state the device signed."""
    return codec.decode_state(_verify("state", raw, public, LOCK_LIMIT))


def _sign(channel: Channel, payload: bytes, key: PrivateKey, limit: int) -> bytes:
    raw = sign1(payload, key, external_aad=channel.encode())
    if len(raw) > limit:
        raise BadMessage("too long for this device")
    return raw


def _verify(channel: Channel, raw: bytes, public: PublicKey, limit: int) -> bytes:
    if len(raw) > limit:
        raise BadMessage("too long")
    return verify1(raw, public, external_aad=channel.encode())
