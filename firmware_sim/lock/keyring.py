"""Keys stored in a lock and their permissions, decided from durable data and the clock only."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from certs.credential import KeyCredential, read_credential
from certs.errors import BadCredential, BadSignature
from devices.wire.messages import Command
from firmware_sim.device.clock import SimClock
from firmware_sim.device.dialogue import Answer, EventBody, refused
from firmware_sim.device.flash import Flash

CAPACITY = 300  # keys a lock stores at most
BARRED_FOR = 400 * 86400  # seconds a revoked id is stored: longer than any credential's lifetime


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys of one lock; `issuer` is the gateway's credential key."""

    lock: str
    issuer: ec.EllipticCurvePublicKey
    flash: Flash
    clock: SimClock
    _verified: dict[bytes, KeyCredential] = field(default_factory=dict)  # avoids a signature check at each unlock

    @property
    def epoch(self) -> int:
        """Epoch of the latest revocation list stored."""
        return self.flash.number("epoch", 0)

    @property
    def code_epoch(self) -> int:
        """Passcode epoch; passcodes of others are invalid. 0 until the gateway sets one: the keypad is off."""
        return self.flash.number("code_epoch", 0)

    @property
    def once_base(self) -> int:
        """Lowest valid number of one-time codes. It only rises, through every epoch: no number is reused."""
        return self.flash.number("once_base", 0)

    def refusal_for_key(self, key: bytes) -> str | None:
        """Return why a stored key must not open now, or None."""
        if self.flash.barred(key) == "revoked":
            return "key_revoked"
        raw = self.flash.credential(key)
        if raw is None:
            return "unknown_key"
        credential = self._read(raw)
        return self.refusal_for_credential(credential) if credential else "bad_credential"

    def refusal_for_credential(self, credential: KeyCredential) -> str | None:
        """Return why a verified credential must not open this lock now, or None. Ignores revocation."""
        if credential.lock != self.lock:
            return "wrong_lock"
        if not self.clock.known:
            return "clock_lost"
        if credential.opens_at(self.clock.now()):
            return None
        return "key_not_yet" if self.clock.now() < credential.not_before else "key_expired"

    def refusal_for_visitor(self, credential: KeyCredential) -> str | None:
        """Return why a phone's credential must not open now: blocked here, or narrowed by a newer one stored here."""
        barred = self.flash.barred(credential.id)
        if barred is not None:
            return "key_revoked"
        raw = self.flash.credential(credential.id)
        held = self._read(raw) if raw else None
        return self.refusal_for_credential(credential) or (self.refusal_for_credential(held) if held else None)

    def put(self, command: Command) -> Answer:
        """Store a credential, or a newer one of the same key."""
        raw = command.body["credential"]
        credential = self._read(raw)
        refusal = self._why_not_hold(credential) if credential else "bad_credential"
        if credential is None or refusal is not None:
            return refused(refusal or "bad_credential", command)
        self.clock.vouch(command.issued_at)
        self.flash.put_key(credential.id, raw, credential.expires)
        self.flash.unbar_dropped(credential.id)
        return Answer(events=(("key_put", {"key": credential.id}),))

    def drop(self, command: Command) -> Answer:
        """Delete a key; deleting an absent one succeeds."""
        key = command.body["key"]
        self.clock.vouch(command.issued_at)
        self.flash.bar(key, "dropped", self.clock.now() + BARRED_FOR)
        if not self.flash.drop_key(key):
            return Answer()
        return Answer(events=(("key_dropped", {"key": key, "reason": "command"}),))

    def revoke(self, command: Command) -> Answer:
        """Store a revocation list: its keys never open again, whatever later lists contain."""
        epoch, held = command.body["epoch"], self.epoch
        if epoch < held:
            return refused("stale_epoch", command)
        dropped: list[EventBody] = []
        for key in command.body["keys"]:
            self.flash.bar(key, "revoked", max(self.clock.now(), self.clock.highest) + BARRED_FOR)
            if self.flash.drop_key(key):
                dropped.append(("key_dropped", {"key": key, "reason": "revoked"}))
        self.flash.set_fact("epoch", epoch)
        self.flash.set_fact("code_epoch", max(self.code_epoch, command.body.get("codes", 0)))
        self.raise_once_base(command.body.get("once", 0))
        announced: tuple[EventBody, ...] = (("revoked", {"epoch": epoch}),) if epoch > held else ()
        body = {"epoch": epoch, "keys": list(self.flash.held_keys())}
        return Answer(body=body | self.code_report(), events=(*dropped, *announced))

    def code_report(self) -> dict[str, int]:
        """Return the passcode status for an answer."""
        return {"codes": self.code_epoch, "once": self.once_base}

    def raise_once_base(self, number: int) -> None:
        """Invalidate one-time codes below this number."""
        self.flash.set_fact("once_base", max(self.once_base, number))

    def _why_not_hold(self, credential: KeyCredential) -> str | None:
        if self.flash.barred(credential.id) == "revoked":
            return "key_revoked"
        refusal = self.refusal_for_credential(credential)
        if refusal not in (None, "key_not_yet"):
            return refusal
        held = self.flash.held_keys()
        return "no_space" if len(held) >= CAPACITY and credential.id not in held else None

    def _read(self, raw: bytes) -> KeyCredential | None:
        if raw in self._verified:
            return self._verified[raw]
        try:
            credential = read_credential(raw, self.issuer)
        except (BadSignature, BadCredential):
            return None
        if len(self._verified) >= CAPACITY:
            self._verified.clear()
        return self._verified.setdefault(raw, credential)
