"""Models of stays: offers, people, consents, verifications, keys, codes and commands. Personal fields are sealed."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from devices.wire.passcode import HOUR, PER_WINDOW, QUARTER
from gateway.store.model import Count, Id, Model, Text, Word
from gateway.store.units import Device, Unit


class Stay(Model):
    """One tenancy or booking of a unit: half-open [from_at, until_at) in UTC seconds.

    `party_open`: a tenant registers others after themselves, and has not said yet that everybody is registered.
    `party_is_group`: these people are a group, for a registry that tells families from groups. `retention_at`: when
    something of an ended stay is next due to be deleted; None before its end.
    """

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
    party_open: Mapped[bool] = mapped_column(default=False)
    party_is_group: Mapped[bool] = mapped_column(default=False)
    retention_at: Mapped[int | None] = mapped_column(index=True)
    unit: Mapped[Unit] = relationship(lazy="joined")
    offers: Mapped[list["Offer"]] = relationship(back_populates="stay", order_by="Offer.created_at")
    people: Mapped[list["Person"]] = relationship(
        primaryjoin="and_(Person.stay_id == Stay.id, Person.role == 'tenant')",
        back_populates="stay",
        order_by="Person.created_at",
    )
    booker: Mapped["Person | None"] = relationship(
        primaryjoin="and_(Person.stay_id == Stay.id, Person.role == 'booker')", viewonly=True, uselist=False
    )
    keys: Mapped[list["Key"]] = relationship(back_populates="stay", order_by="Key.created_at")
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own declaration


class Offer(Model):
    """A link for one tenant. Its token is derived from the id, never stored.

    `invited_by`: the person of the stay who asked for it; None where the landlord made it. `hand_over_until`: set where
    its tenant registers on the inviter's phone; a link to the key that expires earlier is invalid.
    """

    __tablename__ = "offers"
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    state: Mapped[Word] = mapped_column(default="open")
    created_at: Mapped[int]
    expires_at: Mapped[int]
    opened_at: Mapped[int | None]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    hand_over_until: Mapped[int | None]
    stay: Mapped[Stay] = relationship(back_populates="offers", lazy="joined")


class Person(Model):
    """A person of one stay, not linked to other stays. `sealed` opens with the person's key until that is destroyed.

    role: tenant, or booker: who made the booking, where that is reported; a booker has no key and is no tenant.
    `arrived_at`, `left_at`: where the person joined after the stay began, or left before it ends; else None. An
    `arrived_at` in the future is planned. `came_at`: when a door was first opened with their key.
    `leaves_at`: when the person plans to leave before the stay ends. `head_id`: the adult who declared the person.
    `erasure_asked_…`: that they asked for erasure, and who recorded it: tenant, or operator acting on a letter.
    """

    __tablename__ = "people"
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    role: Mapped[Word] = mapped_column(default="tenant", server_default="tenant")
    sealed: Mapped[bytes | None]
    created_at: Mapped[int]
    erased_at: Mapped[int | None]
    arrived_at: Mapped[int | None]
    left_at: Mapped[int | None]
    leaves_at: Mapped[int | None]
    head_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    came_at: Mapped[int | None]
    erasure_asked_at: Mapped[int | None]
    erasure_asked_by: Mapped[Word | None]
    stay: Mapped[Stay] = relationship(back_populates="people")


class Consent(Model):
    """A tenant's consent: purpose, version and language of the text. It can be withdrawn at any time."""

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
    """What one tenant showed and the verdict: outcome, reasons, band, model. Never an image or a template."""

    __tablename__ = "verifications"
    id: Mapped[Id]
    offer_id: Mapped[str] = mapped_column(ForeignKey("offers.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
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
    """One holder's right to open one lock in [not_before, expires_at). `observed` is the lock's report.

    `offer_id` is the link by which the holder's phone got it. `reported_seq` is the lock's sequence number of its last
    report on this key.
    """

    __tablename__ = "keys"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    offer_id: Mapped[str | None] = mapped_column(ForeignKey("offers.id"), index=True)
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
    """A stay's code for one lock, for `hours` hours from the quarter of `first_hour` (hours since 1970 UTC) that the
    slot names; no digits are stored."""

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

    @hybrid_property
    def begins(self) -> int:
        """UTC seconds, included."""
        return self.first_hour * HOUR + self.slot // PER_WINDOW * QUARTER

    @hybrid_property
    def ends(self) -> int:
        """UTC seconds, excluded."""
        return self.begins + self.hours * HOUR


class OnceCode(Model):
    """A stay's one-time code for one lock. `number` is never reused on that lock; no digits are stored.

    `used_at` is from the lock's report. An unused code ends with its epoch, or when the lock's `once_from` passes it.
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
    """A signed command that a device executes once. `nonce` is the holder's: no request is executed twice."""

    __tablename__ = "commands"
    __table_args__ = (UniqueConstraint("key_id", "nonce"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), index=True)
    key_id: Mapped[str | None] = mapped_column(ForeignKey("keys.id"))
    type: Mapped[Word]
    nonce: Mapped[Word | None]
    issued_at: Mapped[int]
    expires_at: Mapped[int] = mapped_column(index=True)
    outcome: Mapped[Word | None]
    code: Mapped[Word | None]
    answered_at: Mapped[int | None]
