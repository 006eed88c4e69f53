"""A device's clock: valid only after the gateway has set it, lost when its battery dies.

The hardware counts seconds; the offset is learned. The highest time ever trusted is durable, and no later message
may set the clock more than TOLERANCE below it: setting a clock back cannot make an expired key valid again.
"""

from collections.abc import Callable

from firmware_sim.device.flash import Flash

TOLERANCE = 300  # seconds a gateway's clock may be behind the highest time the device has recorded
NONCE_LIFE = 30.0  # seconds a nonce is valid


class SimClock:
    """`hardware` counts UTC-like seconds, `ticks` seconds since power-up, `new_nonce` returns random bytes."""

    def __init__(
        self, flash: Flash, hardware: Callable[[], int], ticks: Callable[[], float], new_nonce: Callable[[], bytes]
    ) -> None:
        """Restore the offset from flash: a battery-backed clock survives a restart."""
        self._flash, self._hardware, self._new_nonce = flash, hardware, new_nonce
        self.ticks = ticks
        self.known = bool(flash.number("clock_known", 0))
        self._offset = flash.number("clock_offset", 0)
        self._highest = flash.number("highest", 0)
        self.skew = 0
        self.nonce = b""
        self.renew_nonce()

    def now(self) -> int:
        """Return the device's UTC seconds; the highest trusted time while the clock is lost."""
        return self._hardware() + self._offset + self.skew if self.known else self._highest

    @property
    def highest(self) -> int:
        """Highest time that the gateway has signed."""
        return self._highest

    def renew_nonce(self) -> None:
        """Replace the nonce: only an answer to the new one sets the clock."""
        self.nonce, self._nonce_at = self._new_nonce(), self.ticks()

    def nonce_is_fresh(self) -> bool:
        """Whether the current nonce is still valid."""
        return self.ticks() - self._nonce_at < NONCE_LIFE

    def refusal(self, now: int, nonce: bytes) -> str | None:
        """Return why a time message is refused, or None."""
        if nonce != self.nonce or not self.nonce_is_fresh():
            return "stale_nonce"
        return "time_went_back" if now < self._highest - TOLERANCE else None

    def set(self, now: int) -> int:
        """Set the clock and use up the nonce; return by how many seconds it was off (0 if it was lost)."""
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
        """Record a time that the gateway signed as past; the value only rises."""
        if moment > self._highest:
            self._highest = moment
            self._flash.set_fact("highest", moment)

    def lose(self) -> None:
        """Lose the time, as when the clock's battery dies."""
        self.known = False
        self._flash.set_fact("clock_known", 0)
        self.renew_nonce()

    def forget(self) -> None:
        """Reset to the factory state, after the flash was wiped."""
        self.known, self._offset, self._highest = False, 0, 0
        self.renew_nonce()
