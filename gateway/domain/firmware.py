"""Rules of firmware roll-outs: who is updated in which step, when a step goes on, and when it stops by itself."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

STEPS: Final = (1, 10, 50, 100)  # percent of a model's devices
ROLL_OUT_STATES: Final[dict[str, tuple[str, ...]]] = {
    "running": ("stopped", "aborted", "finished"),
    "stopped": ("running", "aborted"),
    "aborted": (),
    "finished": (),
}
UPDATE_STATES: Final[dict[str, tuple[str, ...]]] = {
    "waiting": ("sending", "confirmed"),
    "sending": ("waiting", "installing", "trial", "confirmed", "failed"),
    "installing": ("trial", "confirmed", "failed"),
    "trial": ("confirmed", "failed"),
    "confirmed": (),
    "failed": (),
}
UNDER_WAY: Final = ("sending", "installing", "trial")
SILENT_SECONDS: Final = 3600  # an update of which its device says nothing for so long has failed
LOWEST_BATTERY: Final = 30  # percent

Verdict = Literal["stop", "go_on", "stay"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many devices of the present share are in which state. `offline`: sending, and out of reach or not ready."""

    waiting: int = 0
    under_way: int = 0
    confirmed: int = 0
    failed: int = 0
    offline: int = 0


def share(devices: Sequence[str], percent: int, roll_out: str) -> list[str]:
    """The devices of a step: stable for a roll-out, other ones for another, each step containing the one before."""
    ranked = sorted(devices, key=lambda device: hashlib.sha256(f"{roll_out}/{device}".encode()).digest())
    return ranked[: math.ceil(len(ranked) * percent / 100)]


def judge(tally: Tally, failure_limit: int, *, soaked: bool) -> Verdict:
    """Stop above the limit; go on once half of the share is settled, none is under way, and the soak time is over.

    One must be confirmed, unless the whole share has failed within the limit: then only the next share can tell.
    """
    if tally.failed > failure_limit:
        return "stop"
    left = tally.waiting + tally.offline
    settled = tally.confirmed + tally.failed >= left and (tally.confirmed or (tally.failed and not left))
    return "go_on" if soaked and settled and not tally.under_way else "stay"


def supported_until(version: str, lines: Mapping[str, int]) -> int | None:
    """End of support of a version: that of the longest line it begins with; None if no line names it."""
    found = [line for line in lines if version.startswith(line)]
    return lines[max(found, key=len)] if found else None
