"""A creating call made twice with one Idempotency-Key creates once. The key and what it made commit together."""

import hashlib
from collections.abc import Callable

from sqlalchemy.orm import Session

from gateway.domain.errors import IdempotencyMismatch
from gateway.store import RepeatedRequest
from gateway.texts.marks import N_


def once(
    session: Session, owner: str, key: str | None, request: str, now: int, make: Callable[[], str]
) -> tuple[str, bool]:
    """The id of what `make` made, now or the first time; and whether it was made before.

    IdempotencyMismatch where the key came with another request. Two at once: the later waits for the earlier to
    commit, and then finds its row.
    """
    if key is None:
        return make(), False
    digest = hashlib.sha256(request.encode()).hexdigest()
    seen = session.get(RepeatedRequest, (owner, key))
    if seen is not None:
        if seen.digest != digest:
            raise IdempotencyMismatch(N_("This Idempotency-Key was already used for another request. Use a new one."))
        return seen.answer, True
    made = make()
    session.add(RepeatedRequest(owner=owner, key=key, digest=digest, answer=made, created_at=now))
    return made, False
