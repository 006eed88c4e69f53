"""A tenant's keys with what belongs to them: filings, readers of the record, codes and the latest date request."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.services.presenters import date_request_shown, key_shown, lock_shown, once_codes_of
from api.services.schemas import DateRequestShown, KeyShown, LockShown, OnboardingShown, OnceCodeShown
from gateway.bootstrap import Gateway
from gateway.domain.jurisdiction import profile_for
from gateway.domain.stays.stay import wall_clock
from gateway.journey.filings.destinations import day_at
from gateway.journey.filings.parties import registered
from gateway.journey.stays.date_requests import latest_date_request
from gateway.journey.stays.family import companions_without_key
from gateway.journey.stays.shared_facts import has_surname
from gateway.journey.tenants import onboarding as steps
from gateway.store import Disclosure, Offer, Registration, RegistrationPerson

MAX_READERS: Final = 20


@dataclass(frozen=True, slots=True)
class FilingLine:
    """One of the tenant's registration records: kind, state, the registry, and its receipt if it has accepted."""

    kind: str
    state: str
    registry: str
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """One reading of the tenant's records: by whom (role and account id), for what purpose, when (UTC seconds)."""

    consumer: str
    purpose: str
    at: int


@dataclass(frozen=True, slots=True)
class OwnDates:
    """When one person came and leaves (local wall clock), how many children they declared, and whether others stay.

    `planned`: they leave before the stay ends. `expected`: they are still to arrive later than the stay begins.
    `days`: whether they came on an earlier day than today.
    """

    arrived: str
    leaves: str
    planned: bool
    expected: bool
    children: int
    others: bool
    days: bool


@dataclass(frozen=True, slots=True)
class Companion:
    """An adult who registered on this phone and has no key yet: their offer, and when they began (UTC seconds)."""

    offer_id: str
    began_at: int


@dataclass(frozen=True, slots=True)
class KeyOverview:
    """A tenant's keys, each with its lock. `begins_later`: a key is not valid yet.

    `readers` is None if the law of the place forbids disclosing them. `date_request` is the latest one. `party_open`:
    the registration waits for others who are still to register. `has_surname`: the tenant's surname is known apart from
    other names. `own`: this person's own dates. `companions`: whose link to the key can be shown again.
    """

    keys: list[tuple[KeyShown, LockShown]]
    begins_later: bool
    filings: list[FilingLine]
    readers: list[Reader] | None
    once_codes: list[OnceCodeShown]
    date_request: DateRequestShown | None
    party_open: bool
    has_surname: bool
    own: OwnDates
    companions: list[Companion]


def was_revoked(gateway: Gateway, token: str, onboarding: OnboardingShown) -> bool:
    """Return whether the keys of this offer were issued and are no longer wanted on the locks."""
    if onboarding.stage != "verified":
        return False
    with gateway.database.reading() as session:
        return steps.get_offer(session, token, gateway.keyring, gateway.now()).state == "used"


def read_overview(gateway: Gateway, token: str) -> KeyOverview:
    """Return the keys of the offer's tenant and what belongs to them. Raises OfferUnknown, OfferGone, OfferExpired."""
    now = gateway.now()
    with gateway.database.reading() as session:
        offer = steps.get_offer(session, token, gateway.keyring, now)
        keys = steps.keys_of(session, offer)
        disclosed = profile_for(offer.stay.unit.jurisdiction).show_readers_to_tenant
        records, date_request = _own_records(session, offer), latest_date_request(session, offer.stay)
        return KeyOverview(
            keys=[(key_shown(session, key, now), lock_shown(key.device)) for key in keys],
            begins_later=any(now < key.not_before for key in keys),
            filings=[FilingLine(row.kind, row.state, row.registry_name, row.receipt) for row in records],
            readers=_readers_of(session, [row.id for row in records]) if disclosed else None,
            once_codes=once_codes_of(session, offer.stay, now),
            date_request=date_request_shown(date_request) if date_request else None,
            party_open=offer.stay.party_open,
            has_surname=has_surname(session, offer, gateway.keyring),
            own=_own_dates(session, offer, now),
            companions=[
                Companion(one.id, one.created_at) for one in companions_without_key(session, offer.person_id, now)
            ],
        )


def _own_dates(session: Session, offer: Offer, now: int) -> OwnDates:
    stay, zone = offer.stay, offer.stay.unit.timezone
    present = [one for one in registered(session, stay) if one.left_at is None]
    own = [one for one in present if offer.person_id in (one.id, one.head_id)]
    person = next((one for one in own if one.id == offer.person_id), None)
    arrived, leaves = (person.arrived_at, person.leaves_at) if person else (None, None)
    return OwnDates(
        arrived=wall_clock(arrived or stay.from_at, zone),
        leaves=wall_clock(leaves or stay.until_at, zone),
        planned=leaves is not None,
        expected=arrived is not None and arrived > now,
        children=len([one for one in own if one is not person]),
        others=len(present) > len(own),
        days=day_at(stay, arrived or stay.from_at) < day_at(stay, now),
    )


def _own_records(session: Session, offer: Offer) -> list[Registration]:
    named = select(RegistrationPerson.registration_id).where(RegistrationPerson.person_id == offer.person_id)
    query = select(Registration).where(Registration.stay_id == offer.stay_id, Registration.id.in_(named))
    return list(session.scalars(query.order_by(Registration.created_at)))


def _readers_of(session: Session, record_ids: list[str]) -> list[Reader]:
    subjects = [f"registration:{record_id}" for record_id in record_ids]
    query = (
        select(Disclosure).where(Disclosure.subject.in_(subjects)).order_by(Disclosure.seq.desc()).limit(MAX_READERS)
    )
    return [Reader(row.consumer, row.purpose, row.at) for row in session.scalars(query)]
