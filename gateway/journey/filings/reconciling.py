"""Comparing what was filed with what a registry holds: which records are compared, and what a difference leads to."""

from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from gateway.domain.filings.record import UNKNOWN_REFERENCE, Accepted, AcceptedInPart, Answer, Refused
from gateway.journey.filings.held_records import NOT_DONE, REPORTED
from gateway.outbox.events import record
from gateway.store import Delivery, Registration, Stay

PAGE: Final = 50
SETTLED_FOR: Final = 3600  # seconds since the answer, by which every part of a registry knows the record


def records_to_compare(session: Session, registry: str, after: str, now: int) -> list[str]:
    """The ids of the next PAGE records of stays that have not ended which this registry accepted and must still hold.

    In order of id, which is the reference they were filed under. A record that another one changed or annulled is not
    compared: registries differ in what they keep of it.
    """
    later = aliased(Registration)
    replaced = select(later.id).where(later.corrects_id == Registration.id, later.state.not_in(NOT_DONE))
    query = (
        select(Registration.id)
        .join(Stay, Registration.stay_id == Stay.id)
        .where(
            Registration.registry_name == registry,
            Registration.state == "accepted",
            Registration.kind.in_(REPORTED),
            Registration.answered_at <= now - SETTLED_FOR,
            Registration.id > after,
            Stay.until_at > now,
            ~replaced.exists(),
        )
    )
    return list(session.scalars(query.order_by(Registration.id).limit(PAGE)))


def record_difference(session: Session, registration_id: str, held: Answer, now: int) -> bool:
    """Make a record whose registry holds nothing, or another receipt, one of unknown outcome; whether there was one.

    A person then asks the registry, and settles the record or has it sent again.
    """
    row = session.get_one(Registration, registration_id)
    if row.state != "accepted":
        return False
    if isinstance(held, Refused) and held.code == UNKNOWN_REFERENCE:
        code, args = "registry_holds_nothing", dict[str, str | int]()
    elif isinstance(held, Accepted | AcceptedInPart) and row.receipt and held.receipt != row.receipt:
        code, args = "registry_holds_another", {"receipt": held.receipt}
    else:
        return False
    row.state, row.answer_code, row.answer_text, row.answer_args = "unknown", code, None, args
    done = update(Delivery).where(Delivery.work == "submit", Delivery.about == row.id, Delivery.state == "done")
    session.execute(done.values(state="unknown", outcome=code, outcome_args=args))
    data = {"registration": row.id, "kind": row.kind, "code": code}
    record(session, "OutcomeUnknown", now, stay=row.stay, registration=row, data=data)
    return True
