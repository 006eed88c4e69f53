"""What a landlord should look at before a tenant stands at a shut door. Pure: shapes in, notices out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.http.schemas import KeyShown, LockShown, StayShown, UnitShown
from gateway.domain import alerts as rules

BATTERY: Final = {10: "bad", 20: "care", 30: "plain"}
ARRIVAL: Final = {2: "bad", 24: "care"}
NOT_ON_LOCK: Final = ("issued", "delivering")


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to see to: `code` names the sentence, `number` fills its blank, `severity`: bad, care, plain."""

    code: str
    unit: str
    severity: str
    number: int = 0


def alerts_for(units: Sequence[UnitShown], stays: Sequence[StayShown], now: int) -> list[Alert]:
    """Batteries, silence, alarms, open doors, keys and revocations that do not arrive, the pressing ones first."""
    found = [alert for unit in units for lock in unit.locks for alert in of_lock(unit.label, lock, now)]
    found += [alert for stay in stays for key in stay.keys for alert in of_key(stay.unit_label, key, now)]
    found += [alert for stay in stays for alert in of_exposure(stay)]
    return sorted(found, key=lambda alert: ("bad", "care", "plain").index(alert.severity))


def of_lock(unit: str, lock: LockShown, now: int) -> Iterator[Alert]:
    """What a lock said of itself, or that it says nothing. One out of service is nobody's worry."""
    if lock.revoked:
        return
    if lock.online is False and lock.last_seen_at is not None and now - lock.last_seen_at > rules.SILENT_SECONDS:
        yield Alert("silent", unit, "care", (now - lock.last_seen_at) // 60)
    if lock.bolt == "jammed" or lock.alarm == "jammed":
        yield Alert("jam", unit, "bad")
    elif lock.alarm:
        yield Alert(lock.alarm, unit, "bad")
    alarm = rules.log_alarm(lock.log_alarm, lock.log_alarm_at, now)
    if alarm is not None:
        yield Alert(alarm, unit, "bad")
    seconds = rules.clock_off(lock.clock_drift, lock.clock_drift_at, now)
    if seconds is not None:
        yield Alert("clock_off", unit, "care", seconds)
    minutes = rules.ajar_minutes(lock.door, lock.door_since, now)
    if minutes is not None:
        yield Alert("ajar", unit, "care", minutes)
    stage = rules.battery_stage(lock.battery)
    if stage is not None:
        yield Alert("battery", unit, BATTERY[stage], lock.battery or 0)


def of_exposure(stay: StayShown) -> Iterator[Alert]:
    """Keys and codes that are revoked and that their lock cannot be told of: how long the longest may still open."""
    minutes = [held.exposure_minutes or 0 for held in (*stay.keys, *stay.codes) if held.cannot_be_revoked_before]
    if minutes:
        yield Alert("exposed", stay.unit_label, "bad", max(minutes))


def of_key(unit: str, key: KeyShown, now: int) -> Iterator[Alert]:
    """A key that is not on its lock though its holder is about to come."""
    hours = rules.late_stage(int(datetime.fromisoformat(key.from_).timestamp()) - now)
    if key.state in NOT_ON_LOCK and hours is not None:
        yield Alert("key_late", unit, ARRIVAL[hours], hours)
