"""Alerts to landlords and officers: one evaluation for page, e-mail and webhook; each sent once while it lasts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from gateway.domain import alerts as rules
from gateway.domain.alerts import KINDS, AlertCode, Severity
from gateway.journey.filings.deadlines import OPEN, pressing
from gateway.journey.keys.exposure import find_exposures
from gateway.journey.retention.undecided import waiting_erasures
from gateway.outbox.deliveries import enqueue
from gateway.store import (
    Account,
    AlertSubscription,
    Device,
    Key,
    Offer,
    OpenAlert,
    Registration,
    Stay,
    Unit,
    Verification,
)

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


@dataclass(frozen=True, slots=True)
class Readers:
    """Whose alerts to find: landlords by id, and officers, by the id of the account, with the area (prefix) of each."""

    landlord_ids: Collection[str] = ()
    areas: Mapping[str, str] = field(default_factory=dict)

    def units(self) -> ColumnElement[bool]:
        """The condition for the units of any of them."""
        areas = (Unit.area.startswith(area, autoescape=True) for area in sorted(set(self.areas.values())))
        return or_(Unit.landlord_id.in_(self.landlord_ids), *areas)

    def of_unit(self, landlord_id: str, area: str) -> list[str]:
        """The ids of those whose unit it is."""
        officers = [account_id for account_id, own in self.areas.items() if area.startswith(own)]
        return [landlord_id, *officers] if landlord_id in self.landlord_ids else officers


def find_alerts(session: Session, readers: Readers, now: int) -> dict[str, list[Alert]]:
    """Alerts by landlord or officer, most urgent first, in eight statements however many of them, locks and keys."""
    found: dict[str, list[Alert]] = {reader: [] for reader in (*readers.landlord_ids, *readers.areas)}
    for source in (_of_locks, _of_late_keys, _of_exposures):
        for landlord_id, alert in source(session, readers.landlord_ids, now):
            found[landlord_id].append(alert)
    others = chain(_of_cases(session, readers), _of_filings(session, readers, now), _of_erasures(session, readers, now))
    for reader, alert in others:
        found[reader].append(alert)
    for alerts in found.values():
        alerts.sort(key=lambda alert: rules.SEVERITIES.index(alert.severity))
    return found


def of_lock(device: Device, unit: str, now: int) -> Iterator[Alert]:
    """The alerts from a lock's last reports and from its being offline, or not heard since the broker was away."""

    def alert(code: AlertCode, number: int = 0, stage: int | None = None) -> Alert:
        what = f"{code}:{device.id}" if stage is None else f"{code}:{stage}:{device.id}"
        return Alert(what, code, unit, KINDS[code].severity_at(stage), number)

    if not device.online and device.last_seen_at is not None and now - device.last_seen_at > rules.SILENT_SECONDS:
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


def _of_locks(session: Session, landlord_ids: Collection[str], now: int) -> Iterator[tuple[str, Alert]]:
    query = select(Device, Unit.label, Unit.landlord_id).join(Unit, Device.unit_id == Unit.id).order_by(Device.id)
    locks = query.where(Unit.landlord_id.in_(landlord_ids), Device.kind == "lock", Device.revoked_at.is_(None))
    for device, unit, landlord_id in session.execute(locks):
        for alert in of_lock(device, unit, now):
            yield landlord_id, alert


def _of_late_keys(session: Session, landlord_ids: Collection[str], now: int) -> Iterator[tuple[str, Alert]]:
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


def _of_exposures(session: Session, landlord_ids: Collection[str], now: int) -> Iterator[tuple[str, Alert]]:
    for each in find_exposures(session, landlord_ids, now):
        severity = KINDS["exposed"].severity
        yield each.landlord_id, Alert(f"exposed:{each.stay_id}", "exposed", each.unit, severity, each.minutes(now))


