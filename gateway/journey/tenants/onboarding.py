"""Onboarding: the tenant's steps, and the decision of a person in unclear cases."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import Select, false, select, update
from sqlalchemy.orm import Session

from certs.keys import compressed_point, public_from_point
from gateway.domain.errors import (
    Conflict,
    ConsentMissing,
    InputRefused,
    NotFound,
    OfferExpired,
    OfferGone,
    OfferUnknown,
    OfferUsed,
)
from gateway.domain.events import EventType
from gateway.domain.keys.key import USABLE
from gateway.domain.stays.offer import OFFER_STATES, UNKNOWN, offer_of
from gateway.domain.verification.field_sources import Sources, conclude
from gateway.domain.verification.rules import Verdict
from gateway.journey.filings.arrival_rules import refuse_arrival, refuse_given
from gateway.journey.filings.person_fields import person_fields, seal_sources
from gateway.journey.filings.portraits import forget_portraits
from gateway.journey.filings.records import check_in
from gateway.journey.keys.issue import issue_keys
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.passcodes import give_passcodes
from gateway.journey.tenants.known_people import known_person, who_left
from gateway.journey.tenants.returns import come_back, say_when_left
from gateway.outbox.deliveries import enqueue
from gateway.outbox.events import record
from gateway.store import Consent, Key, Offer, Person, Stay, Unit, Verification
from gateway.store.model import new_id
from gateway.texts.marks import N_

DECISIONS = {"pass": "passed", "refuse": "refused", "ask_again": "asked_again"}
CONCLUDED: Mapping[str, EventType] = {
    "passed": "IdentityVerified",
    "review": "ReviewNeeded",
    "refused": "IdentityRefused",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What one tenant showed: the verdict, the fields by source, and the holder's public key (None at a kiosk)."""

    verdict: Verdict
    sources: Sources
    method: str
    model: str | None = None
    holder: EllipticCurvePublicKey | None = None


def get_offer(session: Session, token: str, keyring: Keyring, now: int) -> Offer:
    """The offer of a link in any state. Raises OfferUnknown, OfferGone if withdrawn, OfferExpired if expired unused."""
    offer = session.get(Offer, offer_of(token, keyring.offer_secret))
    if offer is None:
        raise OfferUnknown(UNKNOWN)
    if offer.state == "withdrawn":
        raise OfferGone(N_("Your landlord has withdrawn this link. Ask for a new one."))
    if offer.state != "used" and now >= offer.expires_at:
        raise OfferExpired(N_("This link has expired. Ask your landlord for a new one."))
    return offer


def usable_offer(session: Session, token: str, keyring: Keyring, now: int) -> Offer:
    """The offer of a link that can still lead to a key. Raises OfferUsed if it already has."""
    offer = get_offer(session, token, keyring, now)
    if offer.state == "used":
        raise OfferUsed(N_("The key has already been saved to a phone. Open the link on that phone."))
    return offer


def open_offer(session: Session, token: str, keyring: Keyring, now: int) -> Offer:
    """Step 2: record that the tenant opened the link, the first time only; of two transactions at once, one records it.

    Raises what get_offer raises.
    """
    offer = get_offer(session, token, keyring, now)
    first = update(Offer).where(Offer.id == offer.id, Offer.state == "open").values(state="opened", opened_at=now)
    # The condition is in the statement: on PostgreSQL the later of two waits for the earlier, and then matches no row.
    if session.scalar(first.returning(Offer.id)) is not None:
        record(session, "OfferOpened", now, stay=offer.stay, data={"offer": offer.id})
    return offer


def record_consent(
    session: Session, offer: Offer, agreed: Mapping[str, bool], text_version: str, language: str, now: int
) -> None:
    """Step 2: record consent by purpose. False withdraws an earlier consent; purposes not named are unchanged."""
    for purpose, yes in agreed.items():
        current = consent_to(session, offer, purpose)
        if yes and current is None:
            consent = Consent(
                offer_id=offer.id, purpose=purpose, text_version=text_version, language=language, given_at=now
            )
            session.add(consent)
            record(session, "ConsentGiven", now, stay=offer.stay, data={"offer": offer.id, "purpose": purpose})
        if not yes and current is not None:
            current.withdrawn_at = now
            record(session, "ConsentWithdrawn", now, stay=offer.stay, data={"offer": offer.id, "purpose": purpose})
    session.flush()


