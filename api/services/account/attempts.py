"""The log of sign-in attempts: written at every attempt, shown to the account's owner."""

import logging

from pydantic import BaseModel

from api.services.faults import DATABASE_REFUSED
from gateway.bootstrap import Gateway
from gateway.domain.accounts.origin import Origin
from gateway.journey.accounts import attempts as steps
from gateway.journey.accounts.attempts import Outcome
from gateway.store import Account

log = logging.getLogger(__name__)


class AttemptShown(BaseModel):
    """Like attempts to sign in within an hour: how many (`count`), the first and the last (UTC seconds).

    `outcome` is accepted, wrong_password, refused or too_many; the other fields are those of a session.
    """

    outcome: str
    method: str
    device: str
    network: str
    count: int
    first_at: int
    last_at: int


def list_attempts(gateway: Gateway, account: Account) -> list[AttemptShown]:
    """Return the account's last attempts, the newest first."""
    with gateway.database.reading() as session:
        return [
            AttemptShown(
                outcome=row.outcome,
                method=row.method,
                device=row.device,
                network=row.network,
                count=row.count,
                first_at=row.first_at,
                last_at=row.last_at,
            )
            for row in steps.attempts_of(session, account.id)
        ]


def note_refused(gateway: Gateway, origin: Origin, method: str, outcome: Outcome, account_id: str | None) -> None:
    """Log an attempt that was refused. One that cannot be logged is refused all the same."""
    try:
        with gateway.database.writing() as session:
            steps.note_attempt(session, origin, method, outcome, account_id, gateway.now())
    except DATABASE_REFUSED as error:
        log.warning("a refused sign-in could not be logged: %s", type(error).__name__)
