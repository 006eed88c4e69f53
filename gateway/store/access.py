"""Models of sign-in ceremonies, passkeys, second factors, the log of sign-in attempts, and exports."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Id, Json, Model, Text, Word


class Ceremony(Model):
    """A sign-in, or a change of one, in progress, answered once and soon; only the hash of its name is stored.

    `kind` is single_sign_on, passkey, new_passkey, second_factor, new_second_factor, new_email or forgotten_password;
    `data` is what the answer is checked against.
    """

    __tablename__ = "ceremonies"
    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[Word]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    data: Mapped[Json]
    expires_at: Mapped[int] = mapped_column(index=True)


class Passkey(Model):
    """A public key that signs in an account (WebAuthn Level 2); `sign_count` is the highest reported."""

    __tablename__ = "passkeys"
    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    label: Mapped[Text]
    created_at: Mapped[int]
    used_at: Mapped[int | None]


class SecondFactor(Model):
    """An authenticator app of an account with a password (RFC 6238). `last_step` is the last whose code was taken.

    The secret is sealed under the account's own key; `recovery_hashes` are those of the recovery codes that are left.
    """

    __tablename__ = "second_factors"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    sealed_secret: Mapped[bytes]
    last_step: Mapped[int]
    recovery_hashes: Mapped[list[str]]
    added_at: Mapped[int]
    used_at: Mapped[int | None]


class SignInAttempt(Model):
    """Like attempts to sign in within an hour, `count` of them from `first_at` to `last_at`.

    `account_id` is None where no account has the name that was typed, which is not stored. `method` is that
    of a session; `outcome` is accepted, wrong_password, wrong_code, unknown_login, refused or too_many; `device` and
    `network` are as in domain.accounts.origin.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_account", "account_id", "last_at"),)
    id: Mapped[Id]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    method: Mapped[Word]
    outcome: Mapped[Word]
    device: Mapped[Text]
    network: Mapped[Text]
    count: Mapped[int]
    first_at: Mapped[int]
    last_at: Mapped[int]


class Export(Model):
    """An export of an area's registrations: requested by one officer, approved by another, downloaded once.

    `rows` is the number of records at the request and, after the download, the number downloaded.
    """

    __tablename__ = "exports"
    id: Mapped[Id]
    area: Mapped[Word] = mapped_column(index=True)
    from_at: Mapped[int]
    until_at: Mapped[int]
    purpose: Mapped[Text]
    rows: Mapped[int]
    requested_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    requested_at: Mapped[int]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[int | None]
    approved: Mapped[bool | None]
    expires_at: Mapped[int] = mapped_column(index=True)
    taken_at: Mapped[int | None]
