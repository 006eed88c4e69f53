"""The faults: each one lasts for as long as its context is open, and is over when that closes."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

import psutil  # type: ignore[import-untyped]

from api.cli.demo.demo import building_of
from tests.journey.chaos.database import backup_restored, server_killed, server_stopped
from tests.journey.chaos.load import Load
from tests.journey.chaos.machine import DAY, clock_set, clock_wrong_at_start, disk_full, killed_on_full_disk
from tests.journey.street import Street, eventually

Fault = Callable[[Load], AbstractAsyncContextManager[None]]


def process_of(street: Street, *words: str) -> int:
    """The id of a child process whose command line has these words and the street's folder."""
    for child in psutil.Process().children(recursive=True):
        line = " ".join(child.cmdline())
        if all(word in line for word in (*words, str(street.folder))):
            return int(child.pid)
    raise LookupError(words)


@asynccontextmanager
async def gateway_killed(load: Load) -> AsyncIterator[None]:
    """kill -9 to the gateway, which is started again."""
    await load.street.kill_gateway()
    yield
    await load.street.start_gateway()


@asynccontextmanager
async def broker_killed(load: Load) -> AsyncIterator[None]:
    """kill -9 to the broker, which the gateway starts again."""
    killed = load.street.kill_broker()
    yield
    await eventually(lambda: load.street.broker() != killed, "another broker")


@asynccontextmanager
async def locks_killed(load: Load) -> AsyncIterator[None]:
    """kill -9 to the process of all locks: they lose power, and start with what they had written."""
    os.kill(process_of(load.street, "building"), signal.SIGKILL)
    yield
    await building_of(load.street.folder).start()


@asynccontextmanager
async def frozen(process: int) -> AsyncIterator[None]:
    """SIGSTOP to a process, then SIGCONT."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # the gateway ends a broker that is frozen for long
            os.kill(process, signal.SIGCONT)


def gateway_frozen(load: Load) -> AbstractAsyncContextManager[None]:
    """The gateway answers nobody."""
    return frozen(load.street.gateway.pid or 0)


def broker_frozen(load: Load) -> AbstractAsyncContextManager[None]:
    """The broker keeps its connections and says nothing."""
    return frozen(load.street.broker())


def locks_frozen(load: Load) -> AbstractAsyncContextManager[None]:
    """No lock answers."""
    return frozen(process_of(load.street, "building"))


def registry_frozen(load: Load) -> AbstractAsyncContextManager[None]:
    """The registry takes connections and answers nothing."""
    return frozen(process_of(load.street, "firmware_sim.registries"))


@asynccontextmanager
async def database_locked(load: Load) -> AsyncIterator[None]:
    """Another process holds the database's write lock, so that nothing is written."""
    connection = await asyncio.to_thread(
        sqlite3.connect, load.street.home / "lodgekey.sqlite", isolation_level=None, timeout=30, check_same_thread=False
    )
    try:
        await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
        yield
    finally:
        connection.close()


FAULTS: Final[dict[str, Fault]] = {
    "gateway killed": gateway_killed,
    "broker killed": broker_killed,
    "locks killed": locks_killed,
    "gateway frozen": gateway_frozen,
    "broker frozen": broker_frozen,
    "locks frozen": locks_frozen,
    "registry frozen": registry_frozen,
    "database locked": database_locked,
    "disk full": disk_full,
    "full and killed": killed_on_full_disk,
    "clock ahead": clock_set(3 * DAY),
    "clock behind": clock_set(-40 * DAY),
    "started ahead": clock_wrong_at_start,
    "backup restored": backup_restored,
    "database killed": server_killed,
    "database stopped": server_stopped,
}
ON_POSTGRESQL: Final = ("database killed", "database stopped")
ON_SMALL_DISK: Final = ("disk full", "full and killed")
