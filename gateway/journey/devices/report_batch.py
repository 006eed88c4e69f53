"""One batch of device reports: the rows concerned are loaded once, and the results written once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, or_, select, tuple_, update
from sqlalchemy.orm import Session, lazyload, selectinload

from devices.reports import Answered, Happened, Report
from gateway.journey.devices.log_chains import Chains, Stored, columns_of
from gateway.outbox.deliveries import Decision, retry_now, settle_many
from gateway.outbox.events import write_events
from gateway.store import Command, Delivery, Device, Key, ReceivedMessage


@dataclass(frozen=True, slots=True)
class OpenCommand:
    """The columns of an unanswered command that its answer needs."""

    id: str
    device_id: str
    type: str
    key_id: str | None


class ReportBatch:
    """The rows of one batch. Results are collected, so that a thousand answers need one statement."""

    def __init__(self, session: Session, reports: Sequence[Report], now: int) -> None:
        self.session, self.now = session, now
        numbered = [report for report in reports if isinstance(report, Answered | Happened)]
        answers = {report.command_id.hex() for report in numbered if isinstance(report, Answered)}
        self._devices = _devices(session, {report.device for report in reports})
        self._commands = _commands(session, answers)
        self._answered: dict[tuple[str, str | None], list[str]] = {}
        self._carried = _carried(session, answers)
        self._numbers = _numbers(session, {(report.device, report.seq) for report in numbered})
        self._of: dict[str, list[Key]] = {}  # strong references, so that the session does not load the keys again
        for key in self._about():
            self._of.setdefault(key.device_id, []).append(key)
        self._decisions: list[tuple[int, Decision]] = []
        self._gone: list[str] = []
        self._fresh: list[dict[str, Stored]] = []
        self.chains = Chains(session, now)

    def device(self, device_id: str) -> Device | None:
        """The reporting device, or None if it is unknown."""
        return self._devices.get(device_id)

    def command(self, device: Device, answer: Answered) -> OpenCommand | None:
        """The command that is answered, once. None if it was not sent to this device, or was answered before."""
        command = self._commands.get(answer.command_id.hex())
        if command is None or command.device_id != device.id:
            return None
        del self._commands[command.id]
        self._answered.setdefault((answer.outcome, answer.code), []).append(command.id)
        return command

    def first_time(self, device: Device, report: Answered | Happened) -> bool:
        """Whether the device's sequence number is new; from this call on it counts as known."""
        device.last_seen_at, number = self.now, (device.id, report.seq)
        if number in self._numbers:
            self.chains.compare(device, report, self._numbers[number])
            return False
        entry = self.chains.take(device, report)
        self._numbers[number] = entry.digest if entry else None
        named: dict[str, Stored] = {"device_id": device.id, "seq": report.seq, "received_at": self.now}
        self._fresh.append(named | columns_of(entry))
        return True

    def revoking(self, device: Device) -> list[Key]:
        """Keys being revoked that the device has not reported gone; loaded if it answers a revocation list."""
        return [key for key in self._of.get(device.id, []) if key.desired == "absent" and key.revoked_at is None]

    def settle(self, command_id: str, decision: Decision) -> None:
        """Settle the delivery that carried this command."""
        if command_id in self._carried:
            self._decisions.append((self._carried[command_id], decision))

    def settle_drop(self, key: Key) -> None:
        """Settle pending drop commands of this key: the lock has reported that it is gone."""
        self._gone.append(key.id)

    def retry_now(self, lanes: Sequence[str]) -> None:
        """Make pending deliveries in the device's lanes due now: the device is reachable."""
        self.write()
        retry_now(self.session, lanes, self.now)

    def write(self) -> None:
        """Store new numbers and results: at the end of the batch, and before pending deliveries are read."""
        write_events(self.session)
        if self._fresh:
            self.session.execute(insert(ReceivedMessage), self._fresh)
            self._fresh.clear()
        for (outcome, code), ids in self._answered.items():
            answered = update(Command).where(Command.id.in_(ids)).execution_options(synchronize_session=False)
            self.session.execute(answered.values(outcome=outcome, code=code, answered_at=self.now))
        self._answered.clear()
        if self._decisions:
            settle_many(self.session, self._decisions, self.now)
            self._decisions.clear()
        if self._gone:
            done = {"state": "done", "outcome": "gone_from_lock", "outcome_args": {}, "settled_at": self.now}
            pending = update(Delivery).where(Delivery.work == "drop_key", Delivery.state == "owed")
            mine = pending.where(Delivery.about.in_(self._gone)).execution_options(synchronize_session=False)
            self.session.execute(mine.values(**done))
            self._gone.clear()

    def _about(self) -> Sequence[Key]:
        """Keys named by answered commands, and keys being revoked on devices that answered a revocation list."""
        named = {row.key_id for row in self._commands.values() if row.key_id}
        lists = {row.device_id for row in self._commands.values() if row.type == "revoke"}
        wanted = select(Key).where(
            or_(Key.id.in_(named), Key.device_id.in_(lists) & (Key.desired == "absent") & Key.revoked_at.is_(None))
        )
        ways = (lazyload(Key.device), selectinload(Key.stay))  # the devices are loaded already; a stay has many keys
        return self.session.scalars(wanted.options(*ways)).all() if named or lists else []


def _devices(session: Session, names: set[str]) -> dict[str, Device]:
    return {row.id: row for row in session.scalars(select(Device).where(Device.id.in_(names)))}


def _commands(session: Session, names: set[str]) -> dict[str, OpenCommand]:
    """The unanswered ones of these commands, by id."""
    columns = (Command.id, Command.device_id, Command.type, Command.key_id)
    open_ones = select(*columns).where(Command.id.in_(names), Command.outcome.is_(None))
    return {row.id: OpenCommand(*row) for row in session.execute(open_ones)} if names else {}


def _carried(session: Session, commands: set[str]) -> dict[str, int]:
    """The delivery that carried each command."""
    if not commands:
        return {}
    rows = session.execute(select(Delivery.command_id, Delivery.id).where(Delivery.command_id.in_(commands)))
    return {str(command_id): delivery_id for command_id, delivery_id in rows}


def _numbers(session: Session, numbers: set[tuple[str, int]]) -> dict[tuple[str, int], bytes | None]:
    """The known (device, number) pairs, with the digest of each stored entry."""
    if not numbers:
        return {}
    known = tuple_(ReceivedMessage.device_id, ReceivedMessage.seq)
    columns = (ReceivedMessage.device_id, ReceivedMessage.seq, ReceivedMessage.digest)
    rows = session.execute(select(*columns).where(known.in_(numbers)))
    return {(device_id, seq): digest for device_id, seq, digest in rows}
