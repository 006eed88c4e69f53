"""Numbers of stays and filings in a month: of what is kept, and of what was counted when it was deleted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.domain.stays.stay import wall_clock
from gateway.store import MonthlyCount, Registration, Stay, Unit


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """What is counted: stays (`name` is empty), or filings at the registry `name`, of stays that began in `month`."""

    month: str
    landlord: str
    what: str
    name: str
    state: str


def count_stay(session: Session, stay: Stay) -> None:
    """Count an ended stay and its filings for good, in the transaction that deletes them."""
    for count, number in _counts_of(session, stay).items():
        place = (count.month, count.landlord, count.what, count.name, count.state)
        row = session.get(MonthlyCount, place, with_for_update=True)
        if row is None:
            row = MonthlyCount(
                month=count.month, landlord_id=count.landlord, what=count.what, name=count.name, state=count.state
            )
            row.number = 0
            session.add(row)
        row.number += number
        session.flush()


def monthly_counts(session: Session, landlord_id: str | None = None) -> dict[Count, int]:
    """Numbers of stays and filings by month, of one landlord or of all, in order."""
    found: Counter[Count] = Counter()
    for count, number in (*_deleted(session, landlord_id), *_kept(session, landlord_id)):
        found[count] += number
    return dict(sorted(found.items()))


def _deleted(session: Session, landlord_id: str | None) -> Iterator[tuple[Count, int]]:
    query = select(MonthlyCount)
    for row in session.scalars(query.where(MonthlyCount.landlord_id == landlord_id) if landlord_id else query):
        yield Count(row.month, row.landlord_id, row.what, row.name, row.state), row.number


def _kept(session: Session, landlord_id: str | None) -> Iterator[tuple[Count, int]]:
    """Stays that are kept, row by row: their months are those of the units' time zones."""
    stays = select(Stay.from_at, Stay.state, Unit.timezone, Unit.landlord_id).join(Unit, Stay.unit_id == Unit.id)
    filings = (
        select(
            Stay.from_at, Registration.state, Unit.timezone, Unit.landlord_id, Registration.registry_name, func.count()
        )
        .join(Stay, Registration.stay_id == Stay.id)
        .join(Unit, Stay.unit_id == Unit.id)
        .group_by(
            Stay.id, Stay.from_at, Registration.state, Unit.timezone, Unit.landlord_id, Registration.registry_name
        )
    )
    if landlord_id is not None:
        stays, filings = stays.where(Unit.landlord_id == landlord_id), filings.where(Unit.landlord_id == landlord_id)
    for from_at, state, zone, landlord in session.execute(stays).yield_per(1000):
        yield Count(_month(from_at, zone), landlord, "stay", "", state), 1
    for from_at, state, zone, landlord, registry, number in session.execute(filings).yield_per(1000):
        yield Count(_month(from_at, zone), landlord, "filing", registry, state), number


def _counts_of(session: Session, stay: Stay) -> Counter[Count]:
    month, landlord = _month(stay.from_at, stay.unit.timezone), stay.unit.landlord_id
    found = Counter({Count(month, landlord, "stay", "", stay.state): 1})
    query = select(Registration.registry_name, Registration.state).where(Registration.stay_id == stay.id)
    for registry, state in session.execute(query):
        found[Count(month, landlord, "filing", registry, state)] += 1
    return found


def _month(at: int, zone: str) -> str:
    return wall_clock(at, zone)[:7]
