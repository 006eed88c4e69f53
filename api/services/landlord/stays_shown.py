"""Present stays to their landlord, in the same number of statements however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from api.services.landlord.offers import present_offer
from api.services.people_of_stay import people_of_stay
from api.services.presenters import (
    code_shown,
    date_request_shown,
    erasure_asked,
    fields_of_standing,
    filing_shown,
    once_shown,
)
from api.services.schemas import KeyShown, StayShown
from gateway.bootstrap import Gateway
from gateway.domain.stays.stay import wall_clock
from gateway.journey.filings.parties import registered_by_stay
from gateway.journey.keys.lock_abilities import takes_codes
from gateway.journey.keys.lock_status import (
    CodeStanding,
    OnceStanding,
    Standing,
    code_standings,
    key_standings,
    once_standings,
)
from gateway.journey.keys.one_time_codes import is_running
from gateway.journey.stays.date_requests import open_date_requests
from gateway.store import Person, Registration, Stay, Unit
from gateway.store.date_requests import DateRequest


@dataclass(frozen=True, slots=True)
class Standings:
    """What is presented of stays beside their own rows, by the stay's id; `keys` by the key's."""

    people: Mapping[str, Sequence[Person]]
    keys: Mapping[str, Standing]
    codes: Mapping[str, Sequence[CodeStanding]]
    once_codes: Mapping[str, Sequence[OnceStanding]]
    filings: Mapping[str, Sequence[Registration]]
    date_requests: Mapping[str, DateRequest]


def with_rows(query: Select[Stay]) -> Select[Stay]:
    """Return the query for stays with the rows that are presented of them."""
    rows = (selectinload(Stay.offers), selectinload(Stay.people), selectinload(Stay.keys))
    return query.options(*rows, joinedload(Stay.unit).selectinload(Unit.devices))


def present_stays(gateway: Gateway, session: Session, stays: Sequence[Stay]) -> list[StayShown]:
    """Present stays with their links, keys and filings, in the same order."""
    now, ids = gateway.now(), [stay.id for stay in stays]
    standings = Standings(
        people=registered_by_stay(session, ids),
        keys=key_standings(session, [key for stay in stays for key in stay.keys], now),
        codes=code_standings(session, ids, now),
        once_codes=once_standings(session, ids, now),
        filings=_filings_by_stay(session, ids),
        date_requests=open_date_requests(session, stays),
    )
    return [_present(gateway, stay, standings) for stay in stays]


def _filings_by_stay(session: Session, stays: Iterable[str]) -> Mapping[str, Sequence[Registration]]:
    """Return the registration records of each stay, oldest first."""
    query = select(Registration).where(Registration.stay_id.in_(stays))
    found: dict[str, list[Registration]] = defaultdict(list)
    for row in session.scalars(query.order_by(Registration.created_at, Registration.number)):
        found[row.stay_id].append(row)
    return found


def _present(gateway: Gateway, stay: Stay, known: Standings) -> StayShown:
    zone, now = stay.unit.timezone, gateway.now()
    date_request = known.date_requests.get(stay.id)
    return StayShown(
        id=stay.id,
        unit=stay.unit_id,
        unit_label=stay.unit.label,
        from_=wall_clock(stay.from_at, zone),
        until=wall_clock(stay.until_at, zone),
        state=stay.state,
        tenants=len([person for person in stay.people if person.erased_at is None]),
        people=people_of_stay(stay, known.people[stay.id]),
        arrived_at=stay.arrived_at,
        ended_at=stay.ended_at,
        offers=[present_offer(gateway, offer) for offer in stay.offers],
        keys=[KeyShown(**fields_of_standing(key, known.keys[key.id], now)) for key in stay.keys],
        codes=[code_shown(code, zone, now) for code in known.codes[stay.id]],
        once_codes=[once_shown(once, zone, now) for once in known.once_codes[stay.id]],
        once_locks=[lock.id for lock in stay.unit.devices if takes_codes(lock)] if is_running(stay, now) else [],
        registrations=[filing_shown(row, now) for row in known.filings.get(stay.id, ())],
        date_request=date_request_shown(date_request) if date_request else None,
        erasure=erasure_asked(stay),
    )
