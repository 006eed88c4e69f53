"""Alerts to landlords through the outbox: one delivery for as long as a condition lasts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain import alerts as rules
from gateway.outbox.deliveries import owe
from gateway.store import AlertSubscription, Device, Key, OpenAlert, Stay, Unit

EXPIRY_SECONDS: Final = 24 * 3600  # seconds after which an alert is no longer delivered


@dataclass(frozen=True, slots=True)
class Present:
    """A condition that exists now; `what` identifies it, so that it is reported once for as long as it lasts."""

    what: str
    code: str
    unit: str
    number: int = 0


def present_at(session: Session, landlord_id: str, now: int) -> Iterator[Present]:
    """All conditions a landlord should know of, from the devices' last reports and the keys' states."""
    query = select(Device, Unit).join(Unit, Device.unit_id == Unit.id).where(Unit.landlord_id == landlord_id)
    for device, unit in session.execute(query.where(Device.kind == "lock", Device.revoked_at.is_(None))):
        yield from of_lock(device, unit.label, now)
    late = select(Key, Unit).join(Stay, Key.stay_id == Stay.id).join(Unit, Stay.unit_id == Unit.id)
    late = late.where(
        Unit.landlord_id == landlord_id,
        Key.desired == "present",
        Key.on_lock_at.is_(None),
        Key.expires_at > now,
        Key.not_before <= now + rules.LATE_HOURS[-1] * 3600,
    )
    for key, unit in session.execute(late):
        hours = rules.late_stage(key.not_before - now)
        if hours is not None:
            yield Present(f"key_late:{hours}:{key.id}", "key_late", unit.label, hours)


def of_lock(device: Device, unit: str, now: int) -> Iterator[Present]:
    """The conditions of one lock, from its last reports and its connection."""
    stage = rules.battery_stage(device.battery)
    if stage is not None:
        yield Present(f"battery:{stage}:{device.id}", "battery", unit, device.battery or 0)
    if device.online is False and device.last_seen_at is not None and now - device.last_seen_at > rules.SILENT_SECONDS:
        yield Present(f"silent:{device.id}", "silent", unit, (now - device.last_seen_at) // 60)
    if device.bolt == "jammed" or device.alarm == "jammed":
        yield Present(f"jam:{device.id}", "jam", unit)
    alarm = rules.log_alarm(device.log_alarm, device.log_alarm_at, now)
    if alarm is not None:
        yield Present(f"{alarm}:{device.id}", alarm, unit)
    seconds = rules.clock_off(device.clock_drift, device.clock_drift_at, now)
    if seconds is not None:
        yield Present(f"clock_off:{device.id}", "clock_off", unit, seconds)
    minutes = rules.ajar_minutes(device.door, device.door_since, now)
    if minutes is not None:
        yield Present(f"ajar:{device.id}", "ajar", unit, minutes)


def watch_alerts(session: Session, now: int) -> int:
    """Create deliveries for new conditions and delete ended ones; returns how many alerts were sent."""
    subscriptions = session.scalars(select(AlertSubscription)).all()
    return sum(
        _watch(session, subscription, now)
        for subscription in subscriptions
        if subscription.email or subscription.webhook_url
    )


def _watch(session: Session, subscription: AlertSubscription, now: int) -> int:
    query = select(OpenAlert).where(OpenAlert.landlord_id == subscription.landlord_id)
    known = {row.what: row for row in session.scalars(query)}
    owed_count = 0
    for found in present_at(session, subscription.landlord_id, now):
        row = known.pop(found.what, None)
        if row is None:
            row = OpenAlert(landlord_id=subscription.landlord_id, what=found.what, since=now)
            session.add(row)
        if row.notified_at is None and found.code in subscription.codes:
            row.notified_at = now
            _owe(session, subscription, found, now)
            owed_count += 1
    for over in known.values():
        session.delete(over)
    return owed_count


def _owe(session: Session, subscription: AlertSubscription, found: Present, now: int) -> None:
    body = {"code": found.code, "unit": found.unit, "number": found.number, "at": now}
    for work, wanted in (("mail_alert", subscription.email), ("post_alert", subscription.webhook_url)):
        if wanted:
            party = f"{work}:{subscription.landlord_id}"
            about, expires = subscription.landlord_id, now + EXPIRY_SECONDS
            owe(session, party=party, lane=party, work=work, about=about, now=now, expires_at=expires, body=body)
