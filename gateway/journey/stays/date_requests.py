"""A tenant's actions on the stay: end it, or request other dates from the landlord."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict, InputRefused, NotFound
from gateway.domain.keys.holder_statements import dates_statement, end_statement
from gateway.domain.keys.key import Proof
from gateway.domain.stays.stay import OCCUPYING, Window, instant, wall_clock
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.unlock import running_key
from gateway.journey.stays.landlord import change_stay, end_stay
from gateway.outbox.events import record
from gateway.store import Stay
from gateway.store.date_requests import DateRequest
from gateway.texts.marks import N_


def end_for_holder(session: Session, key_id: str, proof: Proof, keyring: Keyring, now: int) -> Stay:
    """Step 9 by the tenant: end the stay as the landlord would. Raises Conflict if others are registered too."""
    key = running_key(session, key_id, end_statement(key_id, proof), proof, now)
    others = [person for person in key.stay.people if person.erased_at is None and person.id != key.person_id]
    if others:
        raise Conflict(N_("Other people are registered for this stay too. Ask your landlord to end it."))
    return end_stay(session, key.stay, keyring, now)


def request_dates(session: Session, key_id: str, proof: Proof, until: str, now: int) -> DateRequest:
    """Request another end (RFC 3339, or the unit's local time). The stay does not change until the landlord agrees."""
    key = running_key(session, key_id, dates_statement(key_id, proof, until), proof, now)
    zone = key.stay.unit.timezone
    until_at = instant(until, zone, "until")
    if until_at <= max(now, key.stay.from_at):
        raise InputRefused(N_("Choose a date and time in the future."), field="until")
    if until_at == key.stay.until_at:
        raise InputRefused(N_("Your stay already ends at that time."), field="until")
    request = open_date_request(session, key.stay) or DateRequest(stay=key.stay)
    request.person_id, request.until_at, request.requested_at = key.person_id, until_at, now
    session.add(request)
    session.flush()
    record(
        session, "DatesRequested", now, stay=key.stay, data={"request": request.id, "until": wall_clock(until_at, zone)}
    )
    return request


def answer_date_request(session: Session, stay: Stay, *, agreed: bool, keyring: Keyring, now: int) -> DateRequest:
    """The landlord's answer; agreeing changes the stay. Raises StaysOverlap, NotFound or Conflict."""
    request = open_date_request(session, stay)
    if request is None:
        raise NotFound(N_("There is no open request for other dates."))
    if agreed:
        change_stay(session, stay, Window(stay.from_at, request.until_at), keyring, now)
    request.answered_at, request.agreed = now, agreed
    record(session, "DatesAnswered", now, stay=stay, data={"request": request.id, "agreed": agreed})
    return request


def open_date_request(session: Session, stay: Stay) -> DateRequest | None:
    """The stay's unanswered date request, or None."""
    return open_date_requests(session, [stay]).get(stay.id)


def open_date_requests(session: Session, stays: Iterable[Stay]) -> dict[str, DateRequest]:
    """The unanswered date request of each of these stays that has one, by the stay's id; in one statement."""
    open_stays = [stay.id for stay in stays if stay.state in OCCUPYING]
    query = select(DateRequest).where(DateRequest.stay_id.in_(open_stays), DateRequest.answered_at.is_(None))
    return {request.stay_id: request for request in session.scalars(query)}


def latest_date_request(session: Session, stay: Stay) -> DateRequest | None:
    """The stay's latest date request, answered or not, or None."""
    query = select(DateRequest).where(DateRequest.stay_id == stay.id).order_by(DateRequest.requested_at.desc())
    return session.scalars(query).first()
