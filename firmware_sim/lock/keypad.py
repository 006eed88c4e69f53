"""The lock's keypad: checks passcodes offline, with limited attempts and growing pauses.

An attempt is durable before it is checked, so that removing the battery gains no attempts: after a power cut the
pause of the failures so far begins again.
"""

from dataclasses import dataclass, field

from devices.wire.messages import Body
from devices.wire.passcode import ONCE_SPAN, Window, find_once, find_window
from firmware_sim.device.speech import Outgoing
from firmware_sim.lock.lock import SimLock

FREE_ATTEMPTS = 3
FIRST_PAUSE, MAX_BACKOFF_SECONDS = 30.0, 4 * 3600.0  # seconds


@dataclass(slots=True)
class Keypad:
    """Keypad of one lock; `said` holds the events of the last attempt. `secret`: certs.agreement.passcode_secret."""

    lock: SimLock
    secret: bytes
    said: list[Outgoing] = field(default_factory=list)
    _until: float | None = None

    def enter(self, code: str) -> str | None:
        """Try a code; None if it opened, else: paused, bad_passcode, clock_lost, battery_empty, jammed."""
        self.said = []
        if self.lock.clock.ticks() < self._paused_until():
            return "paused"
        self._count_try()
        found = self._find(code)
        if found is None:
            return self._fail()
        self.lock.flash.set_fact("tries", 0)
        self._until = None
        return self._open(found)

    def _find(self, code: str) -> Window | int | None:
        if self.lock.keyring.code_epoch == 0:
            return None
        once = find_once(self.secret, self.lock.keyring.code_epoch, code, self.lock.keyring.once_base)
        if once is not None:
            return None if self.lock.flash.used(self._once_id(once)) else once
        if not self.lock.clock.known:
            return None
        return find_window(self.secret, self.lock.keyring.code_epoch, code, self.lock.clock.now())

    def _open(self, found: Window | int) -> str | None:
        body: Body = {"means": "passcode"}
        if isinstance(found, int):
            body["once"] = found
            with self.lock.flash.write():
                self._use_once(found)
        else:
            body["window"] = [found.first, found.hours, found.slot]
        code, said = self.lock.move_here("unlocked", body)
        self.said += said
        return code

    def _use_once(self, count: int) -> None:
        identity = self._once_id(count)
        self.lock.flash.use(identity, b"once", 2**32 - 1)
        self.lock.flash.answer(identity, b"opened")
        self.lock.keyring.raise_once_base(count + 1 - ONCE_SPAN)

    def _once_id(self, count: int) -> bytes:
        return b"once" + self.lock.keyring.code_epoch.to_bytes(6, "big") + count.to_bytes(6, "big")

    def _count_try(self) -> None:
        with self.lock.flash.write():
            self.lock.flash.set_fact("tries", self.lock.flash.number("tries", 0) + 1)

    def _fail(self) -> str:
        pause = self._pause()
        if pause:
            self._until = self.lock.clock.ticks() + pause
            self.said += self.lock.dialogue.tell("refused", {"code": "bad_passcode"})
        return "bad_passcode" if self.lock.clock.known else "clock_lost"

    def _pause(self) -> float:
        beyond = self.lock.flash.number("tries", 0) - FREE_ATTEMPTS
        return 0.0 if beyond < 0 else min(MAX_BACKOFF_SECONDS, FIRST_PAUSE * 2.0 ** min(beyond, 20))

    def _paused_until(self) -> float:
        if self._until is None:
            pause = self._pause()
            self._until = self.lock.clock.ticks() + pause if pause else 0.0
        return self._until
