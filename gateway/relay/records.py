"""Records about to be sent; those requested at the same moment are read and unsealed together."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, lazyload

from gateway.domain.filings.record import Registration as Record
from gateway.journey.filings.sealed_records import open_record, parts_of
from gateway.store import Registration
from gateway.store.database import Database
from gateway.store.sealing import Erased, Vault

Opened = tuple[Registration, Record]


class RecordReader:
    """Rows with their records; one query serves all requests of one iteration of the event loop."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault
        self._wanted: dict[str, asyncio.Future[Opened]] = {}

    async def get(self, registration_id: str) -> Opened:
        """The row and record of one registration. Raises Erased."""
        if not self._wanted:
            task = asyncio.create_task(self._read())
            task.add_done_callback(_raise)
        if registration_id not in self._wanted:
            self._wanted[registration_id] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._wanted[registration_id])

    async def _read(self) -> None:
        await asyncio.sleep(0)
        wanted, self._wanted = self._wanted, {}
        try:
            opened = await asyncio.to_thread(self._open, list(wanted))
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits, who are the ones to judge it
            for future in wanted.values():
                future.set_exception(error)
            return
        for name, future in wanted.items():
            found = opened.get(name)
            if future.cancelled():
                continue
            if found is None:
                future.set_exception(Erased())
            else:
                future.set_result(found)

    def _open(self, ids: Sequence[str]) -> dict[str, Opened]:
        earlier = aliased(Registration)
        query = (
            select(Registration, earlier)
            .outerjoin(earlier, Registration.corrects_id == earlier.id)
            .where(Registration.id.in_(ids))
            .options(lazyload(Registration.stay), lazyload(earlier.stay))
        )
        with self._database.reading() as session:
            rows = [(row, _not_refused(session, corrected)) for row, corrected in session.execute(query)]
            parts = parts_of(session, ids)
        found = {}
        for row, corrected in rows:
            with suppress(Erased):
                found[row.id] = (row, _as_sent(row, corrected, open_record(parts.get(row.id, ()), self._vault)))
        return found


def _not_refused(session: Session, corrected: Registration | None) -> Registration | None:
    """The corrected record, or if the registry refused it the one before, which the registry still has."""
    while corrected is not None and corrected.state == "refused":
        corrected = session.get(Registration, corrected.corrects_id) if corrected.corrects_id else None
    return corrected


def _as_sent(row: Registration, corrected: Registration | None, record: Record) -> Record:
    """The record with the receipt it corrects. A change of what was refused meanwhile is a check-in."""
    if row.kind == "change" and row.corrects_id is not None and corrected is None:
        return replace(record, kind="check_in", corrects=None)
    return replace(record, corrects=corrected.receipt if corrected else None)


def _raise(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.result()
