"""Models of device certificates, and of claims for enrolment."""

from typing import Final

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Model, Text, Word

UNENFORCED: Final = text("revoked_at IS NOT NULL AND enforced_at IS NULL")


class Certificate(Model):
    """A certificate issued to a device. Until it expires it can be revoked, whichever one the device presents.

    `generation` is the signing authority's; `chain` (PEM) is what is installed on the device; `taken_at` is when the
    device reported that it presents it. `enforced_at` is when the broker refused it and its session was ended.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        Index("ix_certificates_unenforced", "serial", sqlite_where=UNENFORCED, postgresql_where=UNENFORCED),
        Index("ix_certificates_revoked_at", "revoked_at"),
    )
    serial: Mapped[str] = mapped_column(String(48), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(index=True)
    generation: Mapped[int]
    chain: Mapped[bytes]
    issued_at: Mapped[int]
    expires_at: Mapped[int] = mapped_column(index=True)
    taken_at: Mapped[int | None]
    revoked_at: Mapped[int | None]
    enforced_at: Mapped[int | None]


class Claim(Model):
    """The right to enrol one named device, once; with its unit, if that is known."""

    __tablename__ = "claims"
    serial: Mapped[str] = mapped_column(String(48), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(36), index=True)
    site: Mapped[Word]
    kind: Mapped[Word]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    label: Mapped[Text] = mapped_column(default="")
    created_at: Mapped[int]
    expires_at: Mapped[int]
    used_at: Mapped[int | None]
    withdrawn_at: Mapped[int | None]
