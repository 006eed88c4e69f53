"""The keys a lock holds, and what they may do: every question is answered from what is durable here and the clock."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from certs.credential import KeyCredential, read_credential
from certs.errors import BadCredential, BadSignature
from devices.wire.messages import Command
from firmware_sim.device.clock import SimClock
from firmware_sim.device.dialogue import Answer, EventBody, refused
from firmware_sim.device.flash import Flash

CAPACITY = 300  # keys a lock holds at once
BARRED_FOR = 400 * 86400  # seconds a revoked id is remembered: longer than any credential lives


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys of one lock; `issuer` is the gateway's credential key."""

    lock: str
    issuer: ec.EllipticCurvePublicKey
    flash: Flash
    clock: SimClock
    _verified: dict[bytes, KeyCredential] = field(default_factory=dict)  # spares the signature at each unlock

    @property
    def epoch(self) -> int:
        """The newest revocation list here."""
        return self.flash.number("epoch", 0)

    @property
    def code_epoch(self) -> int:
        """Passcodes of another epoch are dead; 0 until the gateway named one: the keypad is off."""
        return self.flash.number("code_epoch", 0)

    @property
    def once_base(self) -> int:
        """One-time codes with a smaller number are dead. It only rises, through every epoch: no number comes twice."""
        return self.flash.number("once_base", 0)

    def refusal_for_key(self, key: bytes) -> str | None:
        """Why a key must not open now, if so."""
        if self.flash.barred(key) == "revoked":
            return "key_revoked"
        raw = self.flash.credential(key)
        if raw is None:
            return "unknown_key"
        credential = self._read(raw)
        return self.refusal_for_credential(credential) if credential else "bad_credential"

    def refusal_for_credential(self, credential: KeyCredential) -> str | None:
        """Why a verified credential must not open this lock now, if so. Says nothing of revocation."""
        if credential.lock != self.lock:
            return "wrong_lock"
        if not self.clock.known:
            return "clock_lost"
        if credential.opens_at(self.clock.now()):
            return None
        return "key_not_yet" if self.clock.now() < credential.not_before else "key_expired"

    def refusal_for_visitor(self, credential: KeyCredential) -> str | None:
        """Why a credential that a phone brings must not open now: barred here, or narrowed by a newer one held here."""
        barred = self.flash.barred(credential.id)
        if barred is not None:
            return "key_revoked"
        raw = self.flash.credential(credential.id)
        held = self._read(raw) if raw else None
        return self.refusal_for_credential(credential) or (self.refusal_for_credential(held) if held else None)

    def put(self, command: Command) -> Answer:
        """Hold a credential, or a newer one of the same key."""
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
        """Hold a key no more; dropping what is not held is done already."""
        key = command.body["key"]
        self.clock.vouch(command.issued_at)
        self.flash.bar(key, "dropped", self.clock.now() + BARRED_FOR)
        if not self.flash.drop_key(key):
            return Answer()
        return Answer(events=(("key_dropped", {"key": key, "reason": "command"}),))

    def revoke(self, command: Command) -> Answer:
        """Take in a revocation list: its keys never open again, whatever later lists say."""
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
        """Where it stands with passcodes, as an answer tells it."""
        return {"codes": self.code_epoch, "once": self.once_base}

    def raise_once_base(self, number: int) -> None:
        """Take no one-time code below this number any more."""
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
