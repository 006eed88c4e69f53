"""What devices were certified with, and the claims that let new ones in."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Model, Text, Word


class Certificate(Model):
    """One certificate issued to a device: all that are not over yet can be revoked, whichever the device presents.

    `generation` is that of the authority that signed it; `chain` (PEM) is what is put on the device. `taken_at` is
    when the device said that it presents it.
    """

    __tablename__ = "certificates"
    serial: Mapped[str] = mapped_column(String(48), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(index=True)
    generation: Mapped[int]
    chain: Mapped[bytes]
    issued_at: Mapped[int]
    expires_at: Mapped[int] = mapped_column(index=True)
    taken_at: Mapped[int | None]
    revoked_at: Mapped[int | None]


class Claim(Model):
    """The right to take one named device in, once: for the unit whose door it will be on, if that is known."""

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
