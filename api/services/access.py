"""Passwords, sessions and rights of accounts. Denies by default."""

import secrets
from base64 import b64encode
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from api.services.password_hashing import hashing
from gateway.bootstrap import Gateway
from gateway.domain.accounts.staff_rights import Right, may
from gateway.domain.accounts.tokens import token_hash
from gateway.domain.errors import NotAllowed
from gateway.store import Account, SignIn
from gateway.texts.marks import N_

DAY_SECONDS: Final = 86_400
EXPIRED: Final = N_(
    "This first password has expired. Ask an owner of your team, or the system administrator, for a new one."
)

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return an Argon2id hash (RFC 9106) of a password."""
    return _hasher.hash(password)


# A hash of no password that takes as long to verify as a real one. It is random, so that starting computes none.
_NOBODY: Final = "$argon2id$v=19$m={0.memory_cost},t={0.time_cost},p={0.parallelism}${1}${2}".format(
    _hasher, *(b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32))
)


def password_fits(account: Account | None, password: str) -> bool:
    """Return whether the password is the account's; takes as long for no account, so that time does not disclose it."""
    try:
        hashing.run(_hasher.verify, (account.password_hash if account else "") or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return account is not None and bool(account.password_hash) and account.ended_at is None


def is_expired(gateway: Gateway, account: Account) -> bool:
    """Return whether the account's password is a first one that was not changed in time (ASVS 5.0 V6.4.1)."""
    valid_until = (account.first_password_at or 0) + gateway.settings.first_password_days * DAY_SECONDS
    return account.password_is_first and gateway.now() >= valid_until


def session_of(gateway: Gateway, token: str, *, used: bool = False) -> SignIn | None:
    """Return the session of a token; None if there is none, or it, or its account, has ended.

    `used`: whether this is a use by which the session goes on.
    """
    with gateway.database.reading() as session:
        row = session.get(SignIn, token_hash(token)) if token else None
    if row is None or row.account.ended_at is not None:
        return None
    if not gateway.session_use.is_current(row, gateway.now()):
        return None
    if used:
        gateway.session_use.note(row, gateway.now())
    return row


def signed_in(gateway: Gateway, token: str, *, used: bool = False) -> Account | None:
    """Return the account of a session token; None as session_of."""
    row = session_of(gateway, token, used=used)
    return None if row is None else row.account


def require(account: Account, right: Right) -> None:
    """Raise NotAllowed unless the account's role among a landlord's staff has the right."""
    if not may(account.staff, right):
        raise NotAllowed(N_("Your account does not have permission to do this. Ask an owner."))
