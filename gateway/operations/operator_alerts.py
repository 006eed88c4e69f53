"""Alerts to the operator about the gateway itself: what has kept it from its duties for two minutes, and its end.

They are sent without the relay and the database, which may be what has stopped.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from gateway.supervision import Rounds
from gateway.texts.alerts import report_text
from gateway.texts.languages import SOURCE

log = logging.getLogger(__name__)

EVERY: Final = 10.0
AFTER: Final = 120.0  # seconds; a restarted broker or loop is back by then

# Given the names of gateway.texts.alerts, or none where all is in order; returns whether it was accepted.
Send = Callable[[Collection[str]], Awaitable[bool]]


class OperatorAlerts:
    """Looks every ten seconds. One alert for all that is found at once, none while nothing is added.

    `find`: what is not in order now, by the names of gateway.texts.alerts. `send`: sends an alert and says whether it
    was accepted; one that was not is sent again at the next round. Without `send` alerts are only logged.
    """

    def __init__(
        self,
        find: Callable[[], Collection[str]],
        send: Send | None,
        elapsed: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._find, self._send, self._elapsed, self._sleep = find, send, elapsed, sleep
        self._since: dict[str, float] = {}
        self._reported: set[str] = set()

    async def run(self, rounds: Rounds) -> None:
        """Look every ten seconds until cancelled."""
        while True:
            rounds.begin()
            await self.look()
            rounds.good()
            await self._sleep(EVERY)

    async def look(self) -> None:
        """One round."""
        found, now = set(self._find()), self._elapsed()
        self._since = {name: self._since.get(name, now) for name in found}
        lasting = {name for name, since in self._since.items() if now - since >= AFTER}
        if lasting - self._reported:
            if await self._sent(lasting):
                self._reported = lasting
        elif self._reported and not found:
            if await self._sent(()):
                self._reported = set()
        else:
            self._reported &= found

    async def _sent(self, names: Collection[str]) -> bool:
        log.error("alert for the operator: %s", report_text(SOURCE, names).replace("\n", " "))
        if self._send is None:
            return True
        try:
            return await self._send(names)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the receiver, it is tried again
            log.error("the operator's alert could not be sent: %s", type(error).__name__)
            return False
