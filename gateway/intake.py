"""What devices say: read and verified by their driver, recorded in one transaction a batch, acked only after it."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeGuard

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from devices.driver import Driver, Unreadable
from devices.link import Link, Received
from devices.reports import Answered, Happened, Report
from gateway.answers import Answers
from gateway.journey.lock import record_report
from gateway.outbox import stamp_feed
from gateway.store import Device, SetAside
from gateway.store.database import Database

log = logging.getLogger(__name__)

TROUBLE_PAUSE: Final = 1.0

KioskDesk = Callable[[Happened, Received], None]


class Intake:
    """Reads a link until cancelled. What cannot be read is set aside, so that the others go on."""

    def __init__(
        self,
        database: Database,
        drivers: Mapping[str, Driver],
        answers: Answers,
        kiosk_desk: KioskDesk,
        now: Callable[[], int],
    ) -> None:
        self._database, self._drivers, self._answers = database, drivers, answers
        self._kiosk_desk, self._now = kiosk_desk, now
        self._driver_names: dict[str, str] = {}

    async def run(self, link: Link) -> None:
        """Take batch after batch; a batch that could not be committed is not acked and comes again."""
        async for batch in link.batches():
            await self.take(batch)

    async def take(self, batch: Sequence[Received]) -> None:
        """Read, tell those who wait, commit, ack."""
        understood: list[tuple[Received, Sequence[Report]]] = []
        unreadable: list[tuple[Received, str]] = []
        for message in batch:
            try:
                understood.append((message, self._read(message)))
            except Unreadable as error:
                unreadable.append((message, error.code))
        for _, reports in understood:
            for report in reports:
                if isinstance(report, Answered):
                    self._answers.tell(report)
        await self._commit(understood, unreadable)

    def _read(self, message: Received) -> Sequence[Report]:
        """What a message says, by the driver of its device. A lock the gateway does not know has no driver."""
        name = self._driver_names.get(message.device)
        if name is None:
            with self._database.reading() as session:
                device = session.get(Device, message.device)
            if device is None:
                raise Unreadable("unknown_device")
            name = self._driver_names[message.device] = device.driver
        return self._drivers[name].read(message)

    async def _commit(
        self, understood: Sequence[tuple[Received, Sequence[Report]]], unreadable: Sequence[tuple[Received, str]]
    ) -> None:
        at_the_kiosk = [(r, m) for m, reports in understood for r in reports if _is_registration(r)]
        reports = [report for _, told in understood for report in told if not _is_registration(report)]
        try:
            await asyncio.to_thread(self._write, reports, unreadable)
        except SQLAlchemyError as error:
            log.error("a batch of %d reports could not be committed: %s", len(reports), type(error).__name__)
            await asyncio.sleep(TROUBLE_PAUSE)
            await self._one_by_one(understood, unreadable)
            return
        waiting = {id(message) for _, message in at_the_kiosk}
        for message in [m for m, _ in understood] + [m for m, _ in unreadable]:
            if id(message) not in waiting:
                message.ack()
        for report, message in at_the_kiosk:
            self._kiosk_desk(report, message)

    async def _one_by_one(
        self, understood: Sequence[tuple[Received, Sequence[Report]]], unreadable: Sequence[tuple[Received, str]]
    ) -> None:
        """After a failed batch: a message that breaks by itself is set aside; one the disk refuses is not acked."""
        for message, reports in understood:
            try:
                await asyncio.to_thread(self._write, reports, ())
            except SQLAlchemyError:
                try:
                    await asyncio.to_thread(self._write, (), [(message, "cannot_be_recorded")])
                except SQLAlchemyError:
                    continue
            message.ack()
        if unreadable:
            await self._commit((), unreadable)

    def _write(self, reports: Sequence[Report], unreadable: Sequence[tuple[Received, str]]) -> None:
        now = self._now()
        with self._database.writing() as session:
            for message, code in unreadable:
                set_aside(session, message, code, now)
            for report in reports:
                record_report(session, report, now)
            stamp_feed(session)


def _is_registration(report: Report) -> TypeGuard[Happened]:
    return isinstance(report, Happened) and report.type == "registration"


def set_aside(session: Session, message: Received, code: str, now: int) -> None:
    """Note a message nobody could read: its size and digest, never its content."""
    log.warning("set aside a message of %d bytes on %s: %s", len(message.payload), message.channel, code)
    digest = hashlib.sha256(message.payload).hexdigest()
    session.add(
        SetAside(
            device_id=message.device,
            channel=message.channel,
            code=code,
            size=len(message.payload),
            sha256=digest,
            at=now,
        )
    )
