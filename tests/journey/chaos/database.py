"""What happens to the database: its server goes away, or it is lost and a backup of before is restored."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from tests.journey.chaos.load import Load
from tests.journey.chaos.program import require
from tests.journey.street import eventually


def server_killed(load: Load) -> AbstractAsyncContextManager[None]:
    """kill -9 to PostgreSQL with all its connections; it recovers when it is started again."""
    assert load.server is not None
    return _away(load.server.kill, load.server.start)


def server_stopped(load: Load) -> AbstractAsyncContextManager[None]:
    """PostgreSQL is stopped, and started again."""
    assert load.server is not None
    return _away(load.server.stop, load.server.start)


@asynccontextmanager
async def _away(leave: Callable[[], object], come_back: Callable[[], object]) -> AsyncIterator[None]:
    await asyncio.to_thread(leave)
    yield
    await asyncio.to_thread(come_back)


@asynccontextmanager
async def backup_restored(load: Load) -> AsyncIterator[None]:
    """A backup is made, life goes on, a tenant's stay ends; then the folder is lost and the backup restored."""
    street = load.street
    await eventually(lambda: bool(load.newcomers()), "somebody registered beside those who tap")
    guest = load.newcomers()[-1]
    place = street.folder / f"backup-{len(load.feeds)}"
    place.mkdir()
    secret, file, lost = place / "passphrase", place / "made.backup", place / "lost"
    secret.write_text("a passphrase of the chaos run\n")
    options = ("--passphrase-file", str(secret))
    known = load.acknowledged()
    await require(street, "backup", "create", "--out", str(file), *options)
    yield
    await load.end(guest)
    await street.gateway.stop()
    ((newest,),) = street.rows("SELECT max(feed_seq) FROM events")
    lost.mkdir()
    for path in list(street.home.iterdir()):
        await asyncio.to_thread(shutil.move, path, lost / path.name)
    await require(street, "restore", str(file), *options, "--ended", str(lost / "ended.jsonl"))
    load.went_back_to(known, newest)
    await street.start_gateway()
    await street.sign_in()
