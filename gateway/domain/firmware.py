"""Rules of firmware roll-outs: who is updated in which step, when a step goes on, and when it stops by itself."""

import hashlib
import math
from collections.abc import Iterable, Mapping
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
AWAY_SECONDS: Final = 300  # a device that is sent to and out of reach for so long has a substitute
SILENT_SECONDS: Final = 3600  # an update of which its device says nothing for so long has failed
LOWEST_BATTERY: Final = 30  # percent

Verdict = Literal["stop", "go_on", "stay"]


@dataclass(frozen=True, slots=True)
class Tally:
    """The size of the present share, and how many devices are in which state. `under_way`: without those held up."""

    size: int
    under_way: int = 0
    confirmed: int = 0
    failed: int = 0

    @property
    def settled(self) -> int:
        """How many are over, well or badly."""
        return self.confirmed + self.failed


def ranked(devices: Iterable[str], roll_out: str) -> list[str]:
    """The devices in the order of a roll-out: always the same one for it, another one for another."""
    return sorted(devices, key=lambda device: hashlib.sha256(f"{roll_out}/{device}".encode()).digest())


def share_size(devices: int, step: int) -> int:
    """How many devices are updated until the end of a step."""
    return math.ceil(devices * STEPS[step] / 100)


def judge(tally: Tally, failure_limit: int, *, soaked: bool) -> Verdict:
    """Stop above the limit; go on once half of the share is settled, none is under way, and the soak time is over.

    One must be confirmed, unless the whole share has failed within the limit: then only the next share can tell.
    """
    if tally.failed > failure_limit:
        return "stop"
    tried = tally.confirmed or (tally.failed and tally.settled >= tally.size)
    enough = tried and 2 * tally.settled >= tally.size
    return "go_on" if soaked and enough and not tally.under_way else "stay"


def supported_until(version: str, lines: Mapping[str, int]) -> int | None:
    """End of support of a version: that of the longest line it begins with; None if no line names it."""
    found = [line for line in lines if version.startswith(line)]
    return lines[max(found, key=len)] if found else None
