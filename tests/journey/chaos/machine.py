"""What happens to the machine that the gateway runs on: its disk is full, its clock is set."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from tests.journey.chaos.load import Load
from tests.journey.chaos.stepped import FILE

DAY: Final = 86_400
DISK: Final = "128m"  # the gateway's own reserve is 32 MB of it
FILLER: Final = "filler"
BLOCK: Final = 1 << 16


@contextmanager
def limited_disk(folder: Path) -> Iterator[bool]:
    """A small disk of its own at the folder, while this is open; whether it could be mounted, which root may."""
    folder.mkdir()
    command = ("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", str(folder))
    mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(("umount", "--lazy", str(folder)), check=True)


def fill(folder: Path) -> None:
    """Write until the disk refuses the next byte. Refused where the disk is not a small one."""
    assert os.path.ismount(folder), "only a disk of its own is filled"
    size = BLOCK
    with (folder / FILLER).open("ab", buffering=0) as file:
        while size:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 16


@asynccontextmanager
async def disk_full(load: Load) -> AsyncIterator[None]:
    """No byte is left on the gateway's disk."""
    fill(load.street.home)
    try:
        yield
    finally:
        (load.street.home / FILLER).unlink()


@asynccontextmanager
async def killed_on_full_disk(load: Load) -> AsyncIterator[None]:
    """kill -9 to the gateway when no byte is left; it is started again before there is any space."""
    async with disk_full(load):
        await load.street.kill_gateway()
        yield
        await load.street.start_gateway()


def set_clock(load: Load, seconds: int) -> None:
    """Set the gateway's system clock ahead by these seconds, or back."""
    file = Path(load.street.environment[FILE])
    fresh = file.with_suffix(".new")
    fresh.write_text(str(seconds))
    fresh.replace(file)


def clock_set(seconds: int) -> Callable[[Load], AbstractAsyncContextManager[None]]:
    """The clock is set while the gateway runs, and set right again."""

    @asynccontextmanager
    async def fault(load: Load) -> AsyncIterator[None]:
        set_clock(load, seconds)
        try:
            yield
        finally:
            set_clock(load, 0)

    return fault


@asynccontextmanager
async def clock_wrong_at_start(load: Load) -> AsyncIterator[None]:
    """The gateway is killed and starts with a clock that is 40 days ahead; then it is set right."""
    await load.street.kill_gateway()
    async with clock_set(40 * DAY)(load):
        await load.street.start_gateway()
        yield
