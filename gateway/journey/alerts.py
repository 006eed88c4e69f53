"""Alerts to landlords: one evaluation for page, e-mail and webhook; each sent once for as long as it lasts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain import alerts as rules
from gateway.domain.alerts import KINDS, AlertCode, Severity
from gateway.journey.filings.deadlines import OPEN, pressing
from gateway.journey.keys.exposure import find_exposures
from gateway.outbox.deliveries import enqueue
from gateway.store import AlertSubscription, Device, Key, OpenAlert, Registration, Stay, Unit

EXPIRY_SECONDS: Final = 24 * 3600  # seconds after which an alert is no longer delivered
NOT_ON_LOCK: Final = ("unasked", "absent")


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition that exists now; `what` identifies it, so that it is reported once for as long as it lasts.

    `number` is the number in its text: percent, minutes, hours or seconds, by its kind.
    """

    what: str
    code: AlertCode
    unit: str
    severity: Severity
    number: int = 0


def find_alerts(session: Session, landlord_ids: Sequence[str], now: int) -> dict[str, list[Alert]]:
    """Each landlord's alerts, most urgent first, in six statements however many landlords, locks and keys."""
    found: dict[str, list[Alert]] = {landlord_id: [] for landlord_id in landlord_ids}
    sources = (_of_locks, _of_late_keys, _of_exposures, _of_filings)
    for landlord_id, alert in chain.from_iterable(source(session, landlord_ids, now) for source in sources):
        found[landlord_id].append(alert)
    for alerts in found.values():
        alerts.sort(key=lambda alert: rules.SEVERITIES.index(alert.severity))
    return found


