"""The sessions of an account, shown to its owner, who can end them."""

from pydantic import BaseModel

from gateway.bootstrap import Gateway
from gateway.domain.accounts.tokens import token_hash
from gateway.journey.accounts import sessions as steps
from gateway.journey.accounts.sign_in import end_sessions
from gateway.store import Account


class SessionShown(BaseModel):
    """A session of the account. `current`: the one of this request. Times are UTC seconds.

    `method` is password, passkey or single_sign_on; `device` names browser and system; `network` is the shortened
    address. Both are empty where they are not known.
    """

    id: str
    current: bool
    method: str
    device: str
    network: str
    begun_at: int
    used_at: int
    expires_at: int


def list_sessions(gateway: Gateway, account: Account, token: str) -> list[SessionShown]:
    """Return the account's sessions, the one with this token first, then the newest first."""
    now, use = gateway.now(), gateway.session_use
    with gateway.database.reading() as session:
        rows = [row for row in steps.sessions_of(session, account.id) if use.is_current(row, now)]
    shown = [
        SessionShown(
            id=row.id,
            current=row.token_hash == token_hash(token),
            method=row.method,
            device=row.device,
            network=row.network,
            begun_at=row.begun_at,
            used_at=use.last(row),
            expires_at=row.expires_at,
        )
        for row in rows
    ]
    return sorted(shown, key=lambda one: not one.current)


def end_session(gateway: Gateway, account: Account, session_id: str) -> None:
    """End one of the account's sessions. Raises NotFound."""
    with gateway.database.writing(essential=True) as session:
        steps.end_session(session, account.id, session_id)


def end_all_sessions(gateway: Gateway, account: Account) -> None:
    """End every session of the account, the present one among them."""
    with gateway.database.writing(essential=True) as session:
        end_sessions(session, account.id)
