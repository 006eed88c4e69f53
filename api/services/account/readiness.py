"""What an account that has signed in must do before anything else."""

from gateway.bootstrap import Gateway
from gateway.domain.errors import PasswordChangeNeeded, SecondFactorMissing
from gateway.store import Account, SignIn
from gateway.texts.marks import N_


def require_own_password(account: Account) -> None:
    """Raise PasswordChangeNeeded for an account whose password somebody else set."""
    if account.password_is_first:
        raise PasswordChangeNeeded(N_("Choose your own password first: somebody else knows the one you use."))


def require_ready(gateway: Gateway, sign_in: SignIn) -> None:
    """Raise PasswordChangeNeeded, or SecondFactorMissing where a password alone began a session of a role that needs
    more (`second_factor_roles`)."""
    require_own_password(sign_in.account)
    if sign_in.method == "password" and sign_in.account.role in gateway.settings.second_factor_roles:
        raise SecondFactorMissing(N_("Set up an authenticator app first: your account needs a second step."))
