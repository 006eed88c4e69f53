"""One-time codes of a running stay: created by the landlord's staff, and cancelled while unused."""

from api.services.idempotency import once
from api.services.presenters import once_codes_of
from api.services.schemas import OnceCodeMade, OnceCodeShown
from gateway.bootstrap import Gateway
from gateway.journey.keys import one_time_codes as steps
from gateway.journey.stays.landlord import stay_of
from gateway.store import Account, OnceCode


def make_once_code(
    gateway: Gateway,
    landlord_id: str,
    stay_id: str,
    lock_id: str,
    account: Account,
    idempotency_key: str | None = None,
) -> OnceCodeMade:
    """Create a code that opens this lock once, and record `account` as who asked for it.

    Only the answer holds its digits; a known `idempotency_key` returns them again until the code is used or cancelled.
    Raises NotFound, Conflict, TooManyCodes, TooManyAttempts or IdempotencyMismatch.
    """
    now, requested_by = gateway.now(), account.id
    with gateway.database.writing() as session:
        stay = steps.held_stay(session, stay_id, landlord_id)
        gateway.attempts.hit("once_code", stay.id)
        owner, request = f"landlord:{landlord_id}", f"once/{stay_id}/{lock_id}"
        code_id, _ = once(
            session,
            owner,
            idempotency_key,
            request,
            now,
            lambda: steps.issue_once(session, stay, lock_id, requested_by, now).id,
        )
        made = steps.show_once(session, session.get_one(OnceCode, code_id), gateway.keyring)
    return OnceCodeMade(id=made.id, digits=made.digits, lock=made.lock, issued_at=made.issued_at, on_lock=made.on_lock)


def end_once_codes(gateway: Gateway, landlord_id: str, stay_id: str) -> list[OnceCodeShown]:
    """Cancel every unused one-time code of the stay; return all its codes. Raises NotFound.

    A cancelled code's state is "revoking" until the lock confirms it.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        stay = stay_of(session, stay_id, landlord_id)
        steps.end_once(session, stay, now)
        session.flush()
        return once_codes_of(session, stay, now)
