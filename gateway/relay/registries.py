"""Delivery of registrations to the authorities, and destruction of the keys of erased persons."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from gateway.domain.filings.record import (
    UNKNOWN_REFERENCE,
    Answer,
    OutcomeUnknown,
    Pending,
    Registry,
    RegistryUnreachable,
)
from gateway.domain.filings.record import Refused as RegistryRefused
from gateway.domain.filings.record import Registration as Record
from gateway.domain.outcomes import caused_by
from gateway.journey.filings.answers import note_sending, record_registry_answer
from gateway.outbound.http import hearing_dates
from gateway.outbox.deliveries import Decision, Done, Refused, RetryAt, Unknown, retry_delay
from gateway.relay.loop import Sender, Sent
from gateway.relay.records import RecordReader
from gateway.store import Delivery, Registration
from gateway.store.database import Database
from gateway.store.sealing import Erased, Vault

ASK_AFTER: Final = 5
NOT_SET_UP: Final = 300
ASK_TIMES: Final = 12
AT_A_TIME: Final = 4  # concurrent requests per registry
LEASED: Final = frozenset({"submit"})


class RegistrySenders:
    """Submits each record once. A lost answer is queried at the registry where possible, else a person decides."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        registries: Mapping[str, Registry],
        now: Callable[[], int],
        *,
        erased: Callable[[], None] = lambda: None,
        hear_clock: Callable[[str, int], None] = lambda _host, _at: None,
    ) -> None:
        self._database, self._vault, self._registries, self._now = database, vault, registries, now
        self._erased, self._hear_clock = erased, hear_clock
        self._records = RecordReader(database, vault)
        self._limits: dict[str, asyncio.Semaphore] = {}

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {"submit": self.submit, "destroy_key": self.destroy_key}

    async def submit(self, delivery: Delivery) -> Sent:
        """One attempt to submit a record, or to query its outcome."""
        try:
            row, record = await self._records.get(delivery.about)
        except Erased:
            return Sent(Refused("record_erased"))
        # A record sent again must be identical: it is late as of its first sending.
        sent_at = row.sent_at or delivery.started_at or self._now()
        record = replace(record, late=row.deadline_at is not None and sent_at >= row.deadline_at)
        if record.kind == "annulment" and record.corrects is None:
            return Sent(Done("nothing_to_annul"), _not_due(row.id))
        registry = self._registries.get(row.registry_name)
        if registry is None:
            return Sent(RetryAt(self._now() + NOT_SET_UP, "registry_not_set_up", {"registry": row.registry_name}))
        try:
            async with self._limits.setdefault(row.registry_name, asyncio.Semaphore(AT_A_TIME)):
                with hearing_dates(self._hear_clock):
                    answer = await self._ask(registry, row, record, cut_short=delivery.started_at is not None)
        except RegistryUnreachable as error:
            again_at = self._now() + retry_delay(delivery.attempts)
            why = caused_by(error.code, error.details)
            return Sent(RetryAt(again_at, "registry_unreachable", why, party_down=True))
        return self._judged(delivery, registry, row.id, answer, sent_at)

    async def destroy_key(self, delivery: Delivery) -> Sent:
        """Destroy a person's key, and with it every copy of data sealed under it."""
        await asyncio.to_thread(self._vault.erase, delivery.about)
        self._erased()
        return Sent(Done("erased"))

    async def _ask(self, registry: Registry, row: Registration, record: Record, *, cut_short: bool) -> Answer:
        """Submit a record not yet sent; query one that was. UNKNOWN_REFERENCE proves that it may be submitted."""
        unsure = cut_short or row.state == "asking"
        if row.state == "pending":
            return await registry.poll(row.pending_reference or record.reference)
        if not unsure or registry.resends_safely:
            return await registry.submit(record)
        if not registry.can_be_queried:
            return OutcomeUnknown("stopped_while_sending")
        answer = await registry.poll(record.reference)
        if isinstance(answer, RegistryRefused) and answer.code == UNKNOWN_REFERENCE:
            return await registry.submit(record)
        return answer

    def _judged(
        self, delivery: Delivery, registry: Registry, registration_id: str, answer: Answer, sent_at: int
    ) -> Sent:
        tables = registry.tables()
        again = registry.can_be_queried or registry.resends_safely
        if isinstance(answer, OutcomeUnknown) and again and delivery.attempts < ASK_TIMES:
            return Sent(
                RetryAt(self._now() + ASK_AFTER, "registry_asked_again", caused_by(answer.code, answer.args)),
                _awaiting_outcome(registration_id, tables, sent_at),
            )

        def also(session: Session, now: int) -> None:
            note_sending(session, registration_id, tables, sent_at)
            record_registry_answer(session, registration_id, answer, now)

        return Sent(self._decision(answer), also)

    def _decision(self, answer: Answer) -> Decision:
        match answer:
            case Pending():
                return RetryAt(max(answer.poll_after, self._now() + 1), "registry_deciding")
            case RegistryRefused():
                return Refused("registry_refused", {"code": answer.code})
            case OutcomeUnknown():
                return Unknown("outcome_unknown", caused_by(answer.code, answer.args))
            case _:
                return Done("accepted")


def prefetch_registrations(session: Session, deliveries: Sequence[Delivery]) -> object:
    """Load the registrations of a batch of answers with their kept portraits.

    The caller holds the result while writing, so that the session does not load them again.
    """
    about = [delivery.about for delivery in deliveries if delivery.work == "submit"]
    query = select(Registration).where(Registration.id.in_(about)).options(selectinload(Registration.portraits))
    return session.scalars(query).all() if about else None


def _not_due(registration_id: str) -> Callable[[Session, int], None]:
    """Set the state to not_due: there was nothing to send."""

    def also(session: Session, _now: int) -> None:
        session.get_one(Registration, registration_id).state = "not_due"

    return also


def _awaiting_outcome(registration_id: str, tables: Mapping[str, str], sent_at: int) -> Callable[[Session, int], None]:
    """Record a submission with unknown outcome, so that it is never submitted again without a query."""

    def also(session: Session, _now: int) -> None:
        note_sending(session, registration_id, tables, sent_at)
        row = session.get_one(Registration, registration_id)
        if row.state in ("queued", "pending"):
            row.state = "asking"

    return also
