"""Keys and codes that are being revoked on locks that cannot be reached: what a landlord has to know at once."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.keys.key import delay_reason
from gateway.journey.keys.lock_status import standings_of_lanes
from gateway.outbox import lanes
from gateway.store import Device, Key, Passcode, Stay, Unit


@dataclass(frozen=True, slots=True)
class Exposure:
    """A stay with revoked keys or passcodes that may open until `until` (UTC seconds), the longest of them."""

    landlord_id: str
    unit: str
    stay_id: str
    until: int

    def minutes(self, now: int) -> int:
        """Minutes until the end, rounded up."""
        return (self.until - now + 59) // 60


def find_exposures(session: Session, landlord_ids: Collection[str], now: int) -> list[Exposure]:
    """Every exposed stay of these landlords, in three statements however many there are.

    The rule is that of Standing.not_revocable_before: revoking, not over yet, and its lock cannot be reached.
    """
    found = [*_revoked_keys(session, landlord_ids, now), *_withdrawn_codes(session, landlord_ids, now)]
    known = standings_of_lanes(session, {lanes.keys(lock.id): lock for _, lock, _ in found})
    longest: dict[str, Exposure] = {}
    for stay, lock, until in found:
        if delay_reason(known[lanes.keys(lock.id)], now) is None:
            continue
        stay_id, unit, landlord_id = stay
        earlier = longest.get(stay_id)
        if earlier is None or earlier.until < until:
            longest[stay_id] = Exposure(landlord_id, unit, stay_id, until)
    return list(longest.values())


Found = tuple[tuple[str, str, str], Device, int]  # (stay, unit's label, landlord), lock, end


def _revoked_keys(session: Session, landlord_ids: Collection[str], now: int) -> list[Found]:
    query = (
        select(Stay.id, Unit.label, Unit.landlord_id, Device, Key.expires_at, Key.holder_until)
        .select_from(Key)
        .join(Stay, Key.stay_id == Stay.id)
        .join(Unit, Stay.unit_id == Unit.id)
        .join(Device, Key.device_id == Device.id)
        .where(Unit.landlord_id.in_(landlord_ids), Key.desired == "absent", Key.observed.in_(("unasked", "present")))
        .where(Key.expires_at > now, Key.holder_until > now)
    )
    rows = session.execute(query).all()
    return [((stay, unit, owner), lock, min(expires, until)) for stay, unit, owner, lock, expires, until in rows]


def _withdrawn_codes(session: Session, landlord_ids: Collection[str], now: int) -> list[Found]:
    query = (
        select(Stay.id, Unit.label, Unit.landlord_id, Device, Passcode.ends)
        .select_from(Passcode)
        .join(Stay, Passcode.stay_id == Stay.id)
        .join(Unit, Stay.unit_id == Unit.id)
        .join(Device, Passcode.device_id == Device.id)
        .where(Unit.landlord_id.in_(landlord_ids), Passcode.withdrawn_at.is_not(None), Passcode.ends > now)
        .where(Device.reported_code_epoch <= Passcode.epoch)
    )
    return [((stay, unit, owner), lock, until) for stay, unit, owner, lock, until in session.execute(query)]
