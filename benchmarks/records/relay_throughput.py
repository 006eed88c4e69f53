"""Delivering records to a registry, against a minimal loop."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

from sqlalchemy import select, update

from benchmarks.harness import Pair
from benchmarks.stages.relay import RelayStage, open_relay, scratch
from gateway.journey.filings.sealed_records import open_record, parts_of
from gateway.outbound.http import Client, open_client
from gateway.registries.sandbox.record import record_of
from gateway.relay.registries import AT_A_TIME
from gateway.store import Delivery, Registration

NAME: Final = "relay_throughput"
BAR: Final = 0.8
BETTER: Final[Literal["lower", "higher"]] = "higher"
WHAT: Final = (
    "records/s through the relay (leased, unsealed, checked, posted in order per stay, receipt and event kept) / a"
    " bare loop of HTTP post and committed UPDATE of records ready in memory: the same client with as many requests at"
    " once, the same database settings and registry"
)
N = 800


@contextmanager
def prepare() -> Iterator[Pair]:
    """Create two databases of the same kind; each round takes the next N records of each."""
    with scratch() as folder, open_relay(folder / "ours", 4 * N) as ours, open_relay(folder / "bare", 3 * N) as bare:
        ready = Ready(bare)
        asyncio.run(ours.drain(N // 4))
        yield Pair(lambda: asyncio.run(ours.drain(N)), lambda: asyncio.run(ready.run(N)), N)


class Ready:
    """All bodies are prepared, so that only posting and storing are measured."""

    def __init__(self, stage: RelayStage) -> None:
        self._stage = stage
        with stage.rows.database.reading() as session:
            pairs = session.execute(
                select(Delivery.id, Registration).join(Registration, Registration.id == Delivery.about)
            ).all()
            parts = parts_of(session, [row.id for _, row in pairs])
        vault = stage.rows.keyring.vault
        self._bodies = []
        for number, row in pairs:
            self._bodies.append((number, record_of(open_record(parts[row.id], vault), {})))
        self._place = 0

    async def run(self, count: int) -> float:
        """Return records a second."""
        batch = iter(self._bodies[self._place : self._place + count])
        self._place += count
        client = open_client()
        began = time.perf_counter()
        await asyncio.gather(*(self._post(client, batch) for _ in range(AT_A_TIME)))
        took = time.perf_counter() - began
        await client.close()
        return count / took

    async def _post(self, client: Client, batch: Iterator[tuple[int, dict[str, Any]]]) -> None:
        """Post the batch one by one and store each receipt."""
        for number, body in batch:
            reply = await client.exchange("POST", f"{self._stage.url}/v1/registrations", json=body)
            receipt = json.loads(reply.body)["answers"][0]["receipt"]
            with self._stage.rows.database.writing() as session:
                done = {"state": "done", "outcome": receipt}
                session.execute(update(Delivery).where(Delivery.id == number).values(**done))
