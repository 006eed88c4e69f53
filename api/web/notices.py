"""What a landlord should look at before a tenant stands at a shut door. Pure: shapes in, notices out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.http.shapes import KeyShown, LockShown, StayShown, UnitShown

SILENT_SECONDS: Final = 15 * 60
BATTERY: Final = ((10, "bad"), (20, "care"), (30, "plain"))
ARRIVAL: Final = ((2 * 3600, "bad"), (24 * 3600, "care"))
NOT_ON_LOCK: Final = ("issued", "delivering")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to see to: `code` names the sentence, `number` fills its blank, `mood` (bad, care, plain) presses."""

    code: str
    unit: str
    mood: str
    number: int = 0


def notices_for(units: Sequence[UnitShown], stays: Sequence[StayShown], now: int) -> list[Notice]:
    """Batteries, silence, alarms, keys and revocations that do not arrive, the pressing ones first."""
    found = [notice for unit in units for lock in unit.locks for notice in of_lock(unit.label, lock, now)]
    found += [notice for stay in stays for key in stay.keys for notice in of_key(stay.unit_label, key, now)]
    found += [notice for stay in stays for notice in of_exposure(stay)]
    return sorted(found, key=lambda notice: ("bad", "care", "plain").index(notice.mood))


def of_lock(unit: str, lock: LockShown, now: int) -> Iterator[Notice]:
    """What a lock said of itself, or that it says nothing."""
    if lock.online is False and lock.heard_at is not None and now - lock.heard_at > SILENT_SECONDS:
        yield Notice("silent", unit, "care", (now - lock.heard_at) // 60)
    if lock.alarm or lock.bolt == "jammed":
        yield Notice("alarm", unit, "bad")
    if lock.battery is not None:
        mood = next((mood for limit, mood in BATTERY if lock.battery <= limit), None)
        if mood:
            yield Notice("battery", unit, mood, lock.battery)


def of_exposure(stay: StayShown) -> Iterator[Notice]:
    """Keys and codes that are revoked and that their lock cannot be told of: how long the longest may still open."""
    minutes = [held.exposure_minutes or 0 for held in (*stay.keys, *stay.codes) if held.cannot_be_revoked_before]
    if minutes:
        yield Notice("exposed", stay.unit_label, "bad", max(minutes))


def of_key(unit: str, key: KeyShown, now: int) -> Iterator[Notice]:
    """A key that is not on its lock though its holder is about to come."""
    left = int(datetime.fromisoformat(key.from_).timestamp()) - now
    mood = next((mood for limit, mood in ARRIVAL if left <= limit), None)
    if key.state in NOT_ON_LOCK and mood:
        yield Notice("key_late", unit, mood)
