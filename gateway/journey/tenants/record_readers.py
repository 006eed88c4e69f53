"""Who read a tenant's record, from the disclosure log; or that telling the tenant was forbidden by law."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway.disclosure import Entry, append
from gateway.store import Disclosure, Event, FeedConsumer, Offer, RegistrationPerson, Verification

MAX_READINGS: Final = 1000
WITHHELD: Final = "readers_withheld"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reader of the record: role or name, purpose, fields, first and last time (UTC seconds), number of times."""

    who: str
    purpose: str
    fields: str
    first_at: int
    last_at: int
    times: int


def readings_of(session: Session, offer: Offer) -> list[Reading]:
    """All readers of the tenant's record, latest first; repeated readings by one reader are one line."""
    lines: dict[tuple[str, str, str], Reading] = {}
    for row in sorted(_entries(session, offer), key=lambda row: row.seq):
        key = (row.consumer, row.purpose, row.fields)
        before = lines.get(key)
        first_at, times = (before.first_at, before.times) if before else (row.at, 0)
        lines[key] = Reading(_who(session, row.consumer), row.purpose, row.fields, first_at, row.at, times + 1)
    return sorted(lines.values(), key=lambda reading: -reading.last_at)


def withheld_recorded(session: Session, offer: Offer) -> bool:
    """Whether the log already records that the readers are withheld from this tenant."""
    known = select(Disclosure.seq).where(Disclosure.subject == f"offer:{offer.id}", Disclosure.purpose == WITHHELD)
    return session.scalar(known.limit(1)) is not None


def record_withheld(session: Session, offer: Offer, jurisdiction: str, now: int) -> None:
    """Log, once, that the readers are withheld from this tenant, and under which jurisdiction."""
    if not withheld_recorded(session, offer):
        append(session, [Entry(f"law:{jurisdiction}", WITHHELD, f"offer:{offer.id}", "none", rows=0)], now)


def _entries(session: Session, offer: Offer) -> Iterator[Disclosure]:
    registrations = _ids(session, offer)
    cases = session.scalars(select(Verification.id).where(Verification.offer_id == offer.id)).all()
    subjects = [*(f"registration:{name}" for name in registrations), *(f"case:{name}" for name in cases)]
    yield from session.scalars(select(Disclosure).where(Disclosure.subject.in_(subjects)).limit(MAX_READINGS))
    events = session.execute(
        select(Event.feed_seq, Event.area).where(Event.registration_id.in_(registrations), Event.feed_seq.is_not(None))
    ).all()
    yield from _stretches(session, [(seq, area or "") for seq, area in events if seq is not None])


def _stretches(session: Session, shown: Sequence[tuple[int, str]]) -> Iterable[Disclosure]:
    """Log entries for ranges of the feed that contain one of these records and cover its area."""
    if not shown:
        return []
    within = or_(*((Disclosure.first <= seq) & (Disclosure.last >= seq) for seq, _ in shown))
    rows = session.scalars(select(Disclosure).where(within).order_by(Disclosure.seq.desc()).limit(MAX_READINGS)).all()
    return [row for row in rows if any(_covers(row, seq, area) for seq, area in shown)]


def _covers(row: Disclosure, seq: int, area: str) -> bool:
    areas = row.subject.partition("@")[2].split(",")
    return (row.first or 0) <= seq <= (row.last or 0) and any(area.startswith(given) for given in areas)


def _ids(session: Session, offer: Offer) -> Sequence[str]:
    if offer.person_id is None:
        return []
    named = select(RegistrationPerson.registration_id).where(RegistrationPerson.person_id == offer.person_id)
    return session.scalars(named).all()


def _who(session: Session, consumer: str) -> str:
    """The reader's role, or a consumer's name; officers are not named to tenants."""
    role, _, name = consumer.partition(":")
    row = session.get(FeedConsumer, name) if role == "consumer" else None
    return f"consumer: {row.name}" if row else role
