"""Idempotency keys: a creating request that is repeated with its key creates once.

The key is stored in the transaction that creates, so that both are kept or neither.
"""

import hashlib
from collections.abc import Callable

from sqlalchemy.orm import Session

from gateway.domain.errors import IdempotencyMismatch
from gateway.store import RepeatedRequest
from gateway.texts.marks import N_


def once(
    session: Session, owner: str, key: str | None, request: str, now: int, make: Callable[[], str]
) -> tuple[str, bool]:
    """Return the id that `make` returned, now or earlier, and whether it was earlier.

    `owner` separates the keys of callers; `request` identifies the request's content. Without a key, always calls
    `make`. Of two concurrent requests, the later waits for the earlier to commit. Raises IdempotencyMismatch if the key
    came with another request.
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
