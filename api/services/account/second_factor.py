"""The own second factor: an authenticator app is added, its recovery codes are renewed, it is removed."""

from base64 import b64decode, b64encode
from typing import Annotated, Final

from pydantic import BaseModel, Field

from api.services.account.passwords import confirm_password
from api.services.account.sign_in import CODE_WRONG, begin_session
from api.services.schemas import Strict
from gateway.bootstrap import Gateway
from gateway.domain.accounts.one_time_code import enrolment_uri, new_secret, secret_text, step_of, tidied
from gateway.domain.accounts.origin import Origin
from gateway.domain.errors import CodeWrong, Conflict, NotFound
from gateway.journey.accounts import second_factor as steps
from gateway.journey.accounts.sign_in import begin_ceremony, end_sessions, find_ceremony, note_change
from gateway.outbox.events import record
from gateway.store import Account, SecondFactor
from gateway.texts.marks import N_

KIND: Final = "new_second_factor"
ENROLMENT_SECONDS: Final = 1800  # an app may have to be installed first
NO_FACTOR: Final = N_("This account has no authenticator app.")


class SecondFactorShown(BaseModel):
    """Whether the account has a second factor (`added_at`, UTC seconds, else null), and whether its role must have one.

    `used_at` is null until the first sign-in with it; `recovery_codes`: how many are left.
    """

    required: bool
    added_at: int | None = None
    used_at: int | None = None
    recovery_codes: int = 0


class EnrolmentShown(BaseModel):
    """A secret for an authenticator app: as text (base32) and as an address, for a QR code.

    `ceremony` goes back with the app's first code, within half an hour.
    """

    ceremony: str
    secret: str
    uri: str


class EnrolmentForm(Strict):
    """The ceremony of an enrolment, and the code that the app shows."""

    ceremony: Annotated[str, Field(max_length=100)]
    code: Annotated[str, Field(max_length=100)]


class ConfirmForm(Strict):
    """The current password, which confirms a change of the second factor."""

    password: Annotated[str, Field(max_length=1000)]


class RecoveryCodesShown(BaseModel):
    """Codes that sign in once each in place of the app's. They are shown only once."""

    recovery_codes: list[str]


def read_second_factor(gateway: Gateway, account: Account) -> SecondFactorShown:
    """Return the state of the account's second factor."""
    required = account.role in gateway.settings.second_factor_roles and bool(account.password_hash)
    with gateway.database.reading() as session:
        row = steps.factor_of(session, account.id)
    if row is None:
        return SecondFactorShown(required=required)
    left = len(row.recovery_hashes)
    return SecondFactorShown(required=required, added_at=row.added_at, used_at=row.used_at, recovery_codes=left)


def begin_enrolment(gateway: Gateway, account: Account) -> EnrolmentShown:
    """Make a secret for an app. Raises Conflict for an account without a password or with a second factor."""
    gateway.attempts.hit("enrol_factor", account.id)
    secret = new_secret()
    sealed = gateway.vault.seal(account.id, steps.SEALED_AS, secret)
    with gateway.database.writing() as session:
        _refuse_second(account, steps.factor_of(session, account.id))
        data = {"secret": b64encode(sealed).decode()}
        name = begin_ceremony(session, KIND, data, gateway.now(), account.id, seconds=ENROLMENT_SECONDS)
    return _shown(name, secret, account)


def _refuse_second(account: Account, present: SecondFactor | None) -> None:
    if not account.password_hash:
        raise Conflict(N_("You sign in with your organisation's account, so there is no second factor here."))
    if present is not None:
        raise Conflict(N_("This account has an authenticator app already. Remove it first."))


def _shown(name: str, secret: bytes, account: Account) -> EnrolmentShown:
    return EnrolmentShown(ceremony=name, secret=secret_text(secret), uri=enrolment_uri(secret, account.login))


def enrolment_of(gateway: Gateway, account: Account, name: str) -> EnrolmentShown | None:
    """Return an enrolment that was begun; None where there is none, or it has expired."""
    with gateway.database.reading() as session:
        row = find_ceremony(session, KIND, name, gateway.now())
    if row is None or row.account_id != account.id:
        return None
    return _shown(name, _secret_in(gateway, account, str(row.data["secret"])), account)


def _secret_in(gateway: Gateway, account: Account, kept: str) -> bytes:
    return gateway.vault.open(account.id, steps.SEALED_AS, b64decode(kept))


def finish_enrolment(
    gateway: Gateway, account: Account, form: EnrolmentForm, origin: Origin
) -> tuple[RecoveryCodesShown, str]:
    """Add the app that shows the right code; return recovery codes, and the token of the one session that goes on.

    Raises NotFound without a current enrolment, Conflict, TooManyAttempts, or CodeWrong, after which it can be tried
    again.
    """
    gateway.attempts.hit("enrol_factor", account.id)
    now = gateway.now()
    with gateway.database.writing() as session:
        row = find_ceremony(session, KIND, form.ceremony, now)
        if row is None or row.account_id != account.id:
            raise NotFound(N_("This took too long. Begin again."))
        _refuse_second(account, steps.factor_of(session, account.id))
        sealed = b64decode(str(row.data["secret"]))
        secret = gateway.vault.open(account.id, steps.SEALED_AS, sealed)
        step = step_of(secret, tidied(form.code), now, after=0)
        if step is None:
            raise CodeWrong(CODE_WRONG, field="code")
        session.delete(row)
        codes = steps.add_factor(session, account, sealed, step, now)
        end_sessions(session, account.id)
        token = begin_session(gateway, session, account, origin, "password_and_code")
    return RecoveryCodesShown(recovery_codes=codes), token


def renew_recovery_codes(gateway: Gateway, account: Account, form: ConfirmForm) -> RecoveryCodesShown:
    """Replace the recovery codes. Raises PasswordWrong, TooManyAttempts, or NotFound without a second factor."""
    confirm_password(gateway, account, form.password, field="password")
    now = gateway.now()
    with gateway.database.writing() as session:
        row = session.get(SecondFactor, account.id, with_for_update=True)
        if row is None:
            raise NotFound(NO_FACTOR)
        codes = steps.renew_recovery_codes(row)
        note_change(session.get_one(Account, account.id), now)
        record(session, "RecoveryCodesRenewed", now, data={"account": account.id})
    return RecoveryCodesShown(recovery_codes=codes)


def remove_second_factor(gateway: Gateway, account: Account, form: ConfirmForm, origin: Origin) -> str:
    """Remove the app and end every session; return the token of a new one. Raises as renew_recovery_codes."""
    confirm_password(gateway, account, form.password, field="password")
    now = gateway.now()
    with gateway.database.writing() as session:
        if not steps.remove_factor(session, account.id, now):
            raise NotFound(NO_FACTOR)
        record(session, "SecondFactorRemoved", now, data={"account": account.id, "by": account.id})
        end_sessions(session, account.id)
        return begin_session(gateway, session, account, origin, "password")
