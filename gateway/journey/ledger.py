"""What is on each lock, for people: what is wanted, what the lock said, why not yet, and how long that can hurt."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.key import HoldUp, LockStanding, code_state, hold_up, state_of
from gateway.journey import lanes
from gateway.store import Delivery, Device, Key, Passcode, Stay

WAITING = ("issued", "delivering", "revoking")
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Standing:
    """One key or passcode on one lock. `ends` is when it opens nothing any more even if the lock hears nothing.

    `exposed_until`: only while the lock may still accept what is being revoked; `hold_up` and `since`: why it waits.
    """

    state: str
    ends: int
    exposed_until: int | None
    hold_up: HoldUp | None
    since: int | None

    def exposure_minutes(self, now: int) -> int | None:
        """Minutes in which the lock may still accept it, rounded up."""
        return None if self.exposed_until is None else (self.exposed_until - now + 59) // 60

    @property
    def not_revocable_before(self) -> int | None:
        """When it ends by itself, where the lock cannot be told now."""
        return self.exposed_until if self.hold_up else None


@dataclass(frozen=True, slots=True)
class CodeStanding:
    """A passcode without its digits: whose lock, good in [begins, ends), and how it stands."""

    lock: str
    begins: int
    standing: Standing


def key_standing(session: Session, key: Key, now: int) -> Standing:
    """How a key stands."""
    state = state_of(key.desired, key.observed, key.expires_at, now)
    return _standing(session, key.device, state, min(key.expires_at, key.holder_until), now)


def code_standings(session: Session, stay: Stay, now: int) -> list[CodeStanding]:
    """How each passcode of a stay stands, the first to begin first."""
    query = select(Passcode, Device).join(Device, Passcode.device_id == Device.id).where(Passcode.stay_id == stay.id)
    rows = session.execute(query.order_by(Passcode.first_hour, Passcode.device_id, Passcode.created_at)).all()
    return [_code(session, code, lock, now) for code, lock in rows]


def _code(session: Session, code: Passcode, lock: Device, now: int) -> CodeStanding:
    ends = (code.first_hour + code.hours) * HOUR
    state = code_state(code.epoch, lock.told_codes, code.withdrawn_at is not None, ends, now)
    return CodeStanding(lock.id, code.first_hour * HOUR, _standing(session, lock, state, ends, now))


def _standing(session: Session, lock: Device, state: str, ends: int, now: int) -> Standing:
    waits = hold_up(_known_of(session, lock), now) if state in WAITING else None
    reason, since = waits or (None, None)
    return Standing(state, ends, ends if state == "revoking" and now < ends else None, reason, since)


def _known_of(session: Session, lock: Device) -> LockStanding:
    """The lock's own word, and what came of what is owed to it in its lane of keys."""
    owed = _owed(session, lock.id)
    asked_at = min((row.created_at for row in owed), default=None)
    outcome = next((row.outcome for row in owed if row.outcome), None)
    return LockStanding(lock.revoked_at, lock.online, lock.heard_at, asked_at, outcome)


def _owed(session: Session, lock_id: str) -> Sequence[Delivery]:
    query = select(Delivery).where(Delivery.lane == lanes.keys(lock_id), Delivery.state == "owed")
    return session.scalars(query.order_by(Delivery.id)).all()
