"""One command at a time, for locks whose answers do not say which command they answer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devices.driver import LockAddress, Unable
from devices.intents import Intent
from devices.link import Link, LinkDown
from devices.reports import Answered

REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class OpenCommand:
    """The command a lock is executing: no answer after `expires_at` counts as its answer. `wanted`: driver-specific."""

    command_id: bytes
    expires_at: int
    wanted: str


class OpenCommands:
    """Limits a vendor's lock to one open command, and keeps its answers for as long as a command may be repeated."""

    def __init__(self, link: Link, now: Callable[[], int]) -> None:
        self.now = now
        self._link = link
        self._open: dict[str, OpenCommand] = {}
        self._answers: OrderedDict[bytes, Answered] = OrderedDict()
        self._last_seq = 0

    async def ask(
        self, lock: LockAddress, intent: Intent, messages: Sequence[tuple[str, bytes]], wanted: str
    ) -> Answered | None:
        """Publish each message (channel, payload) once, in order; a command already answered returns its answer again.

        Raises Unable, LinkDown.
        """
        if earlier := self._answers.get(intent.command_id):
            return earlier
        now = self.now()
        if intent.expires_at <= now:
            raise Unable("expired")
        busy = self.open_command(lock.device)
        if busy and busy.command_id == intent.command_id:
            return None
        if busy:
            raise LinkDown("the lock is busy with another command")
        self._open[lock.device] = OpenCommand(intent.command_id, intent.expires_at, wanted)
        try:
            for channel, payload in messages:
                await self._link.publish(
                    lock.site, lock.device, payload, expires_in=intent.expires_at - now, channel=channel
                )
        except LinkDown:
            del self._open[lock.device]
            raise
        return None

    def open_command(self, device: str) -> OpenCommand | None:
        """The command a lock is executing now."""
        command = self._open.get(device)
        return command if command and command.expires_at > self.now() else None

    def settle(self, device: str, outcome: str, code: str | None = None) -> list[Answered]:
        """The lock answered: the answer for its open command, or None when none is open."""
        command = self.open_command(device)
        if command is None:
            return []
        del self._open[device]
        answer = Answered(device, command.command_id, self.next_seq(), self.now(), outcome, code, {})
        self._answers[command.command_id] = answer
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return [answer]

    def next_seq(self) -> int:
        """Sequence number for reports of a lock without its own; rises across restarts."""
        self._last_seq = max(self._last_seq + 1, self.now() * 1_000_000)
        return self._last_seq
