"""Computes the test vectors of docs/wire-protocol.md from fixed private keys."""

import hashlib
import hmac
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from certs import cose
from certs.agreement import passcode_secret
from certs.authority import profiles
from certs.credential import KeyCredential, issue_credential
from certs.enrolment.renewal import renewal_time
from certs.keys import compressed_point, key_id
from certs.sealing import open_sealed, registration_context
from devices.wire import offline
from devices.wire.ble.fragments import split
from devices.wire.ble.gatt import BleMessage, Kind, tag_of
from devices.wire.chain import Head, entry_digest
from devices.wire.codec import encode_ack, encode_command, encode_event, encode_state
from devices.wire.envelope import sign_ack, sign_command, sign_event, sign_state
from devices.wire.kiosk.offer_code import code_of
from devices.wire.kiosk.registration import KioskRegistration, encode_registration
from devices.wire.messages import Ack, Command, Event, State
from devices.wire.passcode import Window, once_code, window_code
from tests.architecture.wire.edhoc_from_the_page import LockSide, PhoneSide

SITE, LOCK, KIOSK = "house-1", "lock-101", "kiosk-gate"
NOW: Final = 1_790_000_000
SEALED: Final = bytes.fromhex(
    "044b919176d47f068405b7e1a21e91aeac95a1bda51891476972e5b2c0ce85f54ad7ab4513f1c407abbede855e68d326c5cf"
    "df26270ccbf9741edefbe212b71b2d17358f9e29839d4269dfec9857e55f16bc058b5ae03e124ca0aa3d5c4f14ab5921bfbb"
    "d8cf3ecf21214e93aa63c6c0f34c5c47ef9cb96da4a2503efcb7b69765735c1bd5d28c8694449be178d7f48756ee99f0dbb4"
    "f79e721f8ecaa7fbc1a1d02aacab9d2b769166af27659abb47ac787ba377aca70d31e7a5ead829c729fc643dac83858e8e2b"
    "972c2889f62b8f250e842e3f562d86976ea5c6f17eedb7b5314211552b60b494dc79b95d46998482"
)
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # order of P-256's group
OWNERS: Final = ("command", "credential", "intake", "passcode", "lock", "holder", "phone ephemeral", "lock ephemeral")
Private = ec.EllipticCurvePrivateKey
Vectors = Mapping[str, Any]