def consent_to(session: Session, offer: Offer, purpose: str) -> Consent | None:
    """The tenant's current consent to one purpose, or None."""
    query = select(Consent).where(
        Consent.offer_id == offer.id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    )
    return session.scalars(query).first()


def record_verification(session: Session, offer: Offer, shown: Shown, keyring: Keyring, now: int) -> Verification:
    """Step 3: record the verdict on what the tenant showed; "passed" issues key and check-in in one transaction."""
    if consent_to(session, offer, "registration") is None:
        raise ConsentMissing(N_("Consent to the registration first: without it no key can be issued."))
    refuse_repeat(session, offer)
    verdict = shown.verdict
    passed, known = verdict.outcome == "passed", None
    if passed:
        known = known_person(session, offer.stay, conclude(shown.sources), keyring, now)
    person = known
    if known is None and verdict.outcome != "refused":
        person = Person(id=new_id(), stay=offer.stay, created_at=now)
        seal_sources(person, shown.sources, keyring)
        session.add(person)
        session.flush()
        if verdict.outcome == "review":
            refuse_given(session, offer.stay, person, keyring, now)
    verification = Verification(
        id=new_id(),
        offer=offer,
        person_id=person.id if person else None,
        state=verdict.outcome,
        method=shown.method,
        reasons=list(verdict.reasons),
        score_band=verdict.score_band,
        model=shown.model,
        holder_key=compressed_point(shown.holder) if shown.holder else None,
        created_at=now,
        decided_at=None if verdict.outcome == "review" else now,
    )
    session.add(verification)
    _conclude(session, verification, CONCLUDED[verdict.outcome], now)
    if passed:
        admit(session, verification, keyring, now)
    return verification


def refuse_repeat(session: Session, offer: Offer) -> None:
    """Raises Conflict if the tenant's case waits for a person, or the tenant is registered already."""
    if latest_verification(session, offer, "review") is not None:
        raise Conflict(N_("Staff are already checking your information. Please wait."))
    if offer.person_id is not None:
        raise Conflict(N_("You are already registered. Open the link on your phone to get the key."))


def decide_case(
    session: Session,
    verification: Verification,
    decision: str,
    account_id: str,
    reason: str,
    keyring: Keyring,
    now: int,
) -> Verification:
    """Step 3, by a person: pass, refuse, or ask the tenant again. "pass" gives the same key as a passed check."""
    if verification.state != "review":
        raise Conflict(N_("A decision on this case has already been made."))
    if decision != "pass" and not reason.strip():
        raise InputRefused(N_("Give a reason, so that the tenant knows what to do."), field="reason")
    verification.state = DECISIONS[decision]
    verification.decided_at, verification.decided_by = now, account_id
    verification.decision_reason = reason.strip() or None
    _conclude(session, verification, "IdentityVerified" if decision == "pass" else "IdentityRefused", now)
    if decision == "pass":
        admit(session, verification, keyring, now)
    else:
        forget_person(session, session.get_one(Person, verification.person_id), now)
    return verification


def admit(session: Session, verification: Verification, keyring: Keyring, now: int) -> None:
    """Step 4: check the tenant in, and issue the keys if the holder's phone is known; else they wait for it.

    A tenant who is registered for this stay already, or left on this day, gets a key for this phone, and no second
    check-in. Raises FieldsRefused for what the registry would refuse of this person.
    """
    offer = verification.offer
    stay = offer.stay
    if stay.state not in ("offered", "active"):
        raise Conflict(N_("This stay has ended, so no key can be issued."))
    if offer.state == "withdrawn":
        raise OfferGone(N_("This link was withdrawn, so no key can be issued. The landlord can create a new one."))
    person = session.get_one(Person, verification.person_id)
    known = known_person(session, stay, person_fields(person, keyring), keyring, now)
    if known is None:
        refuse_arrival(session, stay, person, keyring, now)
        offer.person_id = person.id
        before = who_left(session, stay, person_fields(person, keyring), keyring)
        if before is not None:
            say_when_left(session, stay, before, keyring, now)
        check_in(session, stay, person, keyring, now)
        give_passcodes(session, stay, keyring.passcode_key, now)
    else:
        offer.person_id = verification.person_id = known.id
        if known is not person:
            forget_person(session, person, now)
        if known.left_at is not None:
            come_back(session, stay, known, keyring, now)
    if verification.holder_key is not None:
        hand_over(session, offer, public_from_point(verification.holder_key), keyring, now)


