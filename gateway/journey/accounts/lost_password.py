"""A lost password, replaced by the operator or by an owner of the team."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict
from gateway.journey.accounts.email import remove_email
from gateway.journey.accounts.sign_in import end_sessions, note_change, set_first_password
from gateway.outbox.events import record
from gateway.store import Account
from gateway.texts.marks import N_


def replace_lost_password(session: Session, account: Account, by: str, hashed: Callable[[str], str], now: int) -> str:
    """Replace the password with a random first one and return it; all sessions of the account end. `by`: who did it.

    Its e-mail address is removed: whoever had the password before may have set it. Raises Conflict for an account
    without a password.
    """
    if account.issuer is not None:
        raise Conflict(N_("This account signs in through its own provider and has no password here."))
    password = set_first_password(account, hashed, now)
    note_change(account, now)
    remove_email(session, account.id, now)
    end_sessions(session, account.id)
    record(session, "PasswordChanged", now, data={"account": account.id, "by": by})
    return password
