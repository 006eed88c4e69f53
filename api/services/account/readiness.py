"""What an account that has signed in must do before anything else."""

from gateway.domain.errors import PasswordChangeNeeded
from gateway.store import Account
from gateway.texts.marks import N_


def require_ready(account: Account) -> None:
    """Raise PasswordChangeNeeded for an account whose password somebody else set."""
    if account.password_is_first:
        raise PasswordChangeNeeded(N_("Choose your own password first: somebody else knows the one you use."))
