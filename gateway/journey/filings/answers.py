"""Step 8: records a registry's answer once, and what a person found out about a record of unknown outcome."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, assert_never

from sqlalchemy import update
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict, InputRefused
from gateway.domain.events import EventType
from gateway.domain.filings.record import (
    Accepted,
    AcceptedInPart,
    Answer,
    OutcomeUnknown,
    Pending,
    PersonAnswer,
    Refused,
)
from gateway.domain.outcomes import caused_by
from gateway.journey.filings.held_records import BY_HAND, REGISTERED_BY_HAND, WITH_REFUSALS, note_refiled
from gateway.journey.filings.portraits import forget_filed
from gateway.outbox.events import record
from gateway.store import Delivery, Registration, RegistrationPerson
from gateway.texts.marks import N_

FINAL = ("accepted", "partly", "refused")

FoundOut = Literal["accepted", "not_received"]
# what a person found out → new state of the delivery
SETTLED_BY_A_PERSON: Final[dict[FoundOut, str]] = {"accepted": "done", "not_received": "owed"}


def record_registry_answer(session: Session, registration_id: str, answer: Answer, now: int) -> None:
    """Record the registration's new state and receipt; a repeated answer changes nothing."""
    row = session.get_one(Registration, registration_id)
    if row.state in FINAL:
        return
    match answer:
        case Accepted():
            _final(session, row, "accepted", "RegistryAccepted", now)
            row.receipt, row.receipt_sha256 = answer.receipt, answer.raw_sha256
            forget_filed(session, row)
        case AcceptedInPart():
            _final(session, row, "partly", "RegistryRefused", now)
            row.receipt, row.receipt_sha256 = answer.receipt, answer.raw_sha256
            _record_people(session, row, answer.people)
            refused = next((person for person in answer.people if not person.accepted), None)
            row.answer_code, row.answer_text = (refused.code, refused.text) if refused else (None, None)
            forget_filed(session, row)
        case Refused():
            row.answer_code, row.answer_text, row.answer_args = answer.code, answer.text, dict(answer.args)
            _final(session, row, "refused", "RegistryRefused", now)
        case OutcomeUnknown():
            row.answer_code, row.answer_text = "outcome_unknown", None
            row.answer_args = dict(caused_by(answer.code, answer.args))
            _final(session, row, "unknown", "OutcomeUnknown", now)
        case Pending():
            row.state, row.pending_reference = "pending", answer.reference
        case _:
            assert_never(answer)


def _record_people(session: Session, row: Registration, people: Sequence[PersonAnswer]) -> None:
    """Record what the registry said of each person of a record accepted in part."""
    for person in people:
        part = session.get(RegistrationPerson, (row.id, person.person))
        if part is None:
            continue
        part.receipt = person.receipt or None
        part.answer_code, part.answer_text = (None, None) if person.accepted else (person.code, person.text)


def note_sending(session: Session, registration_id: str, tables: Mapping[str, str], at: int) -> None:
    """Record when the record was first sent, and the versions of its code tables. Later calls change nothing."""
    row = session.get_one(Registration, registration_id)
    if row.sent_at is None:
        row.sent_at, row.tables = at, dict(tables)


def settle_outcome(
    session: Session,
    row: Registration,
    outcome: FoundOut,
    receipt: str,
    by: str,
    now: int,
) -> None:
    """Settle a record of unknown outcome as a person found out: accepted, or not received and to be sent again.

    A record to be registered by hand, or refused for what cannot be corrected any more, is settled by what proves that
    it was registered: a receipt, or the date. Raises Conflict where there is nothing to settle, or InputRefused without
    the proof.
    """
    by_hand = row.state == BY_HAND or (row.state == "refused" and row.refiled_id is None)
    if by_hand:
        _refuse_unregistered(outcome, receipt)
    elif row.state != "unknown":
        raise Conflict(N_("The result of this record is known. Only an unknown result can be confirmed manually."))
    data = {"registration": row.id, "outcome": outcome, "by": by}
    record(session, "OutcomeSettled", now, stay=row.stay, registration=row, data=data)
    waiting = update(Delivery).where(Delivery.work == "submit", Delivery.about == row.id, Delivery.state == "unknown")
    row.answer_code = REGISTERED_BY_HAND if by_hand else None
    row.answer_text, row.answer_args = None, {}
    state = SETTLED_BY_A_PERSON[outcome]
    if outcome == "accepted":
        row.receipt = receipt or None
        _final(session, row, "accepted", "RegistryAccepted", now)
        forget_filed(session, row)
        session.execute(waiting.values(state=state, outcome="settled_by_person", outcome_args={}, settled_at=now))
        return
    row.state, row.answered_at, row.sent_at = "queued", None, None
    again = {"state": state, "due_at": now, "attempts": 0, "started_at": None, "outcome": None, "settled_at": None}
    again |= {"outcome_args": {}}
    session.execute(waiting.values(**again))


def _refuse_unregistered(outcome: FoundOut, receipt: str) -> None:
    if outcome != "accepted":
        raise Conflict(N_("This registry does not take this record. Register the person by hand, then confirm it."))
    if not receipt:
        raise InputRefused(N_("Enter the receipt, or the date on which the person was registered."), field="receipt")


def _final(session: Session, row: Registration, state: str, event: EventType, now: int) -> None:
    row.state, row.answered_at = state, now
    if state in WITH_REFUSALS:
        session.flush()
        note_refiled(session, row)
    data = {"registration": row.id, "kind": row.kind, "code": row.answer_code or ""}
    record(session, event, now, stay=row.stay, registration=row, data=data)