def _of_cases(session: Session, readers: Readers) -> Iterator[tuple[str, Alert]]:
    """Identity checks that wait for a person's decision; the tenant may stand at the door."""
    query = select(Verification.id, Unit.label, Unit.landlord_id, Unit.area)
    query = query.join(Offer, Verification.offer_id == Offer.id).join(Stay, Offer.stay_id == Stay.id)
    found = query.join(Unit, Stay.unit_id == Unit.id).where(Verification.state == "review", readers.units())
    for row in session.execute(found.order_by(Verification.created_at, Verification.id)):
        for reader in readers.of_unit(row.landlord_id, row.area):
            yield reader, Alert(f"case_waits:{row.id}", "case_waits", row.label, KINDS["case_waits"].severity)


def _of_filings(session: Session, readers: Readers, now: int) -> Iterator[tuple[str, Alert]]:
    """Registrations that wait for a person, and those near or past their deadline; each is a condition of its own."""
    columns = (Registration.id, Registration.state, Registration.deadline_at, Registration.warn_at)
    query = select(*columns, Unit.label, Unit.landlord_id, Unit.area).join(Stay, Registration.stay_id == Stay.id)
    found = query.join(Unit, Stay.unit_id == Unit.id).where(readers.units(), pressing(now))
    for row in session.execute(found.order_by(Registration.deadline_at, Registration.id)):
        alerts = list(_of_filing(row, now))
        for reader in readers.of_unit(row.landlord_id, row.area):
            yield from ((reader, alert) for alert in alerts)


def _of_erasures(session: Session, readers: Readers, now: int) -> Iterator[tuple[str, Alert]]:
    """People who are kept after their time for a record that nobody decides on."""
    severity = KINDS["erasure_waits"].severity
    for each in waiting_erasures(session, readers.units(), now):
        alert = Alert(f"erasure_waits:{each.registration_id}", "erasure_waits", each.unit, severity, each.days)
        for reader in readers.of_unit(each.landlord_id, each.area):
            yield reader, alert


def _of_filing(row: Any, now: int) -> Iterator[Alert]:
    code = rules.FILING_ALERTS.get(row.state)
    if code is not None:
        yield Alert(f"{code}:{row.id}", code, row.label, KINDS[code].severity)
    if row.state in OPEN and row.deadline_at is not None and row.warn_at is not None and now >= row.warn_at:
        near: AlertCode = "filing_due" if now < row.deadline_at else "filing_late"
        hours = max(0, -((now - row.deadline_at) // 3600))  # rounded up
        yield Alert(f"{near}:{row.id}", near, row.label, KINDS[near].severity, hours)


def watch_alerts(session: Session, now: int) -> int:
    """Create deliveries of what is new for those who subscribed, and forget what is over; returns how many."""
    query = select(AlertSubscription, Account.area).outerjoin(Account, AlertSubscription.account_id == Account.id)
    wanted = [(row, area) for row, area in session.execute(query) if row.email or row.webhook_url]
    landlord_ids = {row.landlord_id for row, _ in wanted if row.landlord_id}
    readers = Readers(landlord_ids, {row.account_id: area for row, area in wanted if row.account_id and area})
    known: dict[str, dict[str, OpenAlert]] = {row.id: {} for row, _ in wanted}
    for row in session.scalars(select(OpenAlert).where(OpenAlert.subscription_id.in_(known))):
        known[row.subscription_id][row.what] = row
    found = find_alerts(session, readers, now)
    return sum(_watch(session, row, known[row.id], found.get(row.id, ()), now) for row, _ in wanted)


def _watch(
    session: Session, subscription: AlertSubscription, known: dict[str, OpenAlert], found: Sequence[Alert], now: int
) -> int:
    enqueued_count = 0
    for alert in found:
        row = known.pop(alert.what, None)
        if row is None:
            row = OpenAlert(subscription_id=subscription.id, what=alert.what, since=now)
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
            party = f"{work}:{subscription.id}"
            about, expires = subscription.id, now + EXPIRY_SECONDS
            enqueue(session, party=party, lane=party, work=work, about=about, now=now, expires_at=expires, body=body)
