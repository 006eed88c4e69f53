"""Read and verify device messages by their drivers, record each batch in one transaction, then acknowledge it."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeGuard

from sqlalchemy.orm import Session

from devices.driver import Driver, Unreadable
from devices.link import Link, Received
from devices.reports import Answered, Happened, Report, StateReported
from gateway.intake.awaited_answers import AwaitedAnswers
from gateway.intake.device_lookup import DeviceLookup
from gateway.intake.until_available import Sleep, until_available
from gateway.journey.devices.reports import record_reports
from gateway.outbox.events import stamp_feed
from gateway.store import SetAside
from gateway.store.database import Database, is_unavailable
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

KIOSK_EVENTS: Final = frozenset({"registration", "turns_wanted", "offer_shown"})  # from a kiosk, answered on its screen

KioskInbox = Callable[[Happened, Received], None]
Understood = tuple[Received, Sequence[Report]]
Unread = tuple[Received, str]  # with the error code
Keys = Mapping[str, bytes]  # device -> the public key its messages were verified with


class Intake:
    """Reads a link until cancelled. A message that cannot be read is set aside and does not block the others."""

    def __init__(
        self,
        database: Database,
        drivers: Mapping[str, Driver],
        awaited_answers: AwaitedAnswers,
        kiosk_inbox: KioskInbox,
        now: Callable[[], int],
        device_lookup: DeviceLookup | None = None,
        sleep: Sleep = asyncio.sleep,
        hear_clock: Callable[[str, int], None] = lambda _name, _at: None,
    ) -> None:
        """`device_lookup`: the instance the drivers get public keys from, so that a batch is looked up once.

        `hear_clock`: told the name and the time of a device whose own clock is set.
        """
        self._database, self._drivers, self._awaited_answers = database, drivers, awaited_answers
        self._kiosk_inbox, self._now = kiosk_inbox, now
        self._device_lookup, self._sleep = device_lookup or DeviceLookup(database), sleep
        self._hear_clock = hear_clock

    async def run(self, link: Link, driver: str | None, rounds: Rounds) -> None:
        """Read a link used by the devices of one driver (any driver if None), batch by batch.

        While the database takes nothing, the batch is tried again and nothing is acknowledged: the broker keeps the
        rest, and no message is given up for a fault that is not its own.
        """
        async for batch in link.batches():
            rounds.begin()
            waiting = list(batch)
            await until_available(partial(self.take, waiting, driver), self._sleep)
            rounds.good()

    async def take(self, batch: list[Received], driver: str | None = None) -> None:
        """Read the messages, resolve awaited answers, commit, acknowledge; what is acknowledged is taken off the batch.

        Raises the error of an unavailable database; the messages left in the batch are to be taken again.
        """
        understood: list[Understood] = []
        unreadable: list[Unread] = []
        with self._device_lookup.batch({message.device for message in batch}) as keys:
            for message in batch:
                try:
                    understood.append((message, self._read(message, driver)))
                except Unreadable as error:
                    unreadable.append((message, error.code))
                except Exception as error:  # a message that breaks its driver must not stop the others
                    if is_unavailable(error):
                        raise
                    log.error("the driver of %s broke on a message: %s", message.device, type(error).__name__)
                    unreadable.append((message, "cannot_be_recorded"))
        for _, reports in understood:
            for report in reports:
                if isinstance(report, Answered):
                    self._awaited_answers.tell(report)
                elif isinstance(report, StateReported) and report.state.nonce and report.state.clock == "set":
                    self._hear_clock(f"device {report.device}", report.state.at)
        await self._commit(batch, understood, unreadable, keys)

    def _read(self, message: Received, driver: str | None) -> Sequence[Report]:
        """The reports in a message, read by its device's driver.

        Raises Unreadable for unknown devices and other sites.

        The ACL of the broker checks the device only, so a device can publish under any site's name.
        """
        device = self._device_lookup.enrolled(message.device)
        if device is None:
            raise Unreadable("unknown_device")
        if device.driver not in self._drivers or driver not in (None, device.driver):
            raise Unreadable("wrong_link")  # an identity on one maker's link must not send for another maker's locks
        if message.site != device.site:
            raise Unreadable("wrong_site")
        return self._drivers[device.driver].read(message)

    async def _commit(
        self, batch: list[Received], understood: Sequence[Understood], unreadable: Sequence[Unread], keys: Keys
    ) -> None:
        try:
            await self._database.in_thread(self._write, understood, unreadable, keys)
        except Exception as error:  # one report that cannot be recorded must not stop the others
            if is_unavailable(error):
                raise
            log.error("a batch of %d messages could not be committed: %s", len(understood), type(error).__name__)
            await self._one_by_one(batch, understood, unreadable, keys)
            return
        batch.clear()
        for message, reports in understood:
            self._finish(message, reports)
        for message, _ in unreadable:
            message.ack()

    def _finish(self, message: Received, reports: Sequence[Report]) -> None:
        """Acknowledge a committed message; the kiosk inbox acknowledges kiosk events when they are recorded."""
        registrations = [report for report in reports if _is_kiosk_event(report)]
        for report in registrations:
            self._kiosk_inbox(report, message)
        if not registrations:
            message.ack()

    async def _one_by_one(
        self, batch: list[Received], understood: Sequence[Understood], unreadable: Sequence[Unread], keys: Keys
    ) -> None:
        """Retry a failed batch message by message; a message that fails by itself is set aside."""
        for message, reports in understood:
            recorded = await self._record_alone(message, reports, keys)
            batch.remove(message)
            if recorded:
                self._finish(message, reports)
            else:
                message.ack()
        if unreadable:
            await self._database.in_thread(self._write, (), unreadable, keys)
        batch.clear()
        for message, _ in unreadable:
            message.ack()

    async def _record_alone(self, message: Received, reports: Sequence[Report], keys: Keys) -> bool:
        """Record one message, or set it aside with its digest if it fails by itself; whether it was recorded."""
        try:
            await self._database.in_thread(self._write, [(message, reports)], (), keys)
        except Exception as error:  # whatever else it is, it is the message's own
            if is_unavailable(error):
                raise
            await self._database.in_thread(self._write, (), [(message, "cannot_be_recorded")], keys)
            return False
        return True

    def _write(self, understood: Sequence[Understood], unreadable: Sequence[Unread], keys: Keys) -> None:
        now = self._now()
        with self._database.writing(essential=True) as session:
            for message, code in unreadable:
                set_aside(session, message, code, now)
            enrolled_anew = record_reports(session, _for_the_record(understood), now, keys)
            for message, _ in understood:
                if message.device in enrolled_anew:
                    set_aside(session, message, "old_key", now)
            stamp_feed(session)


def _for_the_record(understood: Sequence[Understood]) -> list[Report]:
    """All reports except those that the kiosk inbox records."""
    return [report for _, reports in understood for report in reports if not _is_kiosk_event(report)]


def _is_kiosk_event(report: Report) -> TypeGuard[Happened]:
    return isinstance(report, Happened) and report.type in KIOSK_EVENTS


def set_aside(session: Session, message: Received, code: str, now: int) -> None:
    """Record an unreadable message by its size and digest, never its content."""
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
