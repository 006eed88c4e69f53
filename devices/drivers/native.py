"""Driver for Lodgekey's own locks and kiosks: commands signed by the gateway, answers signed by the device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from certs.errors import BadSignature
from devices.driver import Ability, LockAddress, Unable, Unreadable
from devices.intents import (
    DropKey,
    Install,
    Intent,
    LockDoor,
    PutCertificate,
    PutChunk,
    PutKey,
    PutManifest,
    PutSupport,
    PutTrust,
    ReadBack,
    Revoke,
    SetTime,
    Show,
    Unlock,
)
from devices.link import Link, Received
from devices.reports import Answered, Happened, Place, Reachable, Report, StateReported
from devices.wire.envelope import read_entry, read_state, sign_command
from devices.wire.errors import BadMessage
from devices.wire.messages import KIOSK_LIMIT, LOCK_LIMIT, Body, Command, Event

ONLINE = {
    b"1": True,
    b"0": False,
}  # the will's payload is 0; neither is signed, and neither says anything about the bolt

WORDS: Final[dict[type[Intent], tuple[str, dict[str, str]]]] = {
    Unlock: ("unlock", {"key": "key_id"}),
    LockDoor: ("lock", {}),
    PutKey: ("put_key", {"credential": "credential"}),
    DropKey: ("drop_key", {"key": "key_id"}),
    Revoke: ("revoke", {"epoch": "epoch", "keys": "keys", "codes": "codes", "once": "once"}),
    SetTime: ("set_time", {"now": "now", "nonce": "nonce"}),
    PutCertificate: ("put_certificate", {"chain": "chain"}),
    PutTrust: ("put_trust", {"anchors": "anchors"}),
    PutManifest: ("put_manifest", {"envelope": "envelope"}),
    PutChunk: ("put_chunk", {"image": "image", "offset": "offset", "data": "data"}),
    Install: ("install", {"image": "image"}),
    PutSupport: ("put_support", {"until": "until"}),
    ReadBack: ("read_back", {}),
}


class NativeDriver:
    """Speaks the wire protocol of devices.wire over any link."""

    name = "native"
    abilities = frozenset(Ability) - {Ability.PASSCODES}

    def __init__(
        self,
        link: Link,
        command_key: ec.EllipticCurvePrivateKey,
        public_key_of: Callable[[str], ec.EllipticCurvePublicKey | None],
        now: Callable[[], int],
    ) -> None:
        """`public_key_of` a device id returns None when no such device is in service."""
        self._link, self._command_key, self._public_key_of, self._now = link, command_key, public_key_of, now

    async def send(self, lock: LockAddress, intent: Intent) -> None:
        """Sign and publish the command; the answer comes over the link. Raises Unable, LinkDown."""
        now = self._now()
        if intent.expires_at <= now:
            raise Unable("expired")
        if not isinstance(intent, Show) and type(intent) not in WORDS:
            raise Unable("unknown_type")
        word, body = wire_words(intent)
        issued = intent.issued_at if isinstance(intent, Unlock | LockDoor) else None
        command = Command(
            intent.command_id, lock.device, word, now if issued is None else issued, intent.expires_at, body
        )
        limit = KIOSK_LIMIT if isinstance(intent, Show) else LOCK_LIMIT
        try:
            raw = sign_command(command, self._command_key, limit=limit)
        except BadMessage as error:
            raise Unable("malformed") from error
        await self._link.publish(lock.site, lock.device, raw, expires_in=intent.expires_at - now)

    def read(self, message: Received) -> Sequence[Report]:
        """One report per message. Raises Unreadable."""
        public = self._public_key_of(message.device)
        if public is None:
            raise Unreadable("unknown_device")
        if message.retained and message.channel in ("ack", "event"):
            raise Unreadable("retained")
        try:
            return [_report(message, public)]
        except (BadSignature, BadMessage) as error:
            raise Unreadable(error.code) from error


def wire_words(intent: Intent) -> tuple[str, Body]:
    """An intent as command type and body (devices.wire.catalog)."""
    if isinstance(intent, Show):
        return "show", dict(intent.body)
    word, fields = WORDS[type(intent)]
    body = {field: getattr(intent, name) for field, name in fields.items()}
    reported = {field: value for field, value in body.items() if value is not None}
    return word, {field: list(value) if isinstance(value, tuple) else value for field, value in reported.items()}


def _report(message: Received, public: ec.EllipticCurvePublicKey) -> Report:
    device = message.device
    match message.channel:
        case "ack" | "event":
            entry, digest = read_entry(message.channel, message.payload, public)
            place = None if entry.after is None or entry.prev is None else Place(digest, entry.after, entry.prev)
            if isinstance(entry, Event):
                return Happened(device, entry.seq, entry.at, entry.type, entry.body, place)
            return Answered(device, entry.command_id, entry.seq, entry.at, entry.outcome, entry.code, entry.body, place)
        case "state":
            return StateReported(device, read_state(message.payload, public))
        case "online" if message.payload in ONLINE:
            return Reachable(device, ONLINE[message.payload])
        case _:
            raise Unreadable("bad_message")
