"""Periodic work: end stays, watch deadlines, delete data past its retention."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.errors import LodgekeyError
from gateway.identity.challenges import forget_challenges
from gateway.identity.images.case_pictures import PictureTray
from gateway.journey.accounts.attempts import forget_attempts
from gateway.journey.accounts.sessions import SessionUse
from gateway.journey.alerts import watch_alerts
from gateway.journey.devices.log_chains import watch_chains
from gateway.journey.filings.deadlines import watch_deadlines
from gateway.journey.filings.tenant_alerts import watch_refusals
from gateway.journey.keys.keyring import Keyring
from gateway.journey.retention.job import purge
from gateway.journey.stays.landlord import due_stays, end_stay
from gateway.journey.stays.own_dates import arrive_as_planned, depart_as_planned, due_arrivals, due_departures
from gateway.store import Stay
from gateway.store.database import Database
from gateway.store.sealing import Erased
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

EVERY: Final = 30.0
CRL_RENEWAL: Final = 24 * 3600
MAX_BATCHES: Final = 40  # of the retention job in one round; the next round goes on
IRREVERSIBLE: Final = (  # not done while the time is disputed
    *("planned arrivals", "planned departures", "ends of stays"),
    *("sign-in attempts", "retention", "pictures", "kept answers"),
)


class Housekeeping:
    """Runs rounds until cancelled; a second round at once changes nothing."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        pictures: PictureTray,
        enforce_revocations: Callable[[bool], Awaitable[None]],
        forget_answers: Callable[[], None],
        now: Callable[[], int],
        *,
        session_use: SessionUse,
        disputed: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database, self._keyring, self._pictures = database, keyring, pictures
        self._enforce_revocations, self._now, self._sleep = enforce_revocations, now, sleep
        self._disputed = disputed
        self._tasks: Mapping[str, Callable[[], None]] = {
            "planned arrivals": lambda: self._settle_each("arrivals", due_arrivals, arrive_as_planned),
            "planned departures": lambda: self._settle_each("departures", due_departures, depart_as_planned),
            "ends of stays": lambda: self._settle_each("ends", due_stays, end_stay),
            "old challenges": self._each_writing(forget_challenges),
            "deadlines": self._each_writing(watch_deadlines),
            "log chains": self._each_writing(watch_chains),
            "alerts": self._each_writing(watch_alerts),
            "refusals": self._each_writing(watch_refusals),
            "sessions": self._each_writing(session_use.save),
            "sign-in attempts": self._each_writing(forget_attempts),
            "retention": self._purge,
            "pictures": self._pictures.sweep,
            "kept answers": forget_answers,
        }

    async def run(self, rounds: Rounds) -> None:
        """Run a round every 30 seconds. A task that fails does not stop the others and is tried in the next round."""
        renewed = self._now()
        while True:
            rounds.begin()
            failed = await asyncio.to_thread(self.round)
            due = self._now() - renewed > CRL_RENEWAL
            try:
                await self._enforce_revocations(due)
                renewed = self._now() if due else renewed
            except Exception as error:  # noqa: BLE001 - tried again in the next round
                failed.append("revocations")
                log.error("housekeeping could not enforce revocations: %s", type(error).__name__)
            if not failed:
                rounds.good()
            await self._sleep(EVERY)

    def round(self) -> list[str]:
        """Run each task once, each by itself; the names of those that failed."""
        failed, held = [], IRREVERSIBLE if self._disputed() else ()
        for name, task in self._tasks.items():
            if name in held:
                continue
            try:
                task()
            except Exception as error:  # noqa: BLE001 - the other tasks are due all the same
                failed.append(name)
                log.error("housekeeping could not run %s: %s", name, type(error).__name__)
        return failed

    def _each_writing(self, task: Callable[[Session, int], object]) -> Callable[[], None]:
        """The task in a transaction of its own."""

        def run() -> None:
            with self._database.writing() as session:
                task(session, self._now())

        return run

    def _purge(self) -> None:
        """Delete what is due in short transactions, between which others write."""
        changed = 0
        for _ in range(MAX_BATCHES):
            with self._database.writing() as session:
                done = purge(session, self._now())
            changed += done
            if not done:
                break
        if changed:
            self._database.empty_log()
            log.info("%d rows past their retention were deleted or reduced", changed)

    def _settle_each(
        self,
        what: str,
        find: Callable[[Session, int], Sequence[Stay]],
        settle: Callable[[Session, Stay, Keyring, int], object],
    ) -> None:
        """Settle the stays that are due, each in a transaction of its own: one that fails does not block the others."""
        with self._database.reading() as session:
            due = [stay.id for stay in find(session, self._now())]
        broken: Exception | None = None
        for stay_id in due:
            try:
                with self._database.writing(essential=True) as session:
                    settle(session, session.get_one(Stay, stay_id), self._keyring, self._now())
            except Exception as error:  # noqa: BLE001 - one stay must not keep the others from ending
                log.error("%s of stay %s could not be settled: %s", what, stay_id, type(error).__name__)
                broken = broken if isinstance(error, LodgekeyError | Erased) else error
        if broken is not None:
            raise broken
