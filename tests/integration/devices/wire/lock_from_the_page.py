"""A lock written from docs/wire-protocol.md alone; imports no product code. Sections (§) are those of the page."""

from pathlib import Path

import cbor2
from cryptography import exceptions
from cryptography.hazmat.primitives.asymmetric import ec

from tests.integration.devices.wire import device_from_the_page as page
from tests.integration.devices.wire.device_from_the_page import Done, Fields, PageDevice, Refusal, encode, verify

UNLOCKED, LOCKED, KEY_PUT, KEY_DROPPED, REVOKED = 1, 2, 3, 4, 11


class PageLock(PageDevice):
    """A lock whose bolt never jams, without keypad and Bluetooth; `moved` lists the bolt's movements."""

    def __init__(self, folder: Path, permit_file: Path, protocol: int) -> None:
        super().__init__(folder, permit_file, protocol)
        self.bolt, self.moved = "locked", list[str]()
        self.abilities |= {
            page.UNLOCK: self.unlock, page.LOCK: self.lock, page.PUT_KEY: self.put_key,
            page.DROP_KEY: self.drop_key, page.REVOKE: self.revoke,
        }  # fmt: skip

    # §7: the bolt
    def unlock(self, body: Fields, command: Fields) -> Done:
        """Unlock for the holder of a stored key."""
        key = body[1].hex()
        if self.memory["barred"].get(key) == "revoked":
            raise Refusal("key_revoked")
        if key not in self.memory["keys"]:
            raise Refusal("unknown_key")
        self.judge_claims(self.read(bytes.fromhex(self.memory["keys"][key])))
        self.move("unlocked")
        return self.sensed(), [(UNLOCKED, {1: body[1], 2: "gateway", 3: command[1]})]

    def lock(self, _body: Fields, _command: Fields) -> Done:
        """Extend the bolt."""
        self.move("locked")
        return self.sensed(), [(LOCKED, {1: "gateway"})]

    def move(self, to: str) -> None:
        """Store the command's id before the bolt moves, so that the command is never executed twice."""
        self.save()
        self.bolt = to
        self.moved.append(to)

    def open_by_hand(self) -> None:
        """Someone inside opens the door."""
        with self.gate:
            self.bolt = "unlocked"
            self.report([(UNLOCKED, {2: "knob"})])

    # §11: keys
    def read(self, raw: bytes) -> Fields:
        """Claims of a credential signed by this gateway."""
        try:
            claims = cbor2.loads(payload := verify(raw, self.gateway("credential"), b"", limit=200))
            key = claims[8][1]
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes([2 + key[-3]]) + key[-2])
        except (ValueError, TypeError, KeyError, exceptions.InvalidSignature):
            raise Refusal("bad_credential") from None
        right = (set(claims), claims[8].keys(), set(key)) == ({3, 4, 5, 7, 8}, {1}, {1, -1, -2, -3})
        if not right or encode(claims) != payload or type(key[-3]) is not bool or not claims[5] < claims[4] < 2**32:
            raise Refusal("bad_credential")
        return dict(claims)

    def judge_claims(self, claims: Fields, *, early: bool = False) -> None:
        """Whether the key may open now, or later if `early`."""
        if claims[3] != self.device:
            raise Refusal("wrong_lock")
        if self.now() >= claims[4] or (self.now() < claims[5] and not early):
            raise Refusal("key_expired" if self.now() >= claims[4] else "key_not_yet")

    def put_key(self, body: Fields, _command: Fields) -> Done:
        """§7"""
        claims = self.read(body[1])
        key = claims[7].hex()
        if self.memory["barred"].get(key) == "revoked":
            raise Refusal("key_revoked")
        self.judge_claims(claims, early=True)
        if len(self.memory["keys"]) >= 400 and key not in self.memory["keys"]:
            raise Refusal("no_space")
        self.memory["keys"][key] = body[1].hex()
        self.memory["barred"].pop(key, None)
        return {}, [(KEY_PUT, {1: claims[7]})]

    def drop_key(self, body: Fields, _command: Fields) -> Done:
        """§7"""
        self.memory["barred"].setdefault(body[1].hex(), "dropped")
        held = self.memory["keys"].pop(body[1].hex(), None)
        return {}, [(KEY_DROPPED, {1: body[1], 2: "command"})] if held else []

    def revoke(self, body: Fields, _command: Fields) -> Done:
        """§12"""
        memory = self.memory
        if body[1] < memory["epoch"]:
            raise Refusal("stale_epoch")
        memory["barred"] |= {key.hex(): "revoked" for key in body[2]}
        dropped = [key for key in body[2] if memory["keys"].pop(key.hex(), None)]
        events = [(KEY_DROPPED, {1: key, 2: "revoked"}) for key in dropped]
        events += [(REVOKED, {1: body[1]})] if body[1] > memory["epoch"] else []
        memory["epoch"] = body[1]
        memory["codes"], memory["once"] = max(memory["codes"], body.get(3, 0)), max(memory["once"], body.get(4, 0))
        return {5: memory["epoch"], 4: self.keys(), 8: memory["codes"], 11: memory["once"]}, events

    def keys(self) -> list[bytes]:
        """Ids of the stored keys."""
        return [bytes.fromhex(key) for key in sorted(self.memory["keys"])]

    # messages published
    def place(self) -> Fields:
        """§9"""
        seq, digest = self.memory["head"]
        return {7: seq, 8: bytes.fromhex(digest)}

    def sensed(self) -> Fields:
        """§5.2"""
        return {1: self.bolt}

    def found(self) -> Fields:
        """§7, read_back."""
        memory, sensors = self.memory, {2: "closed", 3: 100, 4: self.keys()}
        return super().found() | self.sensed() | sensors | {5: memory["epoch"], 8: memory["codes"], 11: memory["once"]}

    def state(self) -> Fields:
        """§5.4"""
        return {4: self.bolt, 5: "closed", 6: 100, 7: self.keys(), 10: self.memory["epoch"], 11: "page-lock 1"}
