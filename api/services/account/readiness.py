"""What an account that has signed in must do before anything else."""

from typing import Final

from gateway.bootstrap import Gateway
from gateway.domain.errors import PasswordChangeNeeded, SecondFactorMissing, SignInAgain
from gateway.store import Account, SignIn
from gateway.texts.marks import N_

RECENT_SECONDS: Final = 900


def require_recent(gateway: Gateway, sign_in: SignIn) -> None:
    """Raise SignInAgain for a session that began more than RECENT_SECONDS ago (ASVS 5.0 V7.5.1).

    Who finds a device signed in, or stole a session, adds no factor of their own.
    """
    if gateway.now() - sign_in.begun_at > RECENT_SECONDS:
        raise SignInAgain(N_("Sign in again first: this changes how you sign in."))


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