class SteadyKey:
    """A private key with deterministic signatures (RFC 6979)."""

    def __init__(self, key: Private) -> None:
        self._key = key

    def sign(self, data: bytes, _algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """DER signature, ECDSA with SHA-256."""
        return self._key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public key."""
        return self._key.public_key()


def scalar_of(owner: str) -> int:
    """Private scalar of this owner."""
    return int.from_bytes(hashlib.sha256(f"lodgekey test vector {owner}".encode()).digest(), "big") % ORDER


def key_of(owner: str) -> Private:
    """Key pair of this owner."""
    return ec.derive_private_key(scalar_of(owner), ec.SECP256R1())


def steady(owner: str) -> Private:
    """Key pair of this owner, with deterministic signatures."""
    return cast("Private", SteadyKey(key_of(owner)))


def numbered(first: int) -> bytes:
    """16 easily recognised bytes: first, first + 1, …"""
    return bytes(range(first, first + 16))


UNLOCK: Final = Command(numbered(0x00), LOCK, "unlock", NOW, NOW + 10, {"key": numbered(0x10)})
BOOTED: Final = Event(1, NOW - 60, "booted", {"nonce": numbered(0x20)}, 0, bytes(16))
STATE: Final = State(
    2, NOW - 60, "locked", "closed", 80, (numbered(0x10),), "lost", numbered(0x20), 3, "example-lock 1.0", 1
)


def credential() -> bytes:
    """Credential of the unlock command's key."""
    held = KeyCredential(numbered(0x10), LOCK, key_of("holder").public_key(), NOW - 3600, NOW + 86_400)
    return issue_credential(held, steady("credential"))


def log() -> tuple[Ack, Event]:
    """Answers to the unlock command, as log entries after `booted`."""
    booted = Head(BOOTED.seq, entry_digest("event", encode_event(BOOTED)))
    ack = Ack(UNLOCK.id, 3, NOW + 1, "done", None, {"bolt": "unlocked"}, booted.seq, booted.digest)
    body = {"key": numbered(0x10), "means": "gateway", "command": UNLOCK.id}
    event = Event(4, NOW + 1, "unlocked", body, ack.seq, entry_digest("ack", encode_ack(ack)))
    return ack, event


def key_vectors() -> Vectors:
    """Private scalar and public point of each owner."""
    found: dict[str, Any] = {}
    for owner in OWNERS:
        numbers = key_of(owner).public_key().public_numbers()
        found[f"{owner} private key"] = scalar_of(owner).to_bytes(32, "big")
        found[f"{owner} public key"] = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    return found | {"key id of credential": key_id(key_of("credential").public_key())}


def command_vectors() -> Vectors:
    """A command, its signed bytes and its published form; then the same with the signature's twin (r, n - s)."""
    payload, message = encode_command(UNLOCK), sign_command(UNLOCK, steady("command"))
    twin = (ORDER - int.from_bytes(message[-32:], "big")).to_bytes(32, "big")
    return {
        "unlock payload": payload,
        "unlock signed bytes": cbor2.dumps(["Signature1", cose.PROTECTED, b"cmd", payload]),
        "unlock message": message,
        "unlock message with the signature's twin": message[:-32] + twin,
        "unlock digest to store": hashlib.sha256(payload).digest(),
    }


def credential_vectors() -> Vectors:
    """A CWT, and the command that delivers it."""
    raw = credential()
    put = Command(numbered(0x30), LOCK, "put_key", NOW, NOW + 3600, {"credential": raw})
    return {
        "credential payload": cose.payload_unverified(raw),
        "credential": raw,
        "put_key message": sign_command(put, steady("command")),
    }


def log_vectors() -> Vectors:
    """Three log entries, each with its digest."""
    ack, event = log()
    return {
        "booted payload": encode_event(BOOTED),
        "booted message": sign_event(BOOTED, steady("lock")),
        "booted digest": entry_digest("event", encode_event(BOOTED)),
        "ack payload": encode_ack(ack),
        "ack message": sign_ack(ack, steady("lock")),
        "ack digest": entry_digest("ack", encode_ack(ack)),
        "unlocked payload": encode_event(event),
        "unlocked message": sign_event(event, steady("lock")),
        "unlocked digest": entry_digest("event", encode_event(event)),
    }


def state_vectors() -> Vectors:
    """A state, the set_time command with its nonce, a revocation list."""
    time = Command(numbered(0x40), LOCK, "set_time", NOW, NOW + 10, {"now": NOW, "nonce": STATE.nonce})
    body = {"epoch": 4, "keys": [numbered(0x50), numbered(0x60)], "codes": 2, "once": 7}
    revoke = Command(numbered(0x70), LOCK, "revoke", NOW, NOW + 3600, body)
    return {
        "state payload": encode_state(STATE),
        "state message": sign_state(STATE, steady("lock")),
        "set_time message": sign_command(time, steady("command")),
        "revoke message": sign_command(revoke, steady("command")),
    }


def passcode_vectors() -> Vectors:
    """A shared secret as both ends compute it, a window code step by step, a one-time code."""
    lock, gateway = key_of("lock"), key_of("passcode")
    secret = passcode_secret(lock, gateway.public_key(), LOCK)
    window = Window(NOW // 3600, 48, 1)
    asked = b"window" + struct.pack(">4I", 2, window.first, window.hours, window.slot)
    return {
        "shared": lock.exchange(ec.ECDH(), gateway.public_key()),
        "secret": secret,
        "epoch": 2,
        "first": window.first,
        "hours": window.hours,
        "slot": window.slot,
        "window input": asked,
        "window mac": hmac.digest(secret, asked, "sha256"),
        "window code": window_code(secret, 2, window),
        "once number": 7,
        "once code": once_code(secret, 2, 7),
    }


def frame_vectors() -> Vectors:
    """An advertisement, and a message in fragments."""
    tag, message = tag_of(LOCK), BleMessage(Kind.STATE, 7, sign_state(STATE, steady("lock"))).to_bytes()
    pieces = {f"fragment {place}": piece for place, piece in enumerate(split(message, 60))}
    return {"tag of lock-101": tag, "message": message} | pieces


def phone_vectors() -> Vectors:
    """A whole session between a phone and the lock."""
    phone = PhoneSide(key_of("holder"), key_of("phone ephemeral"), key_of("lock").public_key())
    lock = LockSide(key_of("lock"), key_of("lock ephemeral"))
    second = lock.second(phone.first())
    third, (command_key, answer_key) = phone.third(second, credential())
    ready = offline.OfflineAnswer("done", None, "locked", NOW, numbered(0x20))
    result = offline.OfflineAnswer("done", None, "unlocked", NOW + 1, numbered(0x20))
    return {
        "CRED_R": offline.edhoc_credential(key_of("lock").public_key(), offline.LOCK_KID),
        "CRED_I": offline.edhoc_credential(key_of("holder").public_key(), offline.HOLDER_KID),
        "message 1": phone.first(),
        "message 2": second,
        "message 3": third,
        "command key": command_key,
        "answer key": answer_key,
        "ready answer": offline.seal_answer(ready, answer_key, offline.READY),
        "sealed unlock": offline.seal_command(offline.OfflineCommand("unlock"), command_key),
        "result": offline.seal_answer(result, answer_key, offline.RESULT),
        "refusal without a seal": offline.failure("key_expired"),
    }


def seal_vectors() -> Vectors:
    """A registration before and after sealing; sealing is random, so the result is stored."""
    form = KioskRegistration(
        numbered(0x30),
        code_of(numbered(0x40)),
        {"name": "Anna Voorbeeld", "birth_date": "1985-03-03"},
        {"registration": True, "face": False, "text_version": "1"},
        "en",
        document=bytes.fromhex("ffd8ffe0"),
        holder_key=compressed_point(key_of("holder").public_key()),
    )
    info = registration_context(SITE, KIOSK)
    if open_sealed(SEALED, key_of("intake"), context=info) != encode_registration(form):
        raise ValueError("the stored sealed example is of another registration; seal it again")
    return {
        "typed code": form.offer_token,
        "registration": encode_registration(form),
        "info": info,
        "sealed": SEALED,
    }


def renewal_vectors() -> Vectors:
    """When the lock's certificate is due for renewal."""
    authority, own = key_of("command"), key_of("lock").public_key()
    issuer = profiles.Issuer(profiles.root_certificate(authority, NOW, 1), authority)
    made = profiles.device_certificate(issuer, own, SITE, LOCK, kind="lock", now=NOW, days=90)
    return {
        "key id of lock": key_id(own),
        "notBefore": int(made.not_valid_before_utc.timestamp()),
        "notAfter": int(made.not_valid_after_utc.timestamp()),
        "renew": renewal_time(made, own),
    }


VECTORS: Final[dict[str, Callable[[], Vectors]]] = {
    "keys": key_vectors,
    "command": command_vectors,
    "credential": credential_vectors,
    "log": log_vectors,
    "state": state_vectors,
    "passcode": passcode_vectors,
    "renewal": renewal_vectors,
    "frames": frame_vectors,
    "phone": phone_vectors,
    "seal": seal_vectors,
}
