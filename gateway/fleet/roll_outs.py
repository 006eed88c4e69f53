"""Advances firmware roll-outs and tells devices the end of their support, every few seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.journey.firmware.roll_outs import advance, end_silent
from gateway.journey.firmware.support import tell_support
from gateway.store import RollOut
from gateway.store.database import Database
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

EVERY: Final = 5.0


class RollOuts:
    """`stopped`: whether a roll-out has stopped by itself, and waits for a person."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database, self._now, self._sleep = database, now, sleep
        self.stopped = False

    async def run(self, rounds: Rounds) -> None:
        """Go round until cancelled."""
        while True:
            rounds.begin()
            try:
                await self._database.in_thread(self.go_round)
                rounds.good()
            except SQLAlchemyError as error:
                log.error("firmware roll-outs could not be advanced: %s", type(error).__name__)
            await self._sleep(EVERY)

    def go_round(self) -> None:
        """End updates that are silent and advance each running roll-out; a second round at once changes nothing."""
        with self._database.writing() as session:
            end_silent(session, self._now())
            for roll_out in _in_state(session, "running"):
                advance(session, roll_out, self._now())
            tell_support(session, self._now())
            session.flush()
            self.stopped = any(row.reason == "too_many_failures" for row in _in_state(session, "stopped"))


def _in_state(session: Session, state: str) -> list[RollOut]:
    return list(session.scalars(select(RollOut).where(RollOut.state == state)))
