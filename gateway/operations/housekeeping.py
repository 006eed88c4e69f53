"""Periodic work: end stays, watch deadlines, delete data past its retention."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from gateway.domain.errors import LodgekeyError
from gateway.identity.challenges import forget_challenges
from gateway.identity.images.case_pictures import PictureTray
from gateway.journey.alerts import watch_alerts
from gateway.journey.devices.log_chains import watch_chains
from gateway.journey.devices.reports import forget_old_messages
from gateway.journey.filings.deadlines import watch_deadlines
from gateway.journey.keys.keyring import Keyring
from gateway.journey.stays.landlord import due_stays, end_stay
from gateway.journey.stays.retention import purge
from gateway.store import Stay
from gateway.store.database import Database
from gateway.store.sealing import Erased

log = logging.getLogger(__name__)

EVERY: Final = 30.0
CRL_RENEWAL: Final = 24 * 3600
MESSAGES_KEPT: Final = 30 * 86_400


class Housekeeping:
    """Runs rounds until cancelled; a second round at once changes nothing."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        pictures: PictureTray,
        enforce_revocations: Callable[[bool], Awaitable[None]],
        now: Callable[[], int],
    ) -> None:
        self._database, self._keyring, self._pictures = database, keyring, pictures
        self._enforce_revocations, self._now = enforce_revocations, now

    async def run(self) -> None:
        """Run a round every 30 seconds; after a database error the next round tries again."""
        renewed = self._now()
        while True:
            try:
                await asyncio.to_thread(self.round)
            except SQLAlchemyError as error:
                log.error("housekeeping could not use the database: %s", type(error).__name__)
            self._pictures.sweep()
            due = self._now() - renewed > CRL_RENEWAL
            await self._enforce_revocations(due)
            renewed = self._now() if due else renewed
            await asyncio.sleep(EVERY)

    def round(self) -> None:
        """Run each task once."""
        self._end_due_stays()
        now = self._now()
        with self._database.writing() as session:
            forget_old_messages(session, now - MESSAGES_KEPT)
            forget_challenges(session, now)
            watch_deadlines(session, now)
            watch_chains(session, now)
            watch_alerts(session, now)
        with self._database.writing() as session:
            forgotten = purge(session, now)
        if forgotten:
            log.info("%d rows past their retention were deleted", forgotten)

    def _end_due_stays(self) -> None:
        """End stays that are over, each in its own transaction, so that a failing one does not block the others."""
        with self._database.reading() as session:
            over = [stay.id for stay in due_stays(session, self._now())]
        for stay_id in over:
            try:
                with self._database.writing() as session:
                    end_stay(session, session.get_one(Stay, stay_id), self._keyring, self._now())
            except (LodgekeyError, Erased) as error:
                log.error("stay %s could not be ended: %s", stay_id, type(error).__name__)
