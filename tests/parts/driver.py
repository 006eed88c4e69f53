"""A driver in memory: what was asked of locks can be looked at, and what messages mean is put in by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from devices.driver import Ability, LockAddress, Unable, Unreadable
from devices.intents import Intent
from devices.link import LinkDown, Received
from devices.reports import Answered, Report


@dataclass
class MemoryDriver:
    """The port: `down` for a link that is, `unable` for what the lock cannot; `meaning` of payloads."""

    name: str = "native"
    abilities: frozenset[Ability] = frozenset(Ability)
    down: bool = False
    unable: bool = False
    asked: list[tuple[str, Intent]] = field(default_factory=list)
    meaning: dict[bytes, list[Report]] = field(default_factory=dict)

    async def send(self, lock: LockAddress, intent: Intent) -> Answered | None:
        """Note what is asked."""
        if self.down:
            raise LinkDown("down")
        if self.unable:
            raise Unable("unknown_type")
        self.asked.append((lock.device, intent))
        return None

    def read(self, message: Received) -> Sequence[Report]:
        """What the payload was said to mean."""
        if message.payload not in self.meaning:
            raise Unreadable("bad_signature")
        return self.meaning[message.payload]
