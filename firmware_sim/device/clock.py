"""A device's clock: right only after the gateway said the time, and lost when its battery was.

The hardware counts seconds; what it counts from is learned. The highest time ever trusted is durable, and no later
word may set the clock more than TOLERANCE below it: no expired key revives because a clock was moved back.
"""

from collections.abc import Callable

from firmware_sim.device.flash import Flash

TOLERANCE = 300  # seconds a gateway's clock may be behind what a device has already seen
NONCE_LIFE = 30.0  # seconds within which the time must come for a nonce


class SimClock:
    """`hardware` counts UTC-like seconds, `ticks` seconds since power-up, `new_nonce` random bytes."""

    def __init__(
        self, flash: Flash, hardware: Callable[[], int], ticks: Callable[[], float], new_nonce: Callable[[], bytes]
    ) -> None:
        """Goes on from what the flash remembers: a battery-backed clock survives a restart."""
        self._flash, self._hardware, self._new_nonce = flash, hardware, new_nonce
        self.ticks = ticks
        self.known = bool(flash.number("clock_known", 0))
        self._offset = flash.number("clock_offset", 0)
        self._highest = flash.number("highest", 0)
        self.skew = 0
        self.nonce = b""
        self.renew_nonce()

    def now(self) -> int:
        """UTC seconds as this device believes; the highest time it trusts while the clock is lost."""
        return self._hardware() + self._offset + self.skew if self.known else self._highest

    @property
    def highest(self) -> int:
        """The highest time that the gateway vouched for."""
        return self._highest

    def renew_nonce(self) -> None:
        """From now on only an answer to a new nonce sets the clock."""
        self.nonce, self._nonce_at = self._new_nonce(), self.ticks()

    def nonce_is_fresh(self) -> bool:
        """Whether the time may still come for the current nonce."""
        return self.ticks() - self._nonce_at < NONCE_LIFE

    def refusal(self, now: int, nonce: bytes) -> str | None:
        """Why this word of the time is not taken, if so."""
        if nonce != self.nonce or not self.nonce_is_fresh():
            return "stale_nonce"
        return "time_went_back" if now < self._highest - TOLERANCE else None

    def set(self, now: int) -> int:
        """Take the time, use up the nonce; returns by how many seconds the clock was off (0 if it was lost)."""
        drift = now - self.now() if self.known else 0
        self._offset = now - self._hardware() - self.skew
        self.known = True
        with self._flash.write():
            self._flash.set_fact("clock_known", 1)
            self._flash.set_fact("clock_offset", self._offset)
            self.vouch(now)
        self.renew_nonce()
        return drift

    def vouch(self, moment: int) -> None:
        """Remember a time the gateway signed as past; only ever rises."""
        if moment > self._highest:
            self._highest = moment
            self._flash.set_fact("highest", moment)

    def lose(self) -> None:
        """The clock's battery died."""
        self.known = False
        self._flash.set_fact("clock_known", 0)
        self.renew_nonce()

    def forget(self) -> None:
        """Back to the factory: after the flash was wiped."""
        self.known, self._offset, self._highest = False, 0, 0
        self.renew_nonce()
