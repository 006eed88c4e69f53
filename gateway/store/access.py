"""How people prove who they are, and what needs two of them: ceremonies, passkeys, exports."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Id, Json, Model, Text, Word


class Ceremony(Model):
    """A sign-in or registration of a passkey under way, answered once and soon; only the hash of its name is kept.

    `kind` is single_sign_on, passkey or new_passkey; `data` is what the answer is checked against.
    """

    __tablename__ = "ceremonies"
    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[Word]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    data: Mapped[Json]
    expires_at: Mapped[int] = mapped_column(index=True)


class Passkey(Model):
    """A public key that signs an account in (WebAuthn level 2); `sign_count` is the highest the device told."""

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
    """Registrations of an area in a span, asked for by one officer, approved by another, taken once by the first.

    `rows` is how many records there were when it was asked for, and how many were handed out once it was taken.
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
