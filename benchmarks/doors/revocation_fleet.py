"""Revoking keys on a thousand locks, against a bare publish-and-ack loop to the same locks."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Final, Literal

from api.cli.demo.children import Child
from api.cli.demo.ports import free_port
from benchmarks.harness import Pair
from benchmarks.stages.revocation import SITE, Stage, bare, issue_locks, ours
from certs.authority.ca import Authority
from certs.keys import jwk_of
from devices.links.mqtt import BrokerAddress
from devices.links.tls import client_tls
from gateway.broker.certificates import issue_broker_certificates, write_gateway_client
from gateway.broker.config import BrokerSettings, find_mosquitto
from gateway.broker.embedded import EmbeddedBroker
from gateway.clock import utc_now
from gateway.store.database import Database

NAME: Final = "revocation_fleet"
BAR: Final = 3.0
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = "seconds from a revocation's commit to the last of 1,000 locks' signed answers committed / bare loop"
N = 1000


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start one broker and one process of connected locks; the first round of each side is not counted."""
    with tempfile.TemporaryDirectory() as name, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            Path(name).chmod(0o755)
            stage = runner.run(open_stage(stack, Path(name)))
            runner.run(bare_beside(stage))
            runner.run(ours(stage))
            yield Pair(lambda: runner.run(ours(stage)), lambda: runner.run(bare_beside(stage)), N)
        finally:
            runner.run(stack.aclose())


async def bare_beside(stage: Stage) -> float:
    """Run the bare loop while ours keeps reading mosquitto's log: with 64 KiB unread, mosquitto blocks."""
    return await asyncio.to_thread(bare, stage)


async def open_stage(stack: AsyncExitStack, folder: Path) -> Stage:
    """Start broker, database rows and fleet."""
    authority, settings = Authority.open(folder / "authority", utc_now), BrokerSettings(free_port(), durable=False)
    certificates = issue_broker_certificates(authority)
    broker = EmbeddedBroker(folder / "broker", settings, certificates, binary=find_mosquitto())
    await broker.start()
    stack.push_async_callback(broker.stop)
    client = settings.gateways[0]
    tls = client_tls(*write_gateway_client(folder / "gateway", authority, client))
    database = Database(f"sqlite:///{folder / 'lodgekey.sqlite'}")
    stack.callback(database.close)
    locks = issue_locks(authority, folder / "fleet", N)
    (folder / "fleet" / "command.jwk").write_text(json.dumps(jwk_of(authority.command_key.public_key())))
    stage = Stage(database, authority, BrokerAddress("127.0.0.1", settings.port, client, tls), locks)
    stage.prepare()
    arguments = ["-m", "benchmarks.stages.lock_fleet", str(folder / "fleet"), str(settings.port), SITE]
    fleet = Child("the locks", arguments, folder / "fleet.log")
    stack.push_async_exit(fleet)
    await fleet.start()
    return stage
