"""Alerts to tenants whose registration was refused: one e-mail for each record, to who gave an address."""

from contextlib import suppress
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway.domain.verification.field_sources import FACT
from gateway.journey.filings.held_records import REPORTED, WITH_REFUSALS, refused_people
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.keys.keyring import Keyring
from gateway.outbox.deliveries import enqueue
from gateway.store import Consent, Delivery, Offer, Person, Registration
from gateway.store.sealing import Erased
from gateway.texts.languages import SOURCE

TENANT_MAIL: Final = "mail_tenant"
EXPIRY_SECONDS: Final = 24 * 3600  # seconds after a refusal from which the alert is not sent any more


def watch_refusals(session: Session, now: int) -> int:
    """Create one alert for each record refused of late and not mended yet; returns how many."""
    already = select(Delivery.about).where(Delivery.work == TENANT_MAIL)
    query = select(Registration).where(
        Registration.state.in_(WITH_REFUSALS),
        Registration.kind.in_(REPORTED),
        Registration.refiled_id.is_(None),
        Registration.answered_at > now - EXPIRY_SECONDS,
        Registration.id.not_in(already),
    )
    rows = session.scalars(query).all()
    for row in rows:
        party, expires = f"{TENANT_MAIL}:{row.id}", now + EXPIRY_SECONDS
        enqueue(session, party=party, lane=party, work=TENANT_MAIL, about=row.id, now=now, expires_at=expires)
    return len(rows)


def addresses_of(session: Session, row: Registration, keyring: Keyring) -> list[tuple[str, str]]:
    """The e-mail address and language of each person the registry refused; none once the record was mended."""
    found: dict[str, str] = {}
    for person_id in refused_people(row) if row.refiled_id is None else ():
        person = session.get(Person, person_id)
        with suppress(Erased):
            address = person_fields(person, keyring).get(f"{FACT}email", "") if person is not None else ""
            if person is not None and person.role == "tenant" and address:
                found.setdefault(address, _language_of(session, person))
    return list(found.items())


def _language_of(session: Session, person: Person) -> str:
    """The language in which the person, or the adult who declared them, gave consent last."""
    query = select(Consent.language).join(Offer, Consent.offer_id == Offer.id)
    own = query.where(or_(Offer.person_id == person.id, Offer.person_id == (person.head_id or person.id)))
    return session.scalars(own.order_by(Consent.given_at.desc()).limit(1)).first() or SOURCE
