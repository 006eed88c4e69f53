"""E-mails to the operator about the gateway itself: what has kept it from its duties for two minutes, and its end.

They are sent without the relay and the database, which may be what has stopped.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from gateway.supervision import Rounds

log = logging.getLogger(__name__)

EVERY: Final = 10.0
AFTER: Final = 120.0  # seconds; a restarted broker or loop is back by then
LOOP: Final = "loop "  # followed by the loop's name
SENTENCES: Final = {
    "link": "The gateway is not connected to its broker, so no lock can be reached.",
    "broker": "The broker takes no new connections, so locks and kiosks cannot connect.",
    "identity": "The identity checks are not running, so nobody can register with a document.",
    "clock": "The clock of the machine is wrong, so nothing is deleted and no stay is ended by it.",
    "disk": "The disk is full: only revocations, ends of stays and unlocks are written.",
}
ENDED: Final = "The gateway is in order again."
WHAT_TO_DO: Final = "Run on its machine: lodgekey doctor"

Send = Callable[[str], bool]


class OperatorAlerts:
    """Looks every ten seconds. One e-mail for all that is found at once, none while nothing is added.

    `find`: what is not in order now: names of SENTENCES, or LOOP and a name. `send`: sends a text and says whether it
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
            if await self._sent("\n".join([*map(sentence_of, sorted(lasting)), WHAT_TO_DO])):
                self._reported = lasting
        elif self._reported and not found:
            if await self._sent(ENDED):
                self._reported = set()
        else:
            self._reported &= found

    async def _sent(self, text: str) -> bool:
        log.error("alert for the operator: %s", text.replace("\n", " "))
        if self._send is None:
            return True
        try:
            accepted = await asyncio.to_thread(self._send, text)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the mail server, it is tried again
            log.error("the operator's e-mail could not be sent: %s", type(error).__name__)
            return False
        return accepted


def sentence_of(name: str) -> str:
    """The sentence about one part."""
    if name.startswith(LOOP):
        return f"The background loop {name.removeprefix(LOOP)} has stopped or is late, so its work is not done."
    return SENTENCES[name]
