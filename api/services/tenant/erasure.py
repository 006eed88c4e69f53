"""A tenant's request for erasure: what the law keeps and until when, shown before and after it is made."""

from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.services.schemas import UnlockForm
from api.services.tenant.holder_proofs import proof_of
from gateway.bootstrap import Gateway
from gateway.domain.stays.stay import wall_clock
from gateway.journey.retention import erasure as steps
from gateway.journey.retention.erasure import What
from gateway.journey.tenants.onboarding import get_offer
from gateway.store import Key, Person


class KeptShown(BaseModel):
    """What a law keeps until a day (RFC 3339, the unit's time zone), and the law's name; empty for an owed record."""

    what: What
    until: str
    law: str


class ErasureShown(BaseModel):
    """A request for erasure, or what would follow from one while `asked` is null. Times as RFC 3339.

    `effect`: when everything goes that no law keeps. `answer_by`: by when GDPR article 12(3) asks for an answer.
    """

    asked: str | None
    answer_by: str | None
    effect: str
    ended: bool
    kept: list[KeptShown]
    erased: bool


def ask_for_erasure(gateway: Gateway, key_id: str, form: UnlockForm) -> ErasureShown:
    """Ask for the erasure of the key's holder, signed over `lodgekey-erase`. Raises ProofRefused, TooManyAttempts."""
    now = gateway.now()
    with gateway.database.writing() as session:
        person = steps.ask_as_holder(session, key_id, proof_of(form), now)
        gateway.attempts.hit("date_request", person.stay_id)
        return present_erasure(session, person, now)


def read_erasure(gateway: Gateway, token: str) -> tuple[str, ErasureShown] | None:
    """Return a key of the offer's tenant, by which they ask, and the request; None where there is no key any more."""
    now = gateway.now()
    with gateway.database.reading() as session:
        offer = get_offer(session, token, gateway.keyring, now)
        person = session.get(Person, offer.person_id) if offer.person_id else None
        key = session.query(Key.id).where(Key.offer_id == offer.id).order_by(Key.created_at.desc()).first()
        return (key[0], present_erasure(session, person, now)) if person is not None and key is not None else None


def present_erasure(session: Session, person: Person, now: int) -> ErasureShown:
    """Present a person's request."""
    zone, found = person.stay.unit.timezone, steps.erasure_of(session, person, now)
    return ErasureShown(
        asked=None if found.asked is None else wall_clock(found.asked, zone),
        answer_by=None if found.answer is None else wall_clock(found.answer, zone),
        effect=wall_clock(found.effect, zone),
        ended=found.effect <= now,
        kept=[KeptShown(what=each.what, until=wall_clock(each.until, zone), law=each.law) for each in found.kept],
        erased=found.erased,
    )
