"""The own e-mail address: entered, confirmed by the link sent to it, removed."""

from pydantic import BaseModel

from api.services.account.schemas import EmailAddress
from api.services.schemas import Strict
from gateway.bootstrap import Gateway
from gateway.domain.errors import Conflict
from gateway.journey.accounts import email as steps
from gateway.store import Account
from gateway.texts.marks import N_


class EmailForm(Strict):
    """An e-mail address; leave it empty for none."""

    email: EmailAddress


class EmailShown(BaseModel):
    """The confirmed address, and the one that a link was sent to; either is empty if there is none."""

    email: str
    proposed: str


def read_email(gateway: Gateway, account: Account) -> EmailShown:
    """Return the account's address."""
    with gateway.database.reading() as session:
        row, proposed = session.get_one(Account, account.id), steps.proposed_email(session, account.id, gateway.now())
        return EmailShown(email=row.email or "", proposed=str(proposed.data["email"]) if proposed else "")


def change_email(gateway: Gateway, account: Account, form: EmailForm, language: str) -> bool:
    """Have a link sent to a new address, in this language, or remove the address; whether a link is sent.

    Raises Conflict for an account without a password and where no mail server is set up, or TooManyAttempts.
    """
    if not form.email:
        with gateway.database.writing() as session:
            steps.remove_email(session, account.id, gateway.now())
        return False
    if not account.password_hash:
        raise Conflict(N_("You sign in with your organisation's account, so there is no password here."))
    if not gateway.settings.sends_mail:
        raise Conflict(N_("No mail server is set up here."))
    gateway.attempts.hit("email", account.id)
    with gateway.database.writing() as session:
        steps.propose_email(session, account, form.email, language, gateway.now())
    return True


def email_of_link(gateway: Gateway, account: Account, token: str) -> str:
    """Return the address that the link confirms. Raises NotFound as confirm_email."""
    with gateway.database.reading() as session:
        return steps.email_of_link(session, account, token, gateway.now())


def confirm_email(gateway: Gateway, account: Account, token: str) -> None:
    """Use the address from now on. Raises NotFound for a link that is not valid, or not for this account."""
    with gateway.database.writing() as session:
        steps.confirm_email(session, account, token, gateway.now())
