"""Every message body: command, event and ack types with their numbers and fields (the protocol's tables)."""

from dataclasses import dataclass
from typing import Final

from devices.wire.fields import (
    EPOCH,
    ID,
    NONCE,
    PERCENT,
    TIME,
    Field,
    code,
    flag,
    octets,
    several,
    text,
    whole,
    word,
)
from devices.wire.firmware.manifest import MAX_IMAGE
from devices.wire.firmware.states import NEXT
from devices.wire.firmware.suit import MAX_ENVELOPE

MAX_KEYS: Final = 400  # 17 bytes each in a state message of 8 KiB
MAX_PEM: Final = 7000  # bytes of certificates in one command of 8 KiB
MAX_CHUNK: Final = 4096  # bytes of an image in one command
_BOLT: Final = word("locked", "locking", "unlocked", "unlocking", "jammed", "unknown")
_SEALED: Final = octets(82, 1024 * 1024)
_COUNT: Final = whole(0, 2**32 - 1)
_IMAGE: Final = octets(32, 32)  # SHA-256 of an image
_HELD: Final = whole(0, MAX_IMAGE)


@dataclass(frozen=True, slots=True)
class Shape:
    """One type's number on the wire and the fields of its body."""

    number: int
    fields: tuple[Field, ...] = ()


COMMANDS: Final[dict[str, Shape]] = {
    "unlock": Shape(1, (Field(1, "key", ID),)),
    "lock": Shape(2),
    "put_key": Shape(3, (Field(1, "credential", octets(1, 200)),)),
    "drop_key": Shape(4, (Field(1, "key", ID),)),
    "set_time": Shape(5, (Field(1, "now", TIME), Field(2, "nonce", NONCE))),
    "read_back": Shape(6),
    "revoke": Shape(
        7,
        (
            Field(1, "epoch", EPOCH),
            Field(2, "keys", several(ID, MAX_KEYS)),
            Field(3, "codes", EPOCH, optional=True),  # passcodes of an older epoch are invalid
            Field(4, "once", _COUNT, optional=True),  # one-time codes with a smaller number are invalid
        ),
    ),
    "put_certificate": Shape(8, (Field(1, "chain", octets(1, MAX_PEM)),)),
    "put_trust": Shape(9, (Field(1, "anchors", octets(1, MAX_PEM)),)),
    "put_manifest": Shape(10, (Field(1, "envelope", octets(1, MAX_ENVELOPE)),)),
    "put_chunk": Shape(
        11, (Field(1, "image", _IMAGE), Field(2, "offset", _HELD), Field(3, "data", octets(1, MAX_CHUNK)))
    ),
    "install": Shape(12, (Field(1, "image", _IMAGE),)),
    "put_support": Shape(13, (Field(1, "until", TIME),)),
    "show": Shape(
        16,
        (
            Field(1, "screen", code),
            Field(2, "lines", several(text(200), 12), optional=True),
            Field(3, "code", text(512), optional=True),
            Field(4, "registration", ID, optional=True),
            Field(5, "language", text(16), optional=True),
            Field(6, "challenge", text(64), optional=True),  # nonce, which the clip of these turns must quote
            Field(7, "turns", several(word("left", "right"), 8), optional=True),
            Field(8, "sealed", octets(82, 8 * 1024), optional=True),  # sealed to the key a kiosk made for one visit
            Field(9, "fields", several(text(60), 12), optional=True),  # what each of `lines` is about: "" is no field
        ),
    ),
}

