"""Models of events, deliveries, registrations, disclosures, consumers, repeated requests and counts."""

from typing import Final

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from gateway.store.identity import Portrait
from gateway.store.model import Id, Json, Model, Text, Word
from gateway.store.stays import Stay

NOT_FILINGS: Final = text("work <> 'submit'")  # a filing's delivery is kept with its record


class Event(Model):
    """An event, appended once. `feed_seq` is assigned after commit by one writer, so that a cursor never skips one.

    `person_id`: the person of the registration it is about, if not the one the record was made for. Once nothing is
    kept of a stay, its entries of the feed have their number, type, area and month only.
    """

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    type: Mapped[Word]
    at: Mapped[int]
    stay_id: Mapped[str | None] = mapped_column(ForeignKey("stays.id"), index=True)
    device_id: Mapped[Word | None]
    registration_id: Mapped[str | None] = mapped_column(ForeignKey("registrations.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    area: Mapped[Word | None]
    data: Mapped[Json]
    for_feed: Mapped[bool] = mapped_column(default=False)
    feed_seq: Mapped[int | None] = mapped_column(unique=True)
    __table_args__ = (Index("ix_events_unstamped", "for_feed", "feed_seq"), Index("ix_events_type_at", "type", "at"))


class Delivery(Model):
    """One delivery to one outside party, kept until it is settled. Order is kept within a lane.

    `work` names the sender in the relay's table; `about` is the row it is about. state: owed, done, refused,
    unknown or expired. A delivery that is not `done` stays visible to a person. `started_at` is committed before an
    attempt that must not be repeated blindly: if it is set at the next attempt, that one was interrupted.
    `outcome` is a code of texts.outcomes, of the last attempt or of the end; `outcome_args` are its arguments.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_due", "state", "due_at"),
        Index("ix_deliveries_lane", "lane", "state", "id"),
        Index("ix_deliveries_about", "about", "work"),
        Index("ix_deliveries_settled", "settled_at", sqlite_where=NOT_FILINGS, postgresql_where=NOT_FILINGS),
    )
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
    outcome: Mapped[Word | None]
    outcome_args: Mapped[Json | None]
    settled_at: Mapped[int | None]


class Registration(Model):
    """One registration record for one registry, the `number`-th of its stay; `person_id` is the person it was made for.

    `parts` are the people it names. state: not_due (nothing is sent), waiting (for an adult of the party), queued,
    asking (sent, answer lost), pending, accepted, partly, refused, unknown, by_hand, or lapsed: its people were erased
    before a registry had it.
    `answer_code` is the authority's own if `answer_text`, its own words, is not None; else a code of
    texts.outcomes with `answer_args`. `held_sha256`: of what the registry held when it last differed.
    `refiled_id`: of a refused record, the record filed in its place.
    """

    __tablename__ = "registrations"
    id: Mapped[Id]
    stay_id: Mapped[str] = mapped_column(ForeignKey("stays.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    number: Mapped[int]
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("registrations.id"), index=True)
    refiled_id: Mapped[str | None] = mapped_column(ForeignKey("registrations.id"), index=True)
    # Of a correction: who made it ("officer:<account>", "tenant:<person>"), the names of the fields, and the reason
    # sealed under the person's key.
    corrected_by: Mapped[Text | None]
    corrected_fields: Mapped[list[str] | None]
    correction_reason: Mapped[bytes | None]
    kind: Mapped[Word]
    registry_name: Mapped[Word]
    state: Mapped[Word] = mapped_column(default="queued", index=True)
    created_at: Mapped[int]
    deadline_at: Mapped[int | None]
    pending_reference: Mapped[Text | None]
    receipt: Mapped[Text | None]
    receipt_sha256: Mapped[str | None] = mapped_column(String(64))
    held_sha256: Mapped[str | None] = mapped_column(String(64))
    answer_code: Mapped[Word | None]
    answer_text: Mapped[Text | None]
    answer_args: Mapped[Json | None]
    answered_at: Mapped[int | None]
    # When to warn, when the warning was given, when it was flagged as late, when it was first sent, and the version
    # of each code table used.
    warn_at: Mapped[int | None]
    warned_at: Mapped[int | None]
    late_at: Mapped[int | None]
    sent_at: Mapped[int | None]
    tables: Mapped[Json | None]
    stay: Mapped[Stay] = relationship(lazy="joined")
    portraits: Mapped[list[Portrait]] = relationship(
        secondary="registration_people",
        secondaryjoin=lambda: foreign(RegistrationPerson.person_id) == Portrait.person_id,
        viewonly=True,
    )
    parts: Mapped[list["RegistrationPerson"]] = relationship(order_by="RegistrationPerson.position")


class RegistrationPerson(Model):
    """One person of a record. `sealed` is the record as it names this person alone, under the person's own key.

    So erasing one person leaves the others readable. `receipt`, `answer_code` and `answer_text` are the registry's
    answer about this person, where it accepted the record in part.
    """

    __tablename__ = "registration_people"
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    position: Mapped[int]
    sealed: Mapped[bytes | None]
    receipt: Mapped[Text | None]
    answer_code: Mapped[Word | None]
    answer_text: Mapped[Text | None]


class Disclosure(Model):
    """One entry of the disclosure log, written before anything is disclosed; `leaf` is its RFC 9162 leaf input.

    `rows`, `first` and `last` repeat the feed range named in the subject, for counting and lookup. `leaf_version` says
    which columns the leaf covers (gateway.disclosure): all of them since version 3.
    """

    __tablename__ = "disclosures"
    __table_args__ = (Index("ix_disclosures_stretch", "first", "last"),)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int]
    consumer: Mapped[Text] = mapped_column(index=True)
    purpose: Mapped[Text]
    subject: Mapped[Text] = mapped_column(index=True)
    fields: Mapped[Text]
    leaf: Mapped[bytes]
    rows: Mapped[int] = mapped_column(default=1)
    first: Mapped[int | None]
    last: Mapped[int | None]
    leaf_version: Mapped[int]


class FeedConsumer(Model):
    """A consumer of the feed: its grant, who requested and who approved it, and its webhook's position.

    Only the hash of its token is stored; the webhook's secret is sealed under the consumer's id. `cursor` is the last
    feed number delivered to the webhook.
    """

    __tablename__ = "feed_consumers"
    id: Mapped[Id]
    name: Mapped[Text]
    purpose: Mapped[Text]
    areas: Mapped[list[str]]
    fields: Mapped[list[str]]
    rows_a_day: Mapped[int]
    expires_at: Mapped[int]
    requested_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    requested_at: Mapped[int]
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    approved_at: Mapped[int | None]
    ended_at: Mapped[int | None]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    webhook_url: Mapped[Text | None]
    sealed_secret: Mapped[bytes | None]
    cursor: Mapped[int] = mapped_column(default=0)


class RepeatedRequest(Model):
    """A used Idempotency-Key: the digest of the request, and the id of what it created."""

    __tablename__ = "repeated_requests"
    owner: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Text]
    created_at: Mapped[int]


class MonthlyCount(Model):
    """How many stays that began in a month, or records filed for them, are not kept any more.

    `month` is YYYY-MM in the unit's time zone; `what` is stay or filing, `name` the registry of filings, `state` that
    of the stay or of the record.
    """

    __tablename__ = "monthly_counts"
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    landlord_id: Mapped[str] = mapped_column(ForeignKey("landlords.id"), primary_key=True)
    what: Mapped[Word] = mapped_column(primary_key=True)
    name: Mapped[Word] = mapped_column(primary_key=True)
    state: Mapped[Word] = mapped_column(primary_key=True)
    number: Mapped[int]