def of_lock(device: Device, unit: str, now: int) -> Iterator[Alert]:
    """The alerts from a lock's last reports and from its being offline."""

    def alert(code: AlertCode, number: int = 0, stage: int | None = None) -> Alert:
        what = f"{code}:{device.id}" if stage is None else f"{code}:{stage}:{device.id}"
        return Alert(what, code, unit, KINDS[code].severity_at(stage), number)

    if device.online is False and device.last_seen_at is not None and now - device.last_seen_at > rules.SILENT_SECONDS:
        yield alert("silent", (now - device.last_seen_at) // 60)
    alarm = rules.LOCK_ALARMS.get(device.alarm or "")
    if device.bolt == "jammed" and alarm != "jam":
        yield alert("jam")
    if alarm is not None:
        yield alert(alarm)
    fault = rules.LOG_ALARMS.get(device.log_alarm or "")
    if fault is not None and rules.is_recent(fault, device.log_alarm_at, now):
        yield alert(fault)
    if device.clock_drift is not None and rules.is_recent("clock_off", device.clock_drift_at, now):
        yield alert("clock_off", abs(device.clock_drift))
    minutes = rules.ajar_minutes(device.door, device.door_since, now)
    if minutes is not None:
        yield alert("ajar", minutes)
    stage = rules.battery_stage(device.battery)
    if stage is not None:
        yield alert("battery", device.battery or 0, stage)


def _of_locks(session: Session, landlord_ids: Sequence[str], now: int) -> Iterator[tuple[str, Alert]]:
    query = select(Device, Unit.label, Unit.landlord_id).join(Unit, Device.unit_id == Unit.id).order_by(Device.id)
    locks = query.where(Unit.landlord_id.in_(landlord_ids), Device.kind == "lock", Device.revoked_at.is_(None))
    for device, unit, landlord_id in session.execute(locks):
        for alert in of_lock(device, unit, now):
            yield landlord_id, alert


def _of_late_keys(session: Session, landlord_ids: Sequence[str], now: int) -> Iterator[tuple[str, Alert]]:
    """Keys whose stay begins soon and that are not on their lock; those of locks that hold no keys are never late."""
    query = select(Key.id, Key.not_before, Unit.label, Unit.landlord_id).join(Stay, Key.stay_id == Stay.id)
    late = query.join(Unit, Stay.unit_id == Unit.id).where(
        Unit.landlord_id.in_(landlord_ids),
        Key.desired == "present",
        Key.observed.in_(NOT_ON_LOCK),
        Key.expires_at > now,
        Key.not_before <= now + rules.LATE_HOURS[-1] * 3600,
    )
    for key_id, begins, unit, landlord_id in session.execute(late.order_by(Key.not_before, Key.id)):
        hours = rules.late_stage(begins - now)
        if hours is not None:
            severity = KINDS["key_late"].severity_at(hours)
            yield landlord_id, Alert(f"key_late:{hours}:{key_id}", "key_late", unit, severity, hours)


def _of_exposures(session: Session, landlord_ids: Sequence[str], now: int) -> Iterator[tuple[str, Alert]]:
    for each in find_exposures(session, landlord_ids, now):
        severity = KINDS["exposed"].severity
        yield each.landlord_id, Alert(f"exposed:{each.stay_id}", "exposed", each.unit, severity, each.minutes(now))


def _of_filings(session: Session, landlord_ids: Sequence[str], now: int) -> Iterator[tuple[str, Alert]]:
    """Registrations that wait for a person, and those near or past their deadline; each is a condition of its own."""
    columns = (Registration.id, Registration.state, Registration.deadline_at, Registration.warn_at)
    query = select(*columns, Unit.label, Unit.landlord_id).join(Stay, Registration.stay_id == Stay.id)
    found = query.join(Unit, Stay.unit_id == Unit.id).where(Unit.landlord_id.in_(landlord_ids), pressing(now))
    for row in session.execute(found.order_by(Registration.deadline_at, Registration.id)):
        code = rules.FILING_ALERTS.get(row.state)
        if code is not None:
            yield row.landlord_id, Alert(f"{code}:{row.id}", code, row.label, KINDS[code].severity)
        if row.state in OPEN and row.deadline_at is not None and row.warn_at is not None and now >= row.warn_at:
            near: AlertCode = "filing_due" if now < row.deadline_at else "filing_late"
            hours = max(0, -((now - row.deadline_at) // 3600))  # rounded up
            yield row.landlord_id, Alert(f"{near}:{row.id}", near, row.label, KINDS[near].severity, hours)


def watch_alerts(session: Session, now: int) -> int:
    """Create deliveries of what is new for landlords who subscribed, and forget what is over; returns how many."""
    wanted = [row for row in session.scalars(select(AlertSubscription)) if row.email or row.webhook_url]
    landlord_ids = [row.landlord_id for row in wanted]
    known: dict[str, dict[str, OpenAlert]] = {landlord_id: {} for landlord_id in landlord_ids}
    for row in session.scalars(select(OpenAlert).where(OpenAlert.landlord_id.in_(landlord_ids))):
        known[row.landlord_id][row.what] = row
    found = find_alerts(session, landlord_ids, now)
    return sum(_watch(session, row, known[row.landlord_id], found[row.landlord_id], now) for row in wanted)


def _watch(
    session: Session, subscription: AlertSubscription, known: dict[str, OpenAlert], found: Sequence[Alert], now: int
) -> int:
    enqueued_count = 0
    for alert in found:
        row = known.pop(alert.what, None)
        if row is None:
            row = OpenAlert(landlord_id=subscription.landlord_id, what=alert.what, since=now)
            session.add(row)
        if row.notified_at is None and alert.code in subscription.codes:
            row.notified_at = now
            _enqueue(session, subscription, alert, now)
            enqueued_count += 1
    for over in known.values():
        session.delete(over)
    return enqueued_count


def _enqueue(session: Session, subscription: AlertSubscription, alert: Alert, now: int) -> None:
    body = {"code": alert.code, "unit": alert.unit, "number": alert.number, "at": now}
    for work, wanted in (("mail_alert", subscription.email), ("post_alert", subscription.webhook_url)):
        if wanted:
            party = f"{work}:{subscription.landlord_id}"
            about, expires = subscription.landlord_id, now + EXPIRY_SECONDS
            enqueue(session, party=party, lane=party, work=work, about=about, now=now, expires_at=expires, body=body)
