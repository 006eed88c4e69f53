"""Retention: erases data after the jurisdiction's periods. Repeated runs have the same result."""

from collections.abc import Iterator

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gateway.domain.jurisdiction import Profile, profile_for
from gateway.journey.filings.portraits import forget_portraits
from gateway.journey.tenants.onboarding import forget_person
from gateway.outbox.deliveries import BLOCKING
from gateway.store import Consent, Delivery, Offer, Person, RegistrationPerson, Stay, Verification

DAY = 86_400
CLOSED_STATES = ("ended", "cancelled")


def purge(session: Session, now: int) -> int:
    """Erase evidence and people whose retention is over; returns the number of rows changed. Unsettled filings wait."""
    return sum(1 for stay in _over(session) for _ in _purge_stay(session, stay, now))


def forget_face(session: Session, offer: Offer) -> list[str]:
    """After a face consent is withdrawn: erase the face results; returns the ids of the cases. The key stays valid."""
    verifications = session.scalars(select(Verification).where(Verification.offer_id == offer.id)).all()
    for verification in verifications:
        verification.score_band = verification.model = None
    forget_portraits(session, [row.person_id for row in verifications if row.person_id])
    return [verification.id for verification in verifications]


def _over(session: Session) -> Iterator[Stay]:
    """Ended stays that still have data to erase."""
    people = select(Person.stay_id).where(Person.erased_at.is_(None))
    evidence = select(Offer.stay_id).join(Verification, Verification.offer_id == Offer.id)
    query = select(Stay).where(Stay.state.in_(CLOSED_STATES), Stay.id.in_(people) | Stay.id.in_(evidence))
    yield from session.scalars(query).all()


def _purge_stay(session: Session, stay: Stay, now: int) -> Iterator[str]:
    profile, ended = profile_for(stay.unit.jurisdiction), min(stay.ended_at or stay.until_at, stay.until_at)
    if now >= ended + profile.keep_evidence_days * DAY:
        yield from _forget_evidence(session, stay)
    if now < _kept_until(profile, stay, ended):
        return
    for person in (*stay.people, *([stay.booker] if stay.booker else [])):
        if person.erased_at is None and not _has_pending(session, person):
            erase_person(session, person, now)
            yield person.id


def _kept_until(profile: Profile, stay: Stay, ended: int) -> int:
    """When the records of an ended stay are erased: after its end, or earlier where the law counts from arrival."""
    kept_until = ended + profile.keep_registration_days * DAY
    if not profile.erase_days_after_arrival:
        return kept_until
    return min(kept_until, stay.from_at + profile.erase_days_after_arrival * DAY)


def _forget_evidence(session: Session, stay: Stay) -> Iterator[str]:
    """Delete the results of documents and faces, and the face consents; yields the deleted ids."""
    offers = [offer.id for offer in stay.offers]
    found = session.scalars(select(Verification.id).where(Verification.offer_id.in_(offers))).all()
    session.execute(delete(Verification).where(Verification.id.in_(found)))
    session.execute(delete(Consent).where(Consent.offer_id.in_(offers), Consent.purpose == "face"))
    yield from found


def erase_person(session: Session, person: Person, now: int) -> None:
    """Erase the person and their sealed records. That one was filed, when, and its receipt stay as proof."""
    session.execute(update(RegistrationPerson).where(RegistrationPerson.person_id == person.id).values(sealed=None))
    forget_person(session, person, now)


def _has_pending(session: Session, person: Person) -> bool:
    """Whether a record of this person has not reached its registry: retention never discards an unsettled filing."""
    records = select(RegistrationPerson.registration_id).where(RegistrationPerson.person_id == person.id)
    pending = select(Delivery.id).where(
        Delivery.work == "submit", Delivery.about.in_(records), Delivery.state.in_(BLOCKING)
    )
    return session.scalar(pending.limit(1)) is not None
