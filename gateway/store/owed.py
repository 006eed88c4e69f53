"""What happened and what is owed to others: events, deliveries, registrations, disclosures, repeated requests."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.model import Id, Json, Model, Text, Word
from gateway.store.stays import Stay


class Event(Model):
    """What happened, appended once. `feed_seq` is stamped after commit by one writer, so a cursor never skips."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    type: Mapped[Word]
    at: Mapped[int]
    stay_id: Mapped[str | None] = mapped_column(ForeignKey("stays.id"), index=True)
    device_id: Mapped[Word | None]
    registration_id: Mapped[str | None] = mapped_column(ForeignKey("registrations.id"))
    area: Mapped[Word | None]
    data: Mapped[Json]
    for_feed: Mapped[bool] = mapped_column(default=False)
    feed_seq: Mapped[int | None] = mapped_column(unique=True)
    __table_args__ = (Index("ix_events_unstamped", "for_feed", "feed_seq"),)


class Delivery(Model):
    """One thing owed to one outside party, kept until it is settled. Within a lane the order is kept.

    `work` names the sender in the relay's table; `about` is the row it is about. state: owed, done, refused,
    unknown or expired. A delivery that is not `done` stays visible to a person. `started_at` is committed before an
    attempt that must not be repeated blindly: found set, the attempt was cut short.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_due", "state", "due_at"), Index("ix_deliveries_lane", "lane", "state", "id"))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    party: Mapped[Text]
    lane: Mapped[Text]
    work: Mapped[Word]
    about: Mapped[Word]
    command_id: Mapped[str | None] = mapped_column(String(32), index=True)
    body: Mapped[Json | None]
    created_at: Mapped[int]
    due_at: Mapped[int]
    expires_at: Mapped[int | None]
    started_at: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[Word] = mapped_column(default="owed")
    outcome: Mapped[Text | None]
    settled_at: Mapped[int | None]


class Registration(Model):
    """One registration record for one authority, the `number`-th of its person.

    `sealed` is the record as it will be sent, under the person's key.
    state: not_due (nothing is sent), queued, asking (sent, answer lost), pending, accepted, partly, refused
    or unknown.
    """

    __tablename__ = "registrations"
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    number: Mapped[int]
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("registrations.id"))
    kind: Mapped[Word]
    registry_name: Mapped[Word]
    sealed: Mapped[bytes | None]
    state: Mapped[Word] = mapped_column(default="queued", index=True)
    created_at: Mapped[int]
    deadline_at: Mapped[int | None]
    pending_reference: Mapped[Text | None]
    receipt: Mapped[Text | None]
    receipt_sha256: Mapped[str | None] = mapped_column(String(64))
    answer_code: Mapped[Word | None]
    answer_sentence: Mapped[Text | None]
    answered_at: Mapped[int | None]
    stay: Mapped[Stay] = relationship(lazy="joined")


class Disclosure(Model):
    """One entry of the disclosure log, written before anything is shown; `leaf` is its RFC 9162 leaf input."""

    __tablename__ = "disclosures"
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int]
    consumer: Mapped[Text]
    purpose: Mapped[Text]
    subject: Mapped[Text]
    fields: Mapped[Text]
    leaf: Mapped[bytes]


class RepeatedRequest(Model):
    """An Idempotency-Key already used: the digest of the request and the id of what it made."""

    __tablename__ = "repeated_requests"
    owner: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Text]
    created_at: Mapped[int]
