"""A daily comparison of what was filed with what each registry holds, where a registry can be asked."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from gateway.domain.filings.record import Held, Registry, RegistryUnreachable
from gateway.journey.filings.reconciling import Compared, record_differences, records_to_compare
from gateway.store.database import Database
from gateway.store.sealing import Vault
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

FIRST_AFTER: Final = 3600.0  # seconds after the start, so that restarts do not repeat the comparison
EVERY: Final = 86_400.0
MAX_A_DAY: Final = 5000  # records asked about in a day at one registry


class Reconciliation:
    """Asks each registry for its records one after the other; a registry that is down is asked on the next day.

    Where there are more than MAX_A_DAY, the next day goes on with the others.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        registries: Mapping[str, Registry],
        now: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database, self._vault, self._registries, self._now, self._sleep = database, vault, registries, now, sleep
        self._after: dict[str, str] = {}  # by registry, the last record asked about where the day's number was reached

    async def run(self, rounds: Rounds) -> None:
        """Compare once a day until cancelled."""
        await self._sleep(FIRST_AFTER)
        while True:
            await self.compare(rounds)
            await self._sleep(EVERY)

    async def compare(self, rounds: Rounds) -> int:
        """Compare the records that must still be held or annulled, page by page; returns how many differ."""
        found = 0
        for name, registry in self._registries.items():
            if not registry.compares:
                continue
            try:
                found += await self._compare_with(name, registry, rounds)
            except RegistryUnreachable as error:
                rounds.good()
                log.warning("the registry %s could not be compared with: %s", name, error.code)
        return found

    async def _compare_with(self, name: str, registry: Registry, rounds: Rounds) -> int:
        found, asked, after = 0, 0, self._after.pop(name, "")
        while page := await asyncio.to_thread(self._page, name, after):
            for first in range(0, len(page), registry.compares):
                some = page[first : first + registry.compares]
                rounds.begin()
                holdings = await registry.holdings([one.filed for one in some])
                found += await asyncio.to_thread(self._record, some, holdings)
                rounds.good()
            asked, after = asked + len(page), page[-1].row
            if asked >= MAX_A_DAY:
                self._after[name] = after
                break
        return found

    def _page(self, name: str, after: str) -> list[Compared]:
        with self._database.reading() as session:
            return records_to_compare(session, name, after, self._now(), self._vault)

    def _record(self, compared: list[Compared], holdings: Mapping[str, Held]) -> int:
        answered = [(one, holdings[one.filed.reference]) for one in compared if one.filed.reference in holdings]
        with self._database.writing() as session:
            return record_differences(session, answered, self._now())
