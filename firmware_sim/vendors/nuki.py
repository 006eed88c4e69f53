"""Simulated Nuki lock behind its MQTT API: receives `lockAction`, publishes its other topics."""

from __future__ import annotations

from dataclasses import dataclass, field

Said = tuple[str, bytes]
LOCKED, UNLOCKED, BLOCKED = 1, 3, 254
TARGETS = {b"1": UNLOCKED, b"2": LOCKED}
ACTIONS = {UNLOCKED: 1, LOCKED: 2}
BY_MQTT, BY_HAND = 172, 1
OK, BAD_PARAMETER, MOTOR_BLOCKED = b"0", b"33", b"98"


@dataclass(slots=True)
class SimNuki:
    """One lock; `deaf` makes it act without answering, `blocked` keeps the motor from turning."""

    state: int = LOCKED
    movements: list[int] = field(default_factory=list)
    blocked: bool = False
    deaf: bool = False

    @property
    def bolt(self) -> str:
        """Bolt position in the gateway's terms."""
        return "unlocked" if self.state == UNLOCKED else "locked"

    def hear(self, channel: str, payload: bytes) -> list[Said]:
        """Return the messages published in response to one message on the inlet."""
        target = TARGETS.get(payload)
        if channel != "lockAction" or target is None:
            return [("commandResponse", BAD_PARAMETER)]
        if self.blocked:
            return [("state", b"%d" % BLOCKED), ("commandResponse", MOTOR_BLOCKED)]
        said = self._move(target, BY_MQTT)
        return [] if self.deaf else [*said, ("commandResponse", OK)]

    def turn_knob(self) -> list[Said]:
        """Turn the knob by hand."""
        return self._move(LOCKED if self.state == UNLOCKED else UNLOCKED, BY_HAND)

    def enter_code(self, code_id: int) -> list[Said]:
        """Type a valid code."""
        self.movements.append(UNLOCKED)
        self.state = UNLOCKED
        return [("state", b"3"), ("lockActionEvent", b"1,0,0,%d,0" % code_id)]

    def _move(self, target: int, trigger: int) -> list[Said]:
        self.state = target
        self.movements.append(target)
        return [("state", b"%d" % target), ("lockActionEvent", b"%d,%d,0,0,0" % (ACTIONS[target], trigger))]