def hand_over(session: Session, offer: Offer, holder: EllipticCurvePublicKey, keyring: Keyring, now: int) -> list[Key]:
    """Step 4: issue the keys to the holder's phone, once; afterwards the offer is used."""
    if "used" not in OFFER_STATES[offer.state]:
        raise OfferUsed(N_("The key has already been saved to a phone. Open the link on that phone."))
    if offer.person_id is None:
        raise Conflict(N_("Register first; the key is issued after that."))
    offer.state = "used"
    return issue_keys(session, offer, session.get_one(Person, offer.person_id), holder, keyring, now)


def forget_person(session: Session, person: Person, now: int) -> None:
    """Erase a person: the sealed fields now; the key that opens any copy of them by a delivery right after."""
    person.sealed, person.erased_at = None, now
    forget_portraits(session, [person.id])
    lane = f"vault:{person.id}"
    enqueue(session, party="vault", lane=lane, work="destroy_key", about=person.id, now=now)
    record(session, "PersonErased", now, stay=person.stay, data={"person": person.id})


def latest_verification(session: Session, offer: Offer, state: str | None = None) -> Verification | None:
    """The tenant's latest verification, or the latest in this state; None if there is none."""
    query = select(Verification).where(Verification.offer_id == offer.id)
    query = query.where(Verification.state == state) if state else query
    # Within one second, refused attempts sort first: after review or pass nothing can be shown again.
    latest = query.order_by(Verification.created_at.desc(), Verification.state == "refused", Verification.id)
    return session.scalars(latest.limit(1)).first()


def stage_of(session: Session, offer: Offer, now: int) -> str:
    """The tenant's stage: opened, consented, review, refused, asked_again, verified, issued, on_lock or ended."""
    if offer.stay.state in ("ended", "cancelled") or now >= offer.stay.until_at:
        return "ended"
    keys = keys_of(session, offer)
    if keys:
        return "on_lock" if all(key.observed in USABLE for key in keys) else "issued"
    if offer.person_id is not None:
        return "verified"
    verification = latest_verification(session, offer)
    if verification is not None and verification.state in ("review", "refused", "asked_again"):
        return verification.state
    return "consented" if consent_to(session, offer, "registration") else "opened"


def keys_of(session: Session, offer: Offer) -> list[Key]:
    """The keys from this offer that are wanted on their locks."""
    query = select(Key).where(Key.offer_id == offer.id, Key.desired == "present")
    return list(session.scalars(query.order_by(Key.created_at)).all())


def ever_had_keys(session: Session, offer: Offer) -> bool:
    """Whether a key was ever issued from this offer, revoked or not."""
    return session.scalar(select(Key.id).where(Key.offer_id == offer.id).limit(1)) is not None


def get_case(
    session: Session, case_id: str, *, area: str | None = None, landlord_id: str | None = None
) -> Verification:
    """A case within an officer's area or a landlord's units. Raises NotFound."""
    query = cases(area=area, landlord_id=landlord_id).where(Verification.id == case_id)
    case = session.scalars(query).one_or_none()
    if case is None:
        raise NotFound(N_("There is no such case. A decision may already have been made."))
    return case


def cases(*, area: str | None = None, landlord_id: str | None = None) -> Select[Verification]:
    """A query for the verifications of an area (prefix), or of one landlord's units."""
    query = select(Verification).join(Offer, Verification.offer_id == Offer.id).join(Stay).join(Unit)
    if area is None and landlord_id is None:
        query = query.where(false())
    if area is not None:
        query = query.where(Unit.area.startswith(area, autoescape=True))
    if landlord_id is not None:
        query = query.where(Unit.landlord_id == landlord_id)
    return query


def _conclude(session: Session, verification: Verification, event: EventType, now: int) -> None:
    data = {"verification": verification.id, "offer": verification.offer.id, "reasons": list(verification.reasons)}
    record(session, event, now, stay=verification.offer.stay, data=data)
