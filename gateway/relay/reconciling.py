"""A daily comparison of what was filed with what each registry holds, where a registry can be asked."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from gateway.domain.filings.record import Answer, Registry, RegistryUnreachable
from gateway.journey.filings.reconciling import record_difference, records_to_compare
from gateway.store.database import Database
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

FIRST_AFTER: Final = 3600.0  # seconds after the start, so that restarts do not repeat the comparison
EVERY: Final = 86_400.0


class Reconciliation:
    """Asks each registry for its records one after the other; a registry that is down is asked on the next day."""

    def __init__(
        self,
        database: Database,
        registries: Mapping[str, Registry],
        now: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database, self._registries, self._now, self._sleep = database, registries, now, sleep

    async def run(self, rounds: Rounds) -> None:
        """Compare once a day until cancelled."""
        await self._sleep(FIRST_AFTER)
        while True:
            await self.compare(rounds)
            await self._sleep(EVERY)

    async def compare(self, rounds: Rounds) -> int:
        """Compare every record that must still be held, page by page; returns how many differ."""
        found = 0
        for name, registry in self._registries.items():
            if not registry.can_be_queried:
                continue
            try:
                found += await self._compare_with(name, registry, rounds)
            except RegistryUnreachable as error:
                rounds.good()
                log.warning("the registry %s could not be compared with: %s", name, error.code)
        return found

    async def _compare_with(self, name: str, registry: Registry, rounds: Rounds) -> int:
        found, after = 0, ""
        while page := await asyncio.to_thread(self._page, name, after):
            for reference in page:
                rounds.begin()
                held = await registry.poll(reference)
                found += await asyncio.to_thread(self._record, reference, held)
                rounds.good()
            after = page[-1]
        return found

    def _page(self, name: str, after: str) -> list[str]:
        with self._database.reading() as session:
            return records_to_compare(session, name, after, self._now())

    def _record(self, registration_id: str, held: Answer) -> bool:
        with self._database.writing() as session:
            return record_difference(session, registration_id, held, self._now())
