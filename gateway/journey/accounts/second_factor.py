"""The second factor of an account with a password: added, used, renewed and removed."""

from sqlalchemy.orm import Session

from gateway.domain.accounts.one_time_code import (
    RECOVERY_CODES,
    is_recovery_code,
    new_recovery_code,
    step_of,
    tidied,
)
from gateway.domain.accounts.tokens import token_hash
from gateway.journey.accounts.sign_in import note_change
from gateway.outbox.events import record
from gateway.store import Account, SecondFactor
from gateway.store.sealing import Vault

SEALED_AS = "second_factor"


def factor_of(session: Session, account_id: str) -> SecondFactor | None:
    """Return the account's second factor; None if it has none."""
    return session.get(SecondFactor, account_id)


def add_factor(session: Session, account: Account, sealed_secret: bytes, step: int, now: int) -> list[str]:
    """Store the secret that an app has proved to hold by the code of `step`; return the recovery codes."""
    row = SecondFactor(account_id=account.id, sealed_secret=sealed_secret, last_step=step, added_at=now)
    codes = renew_recovery_codes(row)
    session.add(row)
    record(session, "SecondFactorAdded", now, data={"account": account.id})
    return codes


def renew_recovery_codes(row: SecondFactor) -> list[str]:
    """Replace the recovery codes; return the new ones, of which only hashes are stored."""
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    row.recovery_hashes = [token_hash(tidied(code)) for code in codes]
    return codes


def use_code(session: Session, vault: Vault, account_id: str, typed: str, now: int) -> bool:
    """Take a code of the app or a recovery code, each once; False for a wrong or used one."""
    row = session.get(SecondFactor, account_id, with_for_update=True)
    if row is None:
        return False
    code = tidied(typed)
    if is_recovery_code(code):
        left = [one for one in row.recovery_hashes if one != token_hash(code)]
        if len(left) == len(row.recovery_hashes):
            return False
        row.recovery_hashes = left
    else:
        step = step_of(vault.open(account_id, SEALED_AS, row.sealed_secret), code, now, row.last_step)
        if step is None:
            return False
        row.last_step = step
    row.used_at = now
    return True


def remove_factor(session: Session, account_id: str, now: int) -> bool:
    """Delete the account's second factor; False if it had none."""
    row = session.get(SecondFactor, account_id, with_for_update=True)
    if row is None:
        return False
    session.delete(row)
    note_change(session.get_one(Account, account_id), now)
    return True
