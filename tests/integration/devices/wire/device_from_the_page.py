"""Common part of lock and kiosk, written from docs/wire-protocol.md alone. Sections (§) are those of the page."""

import base64
import hashlib
import json
import os
import secrets
import ssl
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import cbor2
from cryptography import exceptions, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as files
from cryptography.hazmat.primitives.asymmetric import ec, utils
from paho.mqtt import client as mqtt
from paho.mqtt import enums, packettypes, properties, subscribeoptions

ES256, HEADER = ec.ECDSA(hashes.SHA256()), bytes.fromhex("a10126")
UNLOCK, LOCK, PUT_KEY, DROP_KEY, SET_TIME, READ_BACK, REVOKE, PUT_CERTIFICATE, PUT_TRUST, SHOW = *range(1, 10), 16
BODIES: dict[int, dict[int, type]] = {
    UNLOCK: {1: bytes}, LOCK: {}, PUT_KEY: {1: bytes}, DROP_KEY: {1: bytes}, SET_TIME: {1: int, 2: bytes},
    READ_BACK: {}, REVOKE: {1: int, 2: list, 3: int, 4: int}, PUT_CERTIFICATE: {1: bytes}, PUT_TRUST: {1: bytes},
    SHOW: {1: str, 2: list, 3: str, 4: bytes, 5: str, 6: str, 7: list, 8: bytes},
}  # fmt: skip
NEEDED = {SHOW: {1}, SET_TIME: {1, 2}, REVOKE: {1, 2}}
EVENT_REFUSED, EVENT_BOOTED = 5, 10
FRESH = {"used": {}, "keys": {}, "barred": {}, "waiting": [], "head": [0, "00" * 16], "seq": 0} | dict.fromkeys(
    ("floor", "highest", "epoch", "codes", "once"), 0
)
Fields = dict[int, Any]
Events = list[tuple[int, dict[int, Any]]]
Done = tuple[Fields, Events]  # body of the ack, events


def encode(value: Any) -> bytes:
    """§3"""
    return cbor2.dumps(value, canonical=True)


def sign(payload: bytes, key: Any, aad: bytes) -> bytes:
    """§3.1"""
    r, s = utils.decode_dss_signature(key.sign(encode(["Signature1", HEADER, aad, payload]), ES256))
    return b"\xd2" + encode([HEADER, {}, payload, r.to_bytes(32, "big") + s.to_bytes(32, "big")])


def verify(raw: bytes, public: ec.EllipticCurvePublicKey, aad: bytes, limit: int = 8192) -> bytes:
    """§3.1; ValueError, TypeError or InvalidSignature."""
    protected, named, payload, signature = parts = cbor2.loads(raw[1:])
    if len(raw) > limit or raw != b"\xd2" + encode(parts) or protected != HEADER or set(named) - {4}:
        raise ValueError("not a signed message")
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:64]))
    public.verify(utils.encode_dss_signature(r, s), encode(["Signature1", HEADER, aad, payload]), ES256)
    return bytes(payload)


class Refusal(Exception):
    """A command is refused, with this code."""


def is_command(found: Any) -> bool:
    """§5.1, as far as this device has to check it."""
    head = {0: int, 1: bytes, 2: str, 3: int, 4: int, 5: int, 6: dict}
    if type(found) is not dict or {key: type(value) for key, value in found.items()} != head or found[0] != 1:
        return False
    kind, body = found[3], {key: type(value) for key, value in found[6].items()}
    known = BODIES.get(kind, {})
    return (
        len(found[1]) == 16
        and kind in BODIES
        and body.items() <= known.items()
        and (NEEDED.get(kind, known.keys()) <= body.keys())
    )


