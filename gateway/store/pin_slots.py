"""The model of PINs in numbered slots of other makers' locks."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.model import Id, Model, Word


class SlotCode(Model):
    """A stay's PIN in one slot of a lock, valid in [begins_at, ends_at); its digits are derived, never stored.

    `observed` (unasked, present, absent) is the lock's report; a slot is free once the lock reports it empty.
    """

    __tablename__ = "slot_codes"
    __table_args__ = (Index("ix_slot_codes_lock", "device_id", "slot"),)
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    slot: Mapped[int]
    begins_at: Mapped[int]
    ends_at: Mapped[int]
    desired: Mapped[Word] = mapped_column(default="present")
    observed: Mapped[Word] = mapped_column(default="unasked")
    created_at: Mapped[int]
    on_lock_at: Mapped[int | None]
    removed_at: Mapped[int | None]
