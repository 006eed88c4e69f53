"""Reads the registries' tables that only an account can read: at the start and once a day, kept in a file meanwhile."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from certs.files import PUBLIC, write_atomic
from gateway.domain.filings.record import Registry, RegistryUnreachable
from gateway.registries.fetched_tables import Entries, ReadsTables, all_kept, keep
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

FILE: Final = "registry-tables.json"
EVERY: Final = 86_400.0
AGAIN_AFTER: Final = 300.0  # seconds, where a registry could not be read
_STORED: Final = TypeAdapter(dict[str, Entries])


class RegistryTables:
    """The tables in use, and the file from which the next start has them while a registry is down."""

    def __init__(
        self,
        folder: Path,
        registries: Mapping[str, Registry],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._file, self._sleep = folder / FILE, sleep
        self._readers = {name: one for name, one in registries.items() if isinstance(one, ReadsTables)}
        if self._readers:
            self._load()

    async def run(self, rounds: Rounds) -> None:
        """Read once a day until cancelled; sooner again what could not be read."""
        while True:
            rounds.begin()
            every = await self.read()
            rounds.good()
            await self._sleep(EVERY if every else AGAIN_AFTER)

    async def read(self) -> bool:
        """Read every registry's tables; returns whether all could be read."""
        every = True
        for name, registry in self._readers.items():
            try:
                keep(await registry.read_tables())
            except RegistryUnreachable as error:
                every = False
                log.warning("the tables of the registry %s could not be read: %s", name, error.code)
        if self._readers:
            await asyncio.to_thread(self._save)
        return every

    def _load(self) -> None:
        try:
            keep(_STORED.validate_json(self._file.read_bytes()))
        except FileNotFoundError:
            return
        except (OSError, ValidationError):
            log.warning("the stored tables of the registries cannot be read; they are read again from the registries")

    def _save(self) -> None:
        try:
            write_atomic(self._file, json.dumps(all_kept(), ensure_ascii=False).encode(), PUBLIC)
        except OSError as error:
            log.error("the tables of the registries could not be stored: %s", error.strerror)
