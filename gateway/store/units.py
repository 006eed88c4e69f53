"""Models of accounts, landlords, units and devices."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.model import Count, Id, Json, Model, Text, Word, new_id


class Landlord(Model):
    """The owner of units. Name and telephone are shown to tenants; `registry_facts` (path: text) go to registries."""

    __tablename__ = "landlords"
    id: Mapped[Id]
    name: Mapped[Text]
    phone: Mapped[Word]
    email: Mapped[Text | None]
    registry_facts: Mapped[Json] = mapped_column(default=dict)


class Account(Model):
    """An account. `role` is landlord, officer or tester; `area` limits an officer to a grid area (prefix).

    `staff` (owner, desk or viewer) is the role within a landlord. An officer of an OpenID provider is identified by
    `issuer` and `subject`. Without a password the hash is empty; with `password_is_first` it is one that somebody else
    set at `first_password_at`, and can only be changed. `email` is an address that its owner confirmed, for e-mails
    about the sign-in, in `email_language` (BCP 47). `sign_in_changed_at`: when its password, a passkey, its second
    factor or its address was last replaced or removed. An account with `ended_at` cannot sign in.
    """

    __tablename__ = "accounts"
    __table_args__ = (Index("ix_accounts_subject", "issuer", "subject", unique=True),)
    id: Mapped[Id]
    role: Mapped[Word]
    login: Mapped[Text] = mapped_column(unique=True)
    password_hash: Mapped[Text]
    password_is_first: Mapped[bool] = mapped_column(default=False)
    first_password_at: Mapped[int | None]
    name: Mapped[Text]
    landlord_id: Mapped[str | None] = mapped_column(ForeignKey("landlords.id"))
    area: Mapped[Word | None]
    staff: Mapped[Word | None]
    issuer: Mapped[Text | None]
    subject: Mapped[Text | None]
    email: Mapped[Text | None]
    email_language: Mapped[Word | None]
    sign_in_changed_at: Mapped[int | None]
    ended_at: Mapped[int | None] = mapped_column(index=True)


class SignIn(Model):
    """A session of an account; only the hash of its token is stored. `id` names it to its owner.

    `method` is password, password_and_code, passkey or single_sign_on; `device` and `network` are as in
    domain.accounts.origin. `used_at` is written by housekeeping, which also deletes sessions that ended without use.
    """

    __tablename__ = "sign_ins"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    method: Mapped[Word]
    device: Mapped[Text]
    network: Mapped[Text]
    begun_at: Mapped[int]
    used_at: Mapped[int]
    expires_at: Mapped[int]
    account: Mapped[Account] = relationship(lazy="joined")


class Unit(Model):
    """A dwelling: its permanent code, address, grid area, time zone (IANA) and jurisdiction.

    `destinations` are the registries it reports to. `liveness_level` is the landlord's choice of the identity check:
    phone, kiosk or person.
    """

    __tablename__ = "units"
    id: Mapped[Id]
    landlord_id: Mapped[str] = mapped_column(ForeignKey("landlords.id"), index=True)
    code: Mapped[Word] = mapped_column(unique=True)
    label: Mapped[Text]
    address: Mapped[Text]
    area: Mapped[Word] = mapped_column(index=True)
    timezone: Mapped[Word]
    jurisdiction: Mapped[Word]
    liveness_level: Mapped[Word] = mapped_column(default="phone", server_default="phone")
    landlord: Mapped[Landlord] = relationship(lazy="joined")
    devices: Mapped[list["Device"]] = relationship(back_populates="unit", order_by="Device.id")
    destinations: Mapped[list["Destination"]] = relationship(
        back_populates="unit", order_by="Destination.position", cascade="all, delete-orphan"
    )


class Destination(Model):
    """A registry that a unit reports to; the first is the one whose records stand for the stay in events.

    `registry_facts` (path: text) is what this registry also requires of the unit, or with "landlord." of its landlord.
    """

    __tablename__ = "destinations"
    __table_args__ = (UniqueConstraint("unit_id", "registry_name"),)
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    registry_name: Mapped[Word]
    registry_facts: Mapped[Json] = mapped_column(default=dict)
    unit: Mapped[Unit] = relationship(back_populates="destinations")


class Device(Model):
    """A lock or kiosk and its last reports; silence changes nothing.

    `reported_seq` is the device's sequence number of its last report on the bolt, `state_seq` that of its last whole
    state. `pin_slots` is how many PINs the lock keeps, in slots numbered from 0; None where nobody stated it.
    `certificate_…` is the certificate it reports presenting, `trust` the roots it reports trusting. One-time
    codes are numbered: `once_next` is the next number and never falls; numbers below `once_from` are invalid.

    `chain_…` is the last log entry checked, and since when an earlier one is awaited. `clock_drift…` is the last drift
    of a minute or more, in seconds, and when it was recorded. `log_alarm…` is the last fault of the log, and when it
    was found.

    `firmware` is maker, model and version for people, `model` the class id of its manifests (hex), `firmware_counter`
    its rollback counter, `support_ends_at` the end of support it was told, and `publisher` the key id (hex) of the one
    whose firmware it takes, None if it takes none: all as it reported.
    """

    __tablename__ = "devices"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site: Mapped[Word]
    kind: Mapped[Word]
    driver: Mapped[Word] = mapped_column(default="native")
    label: Mapped[Text] = mapped_column(default="")
    pin_slots: Mapped[int | None]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"), index=True)
    public_key: Mapped[bytes]
    certificate_serial: Mapped[str] = mapped_column(String(48))
    certificate_expires_at: Mapped[int]
    trust: Mapped[Word | None]
    revoked_at: Mapped[int | None]
    online: Mapped[bool | None]
    bolt: Mapped[Word] = mapped_column(default="unknown")
    door: Mapped[Word] = mapped_column(default="unknown")
    door_since: Mapped[int | None]
    battery: Mapped[int | None]
    clock: Mapped[Word] = mapped_column(default="unknown")
    clock_drift: Mapped[Count | None]
    clock_drift_at: Mapped[int | None]
    alarm: Mapped[Word | None]
    nonce: Mapped[bytes | None]
    list_epoch: Mapped[int] = mapped_column(default=1)
    code_epoch: Mapped[int] = mapped_column(default=1)
    reported_list_epoch: Mapped[Count] = mapped_column(default=0)
    reported_code_epoch: Mapped[Count] = mapped_column(default=0)
    once_next: Mapped[int] = mapped_column(default=0, server_default="0")
    once_from: Mapped[int] = mapped_column(default=0, server_default="0")
    reported_once_from: Mapped[Count] = mapped_column(default=0, server_default="0")
    reported_seq: Mapped[Count] = mapped_column(default=-1)
    state_seq: Mapped[Count] = mapped_column(default=-1)
    last_seen_at: Mapped[int | None]
    chain_seq: Mapped[Count] = mapped_column(default=0)
    chain_digest: Mapped[bytes | None]
    chain_waits_since: Mapped[int | None]
    log_alarm: Mapped[Word | None]
    log_alarm_at: Mapped[int | None]
    firmware: Mapped[Text | None]
    model: Mapped[Word | None]
    firmware_counter: Mapped[Count | None]
    support_ends_at: Mapped[Count | None]
    publisher: Mapped[Word | None]
    unit: Mapped[Unit | None] = relationship(back_populates="devices")


class ReceivedMessage(Model):
    """A device's sequence number already recorded, by which a repeated message is recognised.

    For an entry of a lock's log also: its digest, its predecessor's number and digest, and what it is `about`
    (gateway.domain.keys.log_chain.Entry).
    """

    __tablename__ = "received_messages"
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    seq: Mapped[Count] = mapped_column(primary_key=True)
    received_at: Mapped[int] = mapped_column(index=True)
    digest: Mapped[bytes | None]
    after_seq: Mapped[Count | None]
    after_digest: Mapped[bytes | None]
    about: Mapped[Word | None]


class SetAside(Model):
    """An unreadable message, recorded by digest and reason for a person to look at, while later ones are processed."""

    __tablename__ = "set_aside"
    id: Mapped[Id]
    device_id: Mapped[Word]
    channel: Mapped[Word]
    code: Mapped[Word]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[int] = mapped_column(index=True)
