"""Passcodes that a lock checks without a network: 11 digits, derived from a secret shared by lock and gateway.

    hhh dddd dddd    hhh: hours the code is valid for, 001 to 672; 000 for a one-time code
                     dddddddd: HMAC-SHA256 (RFC 2104) over epoch, first hour, hours, slot, truncated as in RFC 4226 §5.3

A window is a number of whole hours from a quarter of a UTC hour on, so that clock changes do not affect it and the
offset of every time zone in use (45 minutes in Kathmandu) is met. The slot is 2 · quarter + 0 or 1: two codes of one
window differ by the last bit. A lock tries the windows of this length that are open now: one guess succeeds with at
most 672 · SLOTS / 10⁸ ≈ 5.4e-5. Raising the epoch invalidates every code at once.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass

from devices.wire.errors import WireError

HOUR, QUARTER = 3600, 900  # seconds
LONGEST = 672  # hours: four weeks; a longer stay gets its next code in time
QUARTERS, PER_WINDOW = 4, 2
SLOTS = QUARTERS * PER_WINDOW
ONCE_AHEAD = 64  # how many one-time codes the lock looks at, from its base on
ONCE_SPAN = 32  # the base follows the highest used one-time code at this distance: older ones are invalid
DIGITS, TAG_DIGITS = 11, 8


class BadWindow(WireError):
    """A window that no passcode can have: empty, or longer than four weeks."""

    code = "bad_window"


@dataclass(frozen=True, slots=True)
class Window:
    """Validity of a window code: `hours` from `first` (hours since 1970 UTC), and the quarter that the slot names."""

    first: int
    hours: int
    slot: int = 0

    @property
    def begins(self) -> int:
        """UTC seconds, included."""
        return begin_of(self.first, self.slot)

    @property
    def ends(self) -> int:
        """UTC seconds, excluded."""
        return self.begins + self.hours * HOUR


def begin_of(first: int, slot: int) -> int:
    """UTC seconds at which windows of this first hour and slot begin."""
    return first * HOUR + slot // PER_WINDOW * QUARTER


def window_around(begins: int, ends: int, number: int = 0) -> Window:
    """The window of fewest hours from the quarter of `begins` that contains [begins, ends); raises BadWindow.

    `number`: which of the PER_WINDOW codes that a window can have.
    """
    first, quarter = begins // HOUR, begins % HOUR // QUARTER
    slot = quarter * PER_WINDOW + number
    hours = -((begin_of(first, slot) - ends) // HOUR)
    if not (begins < ends and 1 <= hours <= LONGEST and 0 <= number < PER_WINDOW):
        raise BadWindow("a passcode is good for 1 to 672 hours")
    return Window(first, hours, slot)


def window_code(secret: bytes, epoch: int, window: Window) -> str:
    """The code of a window, 11 digits."""
    return f"{window.hours:03d}{_tag(secret, b'window', epoch, window.first, window.hours, window.slot)}"


def once_code(secret: bytes, epoch: int, count: int) -> str:
    """One-time code number `count`, 11 digits. A number is used once per lock, whatever the epoch."""
    return f"000{_tag(secret, b'once', epoch, count)}"


def find_window(secret: bytes, epoch: int, code: str, now: int) -> Window | None:
    """The window in which this code is valid now, or None."""
    hours = _hours_in(code)
    if hours is None or not 1 <= hours <= LONGEST:
        return None
    latest = [(slot, (now - begin_of(0, slot)) // HOUR) for slot in range(SLOTS)]
    candidates = (Window(hour - ago, hours, slot) for ago in range(hours) for slot, hour in latest)
    return next((window for window in candidates if _same(window_code(secret, epoch, window), code)), None)


def find_once(secret: bytes, epoch: int, code: str, base: int) -> int | None:
    """The number of this one-time code among those from `base` on, or None."""
    if _hours_in(code) != 0:
        return None
    counts = range(base, base + ONCE_AHEAD)
    return next((count for count in counts if _same(once_code(secret, epoch, count), code)), None)


def spoken(code: str) -> str:
    """The code in groups of 3-4-4 for reading and typing."""
    return f"{code[:3]} {code[3:7]} {code[7:]}"


def _hours_in(code: str) -> int | None:
    plain = len(code) == DIGITS and code.isascii() and code.isdigit()
    return int(code[:3]) if plain else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)


def _tag(secret: bytes, form: bytes, *numbers: int) -> str:
    digest = hmac.digest(secret, form + struct.pack(f">{len(numbers)}I", *numbers), hashlib.sha256)
    offset = digest[-1] & 0x0F
    cut = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{cut % 10**TAG_DIGITS:08d}"
