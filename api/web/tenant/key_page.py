"""What the tenant's key page shows, read with the tenant's own link."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.services.presenters import date_request_shown, key_shown, lock_shown, once_codes_of
from api.services.schemas import OnboardingShown
from gateway.bootstrap import Gateway
from gateway.domain.jurisdiction import profile_for
from gateway.journey.stays.date_requests import latest_date_request
from gateway.journey.tenants import onboarding as steps
from gateway.store import Disclosure, Offer, Registration, RegistrationPerson


@dataclass(frozen=True, slots=True)
class FilingLine:
    """One record of the tenant's and how it stands."""

    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Reader:
    """One entry of the disclosure log about the tenant: who (role and account id), why, when (UTC seconds)."""

    consumer: str
    purpose: str
    at: int


def was_taken_back(gateway: Gateway, token: str, onboarding: OnboardingShown) -> bool:
    """True where the key of this link was handed out and is no longer wanted on the lock."""
    if onboarding.stage != "verified":
        return False
    with gateway.database.reading() as session:
        return steps.offer_named(session, token, gateway.keyring, gateway.now()).state == "used"


def show_keys(gateway: Gateway, token: str, onboarding: OnboardingShown) -> dict[str, Any]:
    """The values of key.html."""
    now = gateway.now()
    with gateway.database.reading() as session:
        offer = steps.offer_named(session, token, gateway.keyring, now)
        keys = steps.keys_of(session, offer)
        disclosed = profile_for(offer.stay.unit.jurisdiction).tell_tenant_of_readers
        records, date_request = own_records(session, offer), latest_date_request(session, offer.stay)
        return {
            "onboarding": onboarding,
            "keys": [(key_shown(session, key, now), lock_shown(key.device)) for key in keys],
            "begins_later": any(now < key.not_before for key in keys),
            "filings": [FilingLine(row.kind, row.state) for row in records],
            "readers": readers_of(session, [row.id for row in records]) if disclosed else None,
            "once_codes": once_codes_of(session, offer.stay, now),
            "date_request": date_request_shown(date_request) if date_request else None,
        }


def own_records(session: Session, offer: Offer) -> list[Registration]:
    """The registration records of this tenant, the oldest first."""
    named = select(RegistrationPerson.registration_id).where(RegistrationPerson.person_id == offer.person_id)
    query = select(Registration).where(Registration.stay_id == offer.stay_id, Registration.id.in_(named))
    return list(session.scalars(query.order_by(Registration.created_at)))


def readers_of(session: Session, record_ids: list[str]) -> list[Reader]:
    """Who opened these records, the latest first; twenty at most."""
    subjects = [f"registration:{record_id}" for record_id in record_ids]
    query = select(Disclosure).where(Disclosure.subject.in_(subjects)).order_by(Disclosure.seq.desc()).limit(20)
    return [Reader(row.consumer, row.purpose, row.at) for row in session.scalars(query)]
