"""Models of sign-in ceremonies, passkeys and exports."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Id, Json, Model, Text, Word


class Ceremony(Model):
    """A sign-in or passkey registration in progress, answered once and soon; only the hash of its name is stored.

    `kind` is single_sign_on, passkey or new_passkey; `data` is what the answer is checked against.
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
    expires_at: Mapped[int]
    taken_at: Mapped[int | None]
