"""The faults: each one lasts for as long as its context is open, and is over when that closes."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import psutil  # type: ignore[import-untyped]

from api.cli.demo.demo import building_of
from tests.journey.street import Street, eventually

Fault = Callable[[Street], AbstractAsyncContextManager[None]]


def process_of(street: Street, *words: str) -> int:
    """The id of a child process whose command line has these words and the street's folder."""
    for child in psutil.Process().children(recursive=True):
        line = " ".join(child.cmdline())
        if all(word in line for word in (*words, str(street.folder))):
            return int(child.pid)
    raise LookupError(words)


def broker_of(street: Street) -> int:
    """The process id of mosquitto."""
    return int((street.folder / "broker" / "pid").read_text())


@asynccontextmanager
async def gateway_killed(street: Street) -> AsyncIterator[None]:
    """kill -9 to the gateway, which is started again."""
    await street.kill_gateway()
    yield
    await street.start_gateway()


@asynccontextmanager
async def broker_killed(street: Street) -> AsyncIterator[None]:
    """kill -9 to the broker, which the gateway starts again."""
    killed = street.kill_broker()
    yield
    await eventually(lambda: broker_of(street) != killed, "another broker")


@asynccontextmanager
async def locks_killed(street: Street) -> AsyncIterator[None]:
    """kill -9 to the process of all locks: they lose power, and start with what they had written."""
    os.kill(process_of(street, "building"), signal.SIGKILL)
    yield
    await building_of(street.folder).start()


@asynccontextmanager
async def frozen(process: int) -> AsyncIterator[None]:
    """SIGSTOP to a process, then SIGCONT."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def gateway_frozen(street: Street) -> AbstractAsyncContextManager[None]:
    """The gateway answers nobody."""
    return frozen(street.gateway.pid or 0)


def broker_frozen(street: Street) -> AbstractAsyncContextManager[None]:
    """The broker keeps its connections and says nothing."""
    return frozen(broker_of(street))


def locks_frozen(street: Street) -> AbstractAsyncContextManager[None]:
    """No lock answers."""
    return frozen(process_of(street, "building"))


def registry_frozen(street: Street) -> AbstractAsyncContextManager[None]:
    """The registry takes connections and answers nothing."""
    return frozen(process_of(street, "firmware_sim.registries"))


@asynccontextmanager
async def database_locked(street: Street) -> AsyncIterator[None]:
    """Another process holds the database's write lock, so that nothing is written."""
    connection = await asyncio.to_thread(
        sqlite3.connect, street.folder / "lodgekey.sqlite", isolation_level=None, timeout=30, check_same_thread=False
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
}