EVENTS: Final[dict[str, Shape]] = {
    "unlocked": Shape(
        1,
        (
            Field(1, "key", ID, optional=True),
            Field(2, "means", word("gateway", "ble", "passcode", "knob")),
            Field(3, "command", ID, optional=True),
            Field(4, "window", several(whole(0, 2**32 - 1), 3), optional=True),  # passcode: first hour, hours, slot
            Field(5, "once", _COUNT, optional=True),  # one-time code: its number
        ),
    ),
    "locked": Shape(2, (Field(1, "means", word("gateway", "ble", "knob", "auto"), optional=True),)),
    "key_put": Shape(3, (Field(1, "key", ID),)),
    "key_dropped": Shape(4, (Field(1, "key", ID), Field(2, "reason", word("command", "revoked"), optional=True))),
    "refused": Shape(5, (Field(1, "code", code), Field(2, "command", ID, optional=True))),
    "battery": Shape(6, (Field(1, "percent", PERCENT),)),
    "jammed": Shape(7, (Field(1, "command", ID, optional=True),)),
    "door": Shape(8, (Field(1, "open", flag),)),
    "clock_lost": Shape(9),
    "booted": Shape(10, (Field(1, "nonce", NONCE), Field(2, "reset", flag, optional=True))),
    "revoked": Shape(11, (Field(1, "epoch", EPOCH),)),
    "certificate_wanted": Shape(12, (Field(1, "csr", octets(1, 1024)),)),
    "firmware": Shape(
        13, (Field(1, "state", word(*NEXT)), Field(2, "sequence", _COUNT), Field(3, "code", code, optional=True))
    ),
    "registration": Shape(16, (Field(1, "sealed", _SEALED), Field(2, "registration", ID))),
    "turns_wanted": Shape(17, (Field(1, "sealed", octets(82, 1024)), Field(2, "registration", ID))),
    "offer_shown": Shape(18, (Field(1, "sealed", octets(82, 1024)), Field(2, "registration", ID))),
}

# One body for all acks: the result or the present state. A refused command's ack has none.
ACK_BODY: Final = (
    Field(1, "bolt", _BOLT, optional=True),
    Field(2, "door", word("open", "closed", "unknown"), optional=True),
    Field(3, "battery", PERCENT, optional=True),
    Field(4, "keys", several(ID, MAX_KEYS), optional=True),
    Field(5, "epoch", EPOCH, optional=True),
    Field(6, "clock", word("set", "lost"), optional=True),
    Field(7, "drift", whole(-(2**32), 2**32), optional=True),
    Field(8, "codes", EPOCH, optional=True),
    Field(
        9, "trust", octets(16, 16), optional=True
    ),  # digest of the roots it trusts (certs.enrolment.renewal.trust_digest)
    Field(10, "certificate", octets(1, 20), optional=True),  # serial number of the one it presents, big-endian
    Field(11, "once", _COUNT, optional=True),  # the smallest number a one-time code may still have
    Field(12, "held", _HELD, optional=True),  # bytes of the announced image that it has
)

# Why a device did not execute a command. Refused: not attempted; failed: attempted.
REFUSALS: Final[dict[str, str]] = {
    "bad_signature": "The command is not signed by the gateway this device knows.",
    "malformed": "The command is signed but is none this device can read.",
    "wrong_device": "The command is for another device.",
    "unknown_type": "This device has no such ability.",
    "retained": "The broker kept the command and delivered it late.",
    "expired": "The command's time is over.",
    "not_yet": "The command claims to come from the future.",
    "replayed": "A command with this id but other content was done before.",
    "clock_lost": "The device does not know the time and cannot judge a window.",
    "stale_nonce": "The time was made for an earlier moment.",
    "time_went_back": "The time given is earlier than one this device was given before.",
    "unknown_key": "The key is not on this lock.",
    "key_not_yet": "The key's window has not begun.",
    "key_expired": "The key's window is over.",
    "key_revoked": "The key was revoked.",
    "wrong_lock": "The key is for another lock.",
    "bad_credential": "The key is not signed by the gateway this lock knows.",
    "stale_epoch": "A newer revocation list is already here.",
    "no_space": "The lock holds as many keys as it can.",
    "bad_certificate": "The certificate is not this device's, or leads to no root it trusts.",
    "bad_manifest": "The manifest is not one of the publisher this device knows, or has another form.",
    "wrong_model": "The firmware is for another model.",
    "old_firmware": "The firmware's sequence number is not above this device's counter.",
    "wrong_image": "The image is not the one that was announced, or is not complete.",
    "bad_image": "The image's digest is not that of its manifest.",
    "storage_full": "There is no room for the image.",
    "busy": "The door is open or unlocked, or firmware is being installed.",
    "battery_low": "The battery is too low to install firmware.",
    "self_check_failed": "The new firmware did not pass its check of itself.",
    "no_link": "The new firmware did not reach the gateway in time.",
    "bad_handshake": "Someone near the lock tried to open it without a key of this gateway.",
    "bad_passcode": "Wrong passcodes were tried; the keypad pauses.",
    "jammed": "The bolt did not move.",
    "battery_empty": "The battery cannot move the bolt.",
    "interrupted": "The device lost power while it acted; what the bolt did is unknown.",
}
