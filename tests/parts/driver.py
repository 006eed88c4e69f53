"""A driver in memory: sent intents can be inspected, and the meaning of payloads is preset."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from devices.driver import Ability, LockAddress, Unable, Unreadable
from devices.intents import Intent
from devices.link import LinkDown, Received
from devices.reports import Answered, Report


@dataclass
class MemoryDriver:
    """The driver port: `down` for a lost link, `unable` for intents the lock cannot execute; `meaning` maps payloads
    to reports.
    """

    name: str = "native"
    abilities: frozenset[Ability] = frozenset(Ability)
    down: bool = False
    unable: bool = False
    asked: list[tuple[str, Intent]] = field(default_factory=list)
    meaning: dict[bytes, list[Report]] = field(default_factory=dict)

    async def send(self, lock: LockAddress, intent: Intent) -> Answered | None:
        """Record the intent."""
        if self.down:
            raise LinkDown("down")
        if self.unable:
            raise Unable("unknown_type")
        self.asked.append((lock.device, intent))
        return None

    def read(self, message: Received) -> Sequence[Report]:
        """The preset meaning of the payload."""
        if message.payload not in self.meaning:
            raise Unreadable("bad_signature")
        return self.meaning[message.payload]
