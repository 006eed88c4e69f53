"""Physical state of a lock: bolt, door and battery. It survives the end of the lock's program.

Every movement is one line of `path` (JSON: at, to, cause), so that a test can count real movements.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from devices.wire.messages import Bolt, Door

Position = Literal["locked", "unlocked"]


@dataclass
class SimDoor:
    """Bolt and sensors; with `path` None, movements are kept in memory only."""

    path: Path | None
    now: Callable[[], int]
    position: Position = "locked"
    door: Door = "closed"
    battery: int = 100
    jammed: bool = False
    movements: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Restore the bolt's position from the last movement."""
        if self.path is not None and self.path.exists():
            self.movements = [json.loads(line) for line in self.path.read_text().splitlines()]
            if self.movements:
                self.position = self.movements[-1]["to"]

    @property
    def bolt(self) -> Bolt:
        """Position reported by the bolt's sensor."""
        return "jammed" if self.jammed else self.position

    @property
    def nobody_waits(self) -> bool:
        """Whether it is closed and locked: the lock may be away for a moment."""
        return self.door != "open" and self.bolt == "locked"

    def move(self, to: Position, cause: str) -> bool:
        """Drive the bolt; False if it is stuck. `cause` is the command's id in hex, or knob, ble, auto."""
        if self.jammed:
            return False
        self.position = to
        movement = {"at": self.now(), "to": to, "cause": cause}
        self.movements.append(movement)
        if self.path is not None:
            with self.path.open("a") as file:
                file.write(json.dumps(movement) + "\n")
        return True
