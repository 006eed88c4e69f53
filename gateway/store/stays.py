"""Stays, the people in them, what they showed, agreed to and hold. Personal fields are sealed per person."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.model import Count, Id, Model, Text, Word
from gateway.store.units import Device, Unit


class Stay(Model):
    """One tenancy or booking of a unit: half-open [from_at, until_at) in UTC seconds."""

    __tablename__ = "stays"
    __table_args__ = (
        CheckConstraint("until_at > from_at", name="forward"),
        Index("ix_stays_unit_window", "unit_id", "from_at", "until_at"),
    )
    id: Mapped[Id]
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"))
    from_at: Mapped[int]
    until_at: Mapped[int]
    state: Mapped[Word] = mapped_column(default="offered", index=True)
    created_at: Mapped[int]
    arrived_at: Mapped[int | None]
    ended_at: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=0)
    unit: Mapped[Unit] = relationship(lazy="joined")
    offers: Mapped[list["Offer"]] = relationship(back_populates="stay", order_by="Offer.created_at")
    people: Mapped[list["Person"]] = relationship(back_populates="stay", order_by="Person.created_at")
    keys: Mapped[list["Key"]] = relationship(back_populates="stay", order_by="Key.created_at")
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own declaration


class Offer(Model):
    """The link a landlord gives one tenant. Its token is derived from the id, never stored."""

    __tablename__ = "offers"
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    state: Mapped[Word] = mapped_column(default="open")
    created_at: Mapped[int]
    expires_at: Mapped[int]
    opened_at: Mapped[int | None]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    stay: Mapped[Stay] = relationship(back_populates="offers", lazy="joined")


class Person(Model):
    """A tenant of one stay, known in this stay only. `sealed` opens with that person's own key, until it is erased."""

    __tablename__ = "people"
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    sealed: Mapped[bytes | None]
    created_at: Mapped[int]
    erased_at: Mapped[int | None]
    stay: Mapped[Stay] = relationship(back_populates="people")


class Consent(Model):
    """What a tenant agreed to: purpose, the version of the text and its language; withdrawn at any time."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_offer_purpose", "offer_id", "purpose"),)
    id: Mapped[Id]
    offer_id: Mapped[str] = mapped_column(ForeignKey("offers.id"))
    purpose: Mapped[Word]
    text_version: Mapped[Word]
    language: Mapped[Word]
    given_at: Mapped[int]
    withdrawn_at: Mapped[int | None]


class Verification(Model):
    """What one tenant showed and what was concluded: outcome, reasons, band, model. Never an image or a template."""

    __tablename__ = "verifications"
    id: Mapped[Id]
    offer_id: Mapped[str] = mapped_column(ForeignKey("offers.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[Word] = mapped_column(index=True)
    method: Mapped[Word]
    reasons: Mapped[list[str]]
    score_band: Mapped[Word | None]
    model: Mapped[Text | None]
    holder_key: Mapped[bytes | None]
    created_at: Mapped[int]
    decided_at: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    decision_reason: Mapped[Text | None]
    offer: Mapped[Offer] = relationship(lazy="joined")


class Key(Model):
    """The right of one holder to open one lock in [not_before, expires_at). `observed` is what the lock said.

    `reported_seq` is the lock's own number of its last word on this key.
    """

    __tablename__ = "keys"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), index=True)
    form: Mapped[Word] = mapped_column(default="credential")
    holder_key: Mapped[bytes]
    not_before: Mapped[int]
    expires_at: Mapped[int]
    credential: Mapped[bytes]
    holder_credential: Mapped[bytes]
    holder_until: Mapped[int]
    desired: Mapped[Word] = mapped_column(default="present")
    observed: Mapped[Word] = mapped_column(default="unasked")
    reported_seq: Mapped[Count] = mapped_column(default=-1)
    created_at: Mapped[int]
    on_lock_at: Mapped[int | None]
    revoking_at: Mapped[int | None]
    revoked_at: Mapped[int | None]
    stay: Mapped[Stay] = relationship(back_populates="keys", lazy="joined")
    device: Mapped[Device] = relationship(lazy="joined")


class Passcode(Model):
    """A code of one stay for one lock: `hours` from `first_hour` (hours since 1970 UTC); the digits are not stored."""

    __tablename__ = "passcodes"
    __table_args__ = (Index("ix_passcodes_lock_window", "device_id", "first_hour", "hours"),)
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    epoch: Mapped[int]
    first_hour: Mapped[int]
    hours: Mapped[int]
    slot: Mapped[int]
    created_at: Mapped[int]
    withdrawn_at: Mapped[int | None]


class OnceCode(Model):
    """A code of one stay that opens one lock once: its number there, given to nobody else ever; no digits are stored.

    `used_at` is the lock's word. Unused, it dies with its epoch, or when the lock's `once_from` passes its number.
    """

    __tablename__ = "once_codes"
    __table_args__ = (UniqueConstraint("device_id", "number"),)
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    number: Mapped[int]
    epoch: Mapped[int]
    issued_at: Mapped[int]
    used_at: Mapped[int | None]


class Command(Model):
    """Something signed that a device is asked to do once. `nonce` is the holder's: no request runs twice."""

    __tablename__ = "commands"
    __table_args__ = (UniqueConstraint("key_id", "nonce"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), index=True)
    key_id: Mapped[str | None] = mapped_column(ForeignKey("keys.id"))
    type: Mapped[Word]
    nonce: Mapped[Word | None]
    issued_at: Mapped[int]
    expires_at: Mapped[int]
    outcome: Mapped[Word | None]
    code: Mapped[Word | None]
    answered_at: Mapped[int | None]
