"""Step 8: what the authority answered, recorded once."""

from typing import assert_never

from sqlalchemy.orm import Session

from gateway.domain.events import EventType
from gateway.domain.registration import Accepted, AcceptedInPart, Answer, OutcomeUnknown, Pending, Refused
from gateway.outbox import record
from gateway.store import Registration

FINAL = ("accepted", "partly", "refused")


def record_registry_answer(session: Session, registration_id: str, answer: Answer, now: int) -> None:
    """The registration's state and receipt; an answer that comes twice changes nothing."""
    row = session.get_one(Registration, registration_id)
    if row.state in FINAL:
        return
    match answer:
        case Accepted():
            _final(session, row, "accepted", "RegistryAccepted", now)
            row.receipt, row.receipt_sha256 = answer.receipt, answer.raw_sha256
        case AcceptedInPart():
            _final(session, row, "partly", "RegistryRefused", now)
            row.receipt, row.receipt_sha256 = answer.receipt, answer.raw_sha256
            refused = next((person for person in answer.people if not person.accepted), None)
            row.answer_code, row.answer_sentence = (refused.code, refused.sentence) if refused else (None, None)
        case Refused():
            row.answer_code, row.answer_sentence = answer.code, answer.sentence
            _final(session, row, "refused", "RegistryRefused", now)
        case OutcomeUnknown():
            row.answer_code, row.answer_sentence = "outcome_unknown", answer.reason
            _final(session, row, "unknown", "OutcomeUnknown", now)
        case Pending():
            row.state, row.pending_reference = "pending", answer.reference
        case _:
            assert_never(answer)


def _final(session: Session, row: Registration, state: str, event: EventType, now: int) -> None:
    row.state, row.answered_at = state, now
    data = {"registration": row.id, "kind": row.kind, "code": row.answer_code or ""}
    record(session, event, now, stay=row.stay, registration=row, data=data)
