"""The locks' logs: a gap or contradiction raises an alarm and never blocks deliveries."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.reports import Answered, Happened
from devices.wire.chain import NOTHING
from gateway.domain.keys.log_chain import (
    GRACE_SECONDS,
    RESET,
    Entry,
    Fault,
    alarm_of,
    contradiction,
    follow,
    late_fault,
)
from gateway.outbox.events import record
from gateway.store import Device, ReceivedMessage

Stored = int | bytes | str | None


class Chains:
    """The logs that a batch of reports continues. Call `judge` once the batch's sequence numbers are stored."""

    def __init__(self, session: Session, now: int) -> None:
        self._session, self._now = session, now
        self._odd: dict[str, tuple[Device, list[Entry]]] = {}

    def take(self, device: Device, report: Answered | Happened) -> Entry | None:
        """Process a report received for the first time; returns its log entry, or None if it has none."""
        entry = entry_of(report)
        if entry is None:
            if 0 < device.chain_seq < report.seq:  # entries were chained before, so this lock's firmware supports it
                _alarm(self._session, device, "unchained", report.seq, self._now)
        elif device.chain_waits_since is None and device.id not in self._odd and _goes_on(device, entry):
            device.chain_seq, device.chain_digest = entry.seq, entry.digest
        else:
            self._odd.setdefault(device.id, (device, []))[1].append(entry)
        return entry

    def compare(self, device: Device, report: Answered | Happened, digest: bytes | None) -> None:
        """Compare a repeated sequence number with what is stored; a different entry raises an alarm."""
        entry = entry_of(report)
        if entry is not None and digest is not None and entry.digest != digest:
            _alarm(self._session, device, "altered", entry.seq, self._now)

    def judge(self) -> None:
        """Check the entries that did not directly continue their log."""
        for device, entries in self._odd.values():
            for entry in [entry for entry in entries if entry.seq < device.chain_seq]:
                self._judge_late(device, entry)
            judge_chain(self._session, device, self._now, final=False)

    def _judge_late(self, device: Device, entry: Entry) -> None:
        above = _entries(self._session, device, entry.seq + 1, limit=1)
        fault = late_fault(entry, above[0]) if above else None
        if fault:
            _alarm(self._session, device, fault, entry.seq, self._now)


def entry_of(report: Answered | Happened) -> Entry | None:
    """The report as an entry of its lock's log; None if the device keeps no log."""
    place = report.place
    if place is None:
        return None
    about = report.command_id.hex() if isinstance(report, Answered) else None
    if isinstance(report, Happened) and report.type == "booted" and report.body.get("reset") is True:
        about = RESET
    return Entry(report.seq, place.digest, place.after, place.prev, about)


def columns_of(entry: Entry | None) -> dict[str, Stored]:
    """The entry's columns in `received_messages`."""
    if entry is None:
        return dict.fromkeys(("digest", "after_seq", "after_digest", "about"))
    return {"digest": entry.digest, "after_seq": entry.after, "after_digest": entry.prev, "about": entry.about}


def judge_chain(session: Session, device: Device, now: int, *, final: bool) -> None:
    """Follow a lock's log from the last entry checked as far as possible, and raise alarms for faults."""
    head, *later = _from_head(session, device)
    followed = follow(head, later, final=final)
    for fault, seq in followed.faults:
        _alarm(session, device, fault, seq, now)
    device.chain_seq, device.chain_digest = followed.head.seq, followed.head.digest
    device.chain_waits_since = (device.chain_waits_since or now) if followed.waits else None


def watch_chains(session: Session, now: int) -> int:
    """Treat entries awaited for longer than the grace period as missing; returns the number of logs affected."""
    waiting = select(Device).where(Device.chain_waits_since <= now - GRACE_SECONDS)
    devices = session.scalars(waiting).all()
    for device in devices:
        judge_chain(session, device, now, final=True)
    return len(devices)


def _goes_on(device: Device, entry: Entry) -> bool:
    return contradiction(_head(device), entry) is None and entry.after == device.chain_seq


def _head(device: Device) -> Entry:
    return Entry(device.chain_seq, device.chain_digest or NOTHING, -1, NOTHING)


def _from_head(session: Session, device: Device) -> list[Entry]:
    """The last entry checked, as far as it is stored, and all later entries."""
    found = _entries(session, device, device.chain_seq)
    return found if found and found[0].seq == device.chain_seq else [_head(device), *found]


def _entries(session: Session, device: Device, seq: int, limit: int | None = None) -> list[Entry]:
    rows = select(ReceivedMessage).where(ReceivedMessage.device_id == device.id, ReceivedMessage.seq >= seq)
    chained = rows.where(ReceivedMessage.digest.is_not(None)).order_by(ReceivedMessage.seq).limit(limit)
    return [
        Entry(row.seq, row.digest or NOTHING, row.after_seq or 0, row.after_digest or NOTHING, row.about)
        for row in session.scalars(chained)
    ]


def _alarm(session: Session, device: Device, fault: Fault, seq: int, now: int) -> None:
    """Record an alarm about the log; "missing" never replaces "forged"."""
    alarm = alarm_of(fault)
    if device.log_alarm != "log_forged":
        device.log_alarm = alarm
    device.log_alarm_at = now
    record(session, "DeviceAlarmed", now, device_id=device.id, data={"type": alarm, "code": fault, "seq": seq})