class PageDevice:
    """One device; `protocol` is paho's constant for MQTT 5 or 3.1.1, `abilities` maps commands to their handlers."""

    limit = 8192

    def __init__(self, folder: Path, permit_file: Path, protocol: int) -> None:
        self.folder, self.given, self.five = folder, json.loads(permit_file.read_text()), protocol == mqtt.MQTTv5
        self.site, self.device = self.given["site"], self.given["device"]
        self.topic = f"lodgekey/v1/{self.site}/{self.device}"
        self.received, self.said = list[bytes](), list[bytes]()
        self.memory = json.loads(json.dumps(FRESH))
        self.gate, self.in_flight, self.acked = threading.RLock(), dict[int, int](), deque[int]()
        self.abilities: dict[int, Callable[[Fields, Fields], Done]] = {
            SET_TIME: self.set_time, PUT_CERTIFICATE: self.put_certificate, PUT_TRUST: self.put_trust,
            READ_BACK: lambda _body, _command: (self.found(), []),
        }  # fmt: skip
        self.offset: int | None = None
        self.file, self.key = folder / "memory.json", cast("Any", None)
        folder.mkdir(parents=True, exist_ok=True)

    def gateway(self, name: str) -> ec.EllipticCurvePublicKey:
        """§2: one of the gateway's four keys."""
        x, y = (base64.urlsafe_b64decode(self.given["gateway"][name][part] + "=") for part in ("x", "y"))
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)

    def enrol(self) -> None:
        """§14.1"""
        key, plain = ec.generate_private_key(ec.SECP256R1()), (files.PrivateFormat.PKCS8, files.NoEncryption())
        (self.folder / "key.pem").write_bytes(key.private_bytes(files.Encoding.PEM, *plain))
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.device)])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        permit = x509.load_pem_x509_certificate(self.given["claim"].encode())
        said = encode({1: request.public_bytes(files.Encoding.DER), 2: permit.public_bytes(files.Encoding.DER)})
        by = files.load_pem_private_key(self.given["claim_key"].encode(), None)
        posted = base64.b64encode(sign(said, by, b"lodgekey-enrolment-v1")).decode()
        address, head = self.given["url"] + "/api/v1/enrolments", {"Content-Type": "application/json"}
        asked = urllib.request.Request(address, json.dumps({"enrolment": posted}).encode(), head)
        with urllib.request.urlopen(asked) as answer:
            chain = json.load(answer)["chain"]
        self.key = key
        self.present(chain)
        (self.folder / "ca.pem").write_text(self.given["anchors"])

    def present(self, chain: str) -> None:
        """§14.1, §14.2; ValueError."""
        leaf = x509.load_pem_x509_certificate(chain.encode())
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        own = x509.UniformResourceIdentifier(f"urn:lodgekey:{self.given['kind']}:{self.site}:{self.device}")
        if leaf.public_key() != self.key.public_key() or list(names) != [own]:
            raise ValueError("another device's certificate")
        (self.folder / "cert.pem").write_text(chain)

    def start(self) -> None:
        """Power up (§8) and connect (§4)."""
        self.key = files.load_pem_private_key((self.folder / "key.pem").read_bytes(), None)
        self.offset, self.memory = None, json.loads(self.file.read_text()) if self.file.exists() else self.memory
        self.new_nonce()
        five, tls = self.five, ssl.create_default_context(cafile=self.folder / "ca.pem")
        tls.load_cert_chain(self.folder / "cert.pem", self.folder / "key.pem")
        make = {"protocol": mqtt.MQTTv5} if five else {"protocol": mqtt.MQTTv311, "clean_session": True}
        self.client = mqtt.Client(enums.CallbackAPIVersion.VERSION2, self.device, **make)
        self.client.tls_set_context(tls)
        self.client.will_set(self.topic + "/online", b"0", qos=1)
        self.client.on_connect, self.client.on_message, self.client.on_publish = self.came, self.got, self.taken
        for name in [name for name, (_, _, ack) in self.memory["used"].items() if ack is None]:
            self.answer(bytes.fromhex(name), "failed", "interrupted", self.sensed(), [])
        self.report([(EVENT_BOOTED, {1: self.nonce})])
        lasting: Any = properties.Properties(packettypes.PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        lasting.SessionExpiryInterval = 120
        more: dict[str, Any] = {"clean_start": False, "properties": lasting} if five else {}
        self.client.connect(self.given["broker"]["host"], self.given["broker"]["port"], 20, **more)
        self.client.loop_start()

    def stop(self) -> None:
        """Cut the power."""
        self.client.disconnect()
        self.client.loop_stop()

    def came(self, *_: Any) -> None:
        """§4: messages after each connect, in this order."""
        with self.gate:
            options = subscribeoptions.SubscribeOptions(1, retainAsPublished=True)
            cmd = self.topic + "/cmd"
            self.client.subscribe((cmd, options) if self.five else (cmd, 1))
            self.client.publish(self.topic + "/online", b"1", 1)
            self.say_state()
            for seq, channel, raw in self.memory["waiting"]:
                self.say(channel, bytes.fromhex(raw), seq)

    def got(self, _c: Any, _u: Any, message: mqtt.MQTTMessage) -> None:
        """§6"""
        with self.gate:
            self.received.append(bytes(message.payload))
            self.judge(bytes(message.payload), message.retain)

    def taken(self, _c: Any, _u: Any, mid: int, *_: Any) -> None:
        """§4: PUBACK received; the deletion is stored with the next write. paho holds a lock here, so this must not
        block.
        """
        self.acked.append(mid)

    def judge(self, raw: bytes, retained: bool) -> None:
        """§6"""
        if len(raw) > self.limit:
            return self.report([(EVENT_REFUSED, {1: "malformed"})])
        try:
            payload = verify(raw, self.gateway("command"), b"cmd", self.limit)
        except (ValueError, TypeError, exceptions.InvalidSignature):
            return self.report([(EVENT_REFUSED, {1: "bad_signature"})])
        command = cbor2.loads(payload)
        if payload != encode(command) or not is_command(command):
            return self.report([(EVENT_REFUSED, {1: "malformed"})])
        name, digest, other = command[1].hex(), hashlib.sha256(payload).hexdigest(), command[2] != self.device
        used = self.memory["used"].get(name)
        if other or (used and used[0] != digest):
            return self.report([(EVENT_REFUSED, {1: "wrong_device" if other else "replayed", 2: command[1]})])
        if used:
            return self.say("ack", bytes.fromhex(used[2])) if used[2] else None
        self.memory["used"][name] = [digest, command[5], None]
        try:
            self.refuse_early(command, retained)
            body, events = self.abilities[command[3]](command[6], command)
            self.answer(command[1], "done", None, body, events)
        except Refusal as refusal:
            events = [(EVENT_REFUSED, {1: str(refusal), 2: command[1]})]
            self.answer(command[1], "refused", str(refusal), {}, events)
        return self.say_state() if command[3] == READ_BACK else None

    def refuse_early(self, command: Fields, retained: bool) -> None:
        """§6, checks 5 to 7; §10."""
        kind, body, known = command[3], command[6], self.offset is not None
        if retained or kind not in self.abilities:
            raise Refusal("retained" if retained else "unknown_type")
        if kind == SET_TIME and (body[2] != self.nonce or time.monotonic() - self.nonce_at > 30):
            raise Refusal("stale_nonce")
        if kind == SET_TIME and body[1] < self.memory["highest"] - 300:
            raise Refusal("time_went_back")
        if not known and kind not in (SET_TIME, READ_BACK, REVOKE):
            raise Refusal("clock_lost")
        late = self.now() >= command[5] or command[4] < self.memory["floor"]
        if known and kind != SET_TIME and (late or command[4] > self.now() + 60):
            raise Refusal("expired" if late else "not_yet")
        if kind in (UNLOCK, LOCK, PUT_KEY, DROP_KEY):
            self.memory["highest"] = max(self.memory["highest"], command[4])

    # §10
    def now(self) -> int:
        """UTC seconds, or the highest time while the clock is not set."""
        return int(self.memory["highest"]) if self.offset is None else int(time.monotonic()) + self.offset

    def new_nonce(self) -> None:
        """Only the answer to this nonce sets the clock from now on."""
        self.nonce, self.nonce_at = secrets.token_bytes(16), time.monotonic()

    def set_time(self, body: Fields, command: Fields) -> Done:
        """§7"""
        drift = body[1] - self.now() if self.offset is not None else 0
        if self.memory["highest"] == 0:
            self.memory["floor"] = command[4]
        self.offset, self.memory["highest"] = body[1] - int(time.monotonic()), max(self.memory["highest"], body[1])
        self.new_nonce()
        return {6: "set", 7: drift}, []

    # §14
    def put_certificate(self, body: Fields, _command: Fields) -> Done:
        """Used from the next connection on."""
        try:
            self.present(body[1].decode())
        except ValueError:
            raise Refusal("bad_certificate") from None
        return {10: self.found()[10]}, []

    def put_trust(self, body: Fields, _command: Fields) -> Done:
        """Used from the next connection on."""
        try:
            roots = x509.load_pem_x509_certificates(body[1])
            if not all(root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca for root in roots):
                raise Refusal("bad_certificate")
        except (ValueError, x509.ExtensionNotFound):
            raise Refusal("bad_certificate") from None
        (self.folder / "ca.pem").write_bytes(body[1])
        return {9: self.found()[9]}, []

    # messages published
    def sensed(self) -> Fields:
        """State of the bolt for an ack, if there is a bolt."""
        return {}

    def found(self) -> Fields:
        """Body of the answer to read_back."""
        roots = x509.load_pem_x509_certificates((self.folder / "ca.pem").read_bytes())
        trust = hashlib.sha256(b"".join(sorted(root.public_bytes(files.Encoding.DER) for root in roots))).digest()[:16]
        serial = x509.load_pem_x509_certificate((self.folder / "cert.pem").read_bytes()).serial_number
        clock = "lost" if self.offset is None else "set"
        return {6: clock, 9: trust, 10: serial.to_bytes((serial.bit_length() + 7) // 8, "big")}

    def state(self) -> Fields:
        """§5.4, for a kiosk."""
        return {4: "unknown", 5: "unknown", 6: None, 7: [], 10: 0, 11: "page-kiosk 1"}

    def say_state(self) -> None:
        """§5.4"""
        if time.monotonic() - self.nonce_at > 30:
            self.new_nonce()
        clock, waiting = "lost" if self.offset is None else "set", len(self.memory["waiting"])
        said = {0: 1, 2: self.next_seq(), 3: self.now(), 8: clock, 9: self.nonce, 12: waiting} | self.state()
        self.say("state", sign(encode(said), self.key, b"state"))

    def answer(self, name: bytes, outcome: str, code: str | None, body: Fields, events: Events) -> None:
        """§7: answer and events are stored in one write before they are published."""
        ack = self.entry("ack", {1: name, 4: outcome, 6: body} | ({5: code} if code else {}))
        self.memory["used"][name.hex()][2] = ack[2]
        self.send([ack, *(self.entry("event", {4: kind, 6: about}) for kind, about in events)])

    def report(self, events: Events) -> None:
        """Record an event."""
        with self.gate:
            self.send([self.entry("event", {4: kind, 6: about}) for kind, about in events])

    def place(self) -> Fields:
        """§9: sequence number and previous digest of the next log entry; none for a kiosk."""
        return {}

    def entry(self, channel: str, fields: Fields) -> list[Any]:
        """§5.2, §5.3"""
        payload = encode({0: 1, 2: self.next_seq(), 3: self.now()} | self.place() | fields)
        digest = hashlib.sha256(channel.encode() + b"\0" + payload).hexdigest()[:32]
        self.memory["head"] = [self.memory["seq"], digest]
        return [self.memory["seq"], channel, sign(payload, self.key, channel.encode()).hex()]

    def next_seq(self) -> int:
        """§5.5"""
        self.memory["seq"] += 1
        self.save()
        return int(self.memory["seq"])

    def send(self, entries: list[list[Any]]) -> None:
        """Store, then publish."""
        self.memory["waiting"] += entries
        self.save()
        for seq, channel, raw in entries:
            self.say(channel, bytes.fromhex(raw), seq)

    def say(self, channel: str, raw: bytes, seq: int = 0) -> None:
        """§4"""
        if self.client.is_connected():
            self.said.append(raw)
            self.in_flight[self.client.publish(f"{self.topic}/{channel}", raw, 1).mid] = seq

    def save(self) -> None:
        """§8"""
        gone = {self.in_flight.pop(self.acked.popleft(), 0) for _ in range(len(self.acked))}
        self.memory["waiting"] = [entry for entry in self.memory["waiting"] if entry[0] not in gone]
        with (self.folder / "draft").open("w") as draft:
            json.dump(self.memory, draft)
            draft.flush()
            os.fsync(draft.fileno())
        (self.folder / "draft").replace(self.file)
