"""`python -m firmware_sim lock|kiosk|building --dir DIR`: simulated devices as a process of their own."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal

import structlog
import typer

from certs.errors import CertError
from firmware_sim.building import Building, device_folders_at
from firmware_sim.control import listen, serve_control

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Simulated locks and kiosks.")
Dir = Annotated[Path, typer.Option("--dir", help="A device folder, or (building) a folder of them.")]
Port = Annotated[int, typer.Option(help="Port of the control service on loopback; 0 takes a free one.")]
AutoLock = Annotated[float, typer.Option(help="Seconds after which an opened lock locks itself; 0 for never.")]


@app.command()
def lock(folder: Dir, control_port: Port = 0, auto_lock: AutoLock = 0.0) -> None:
    """Run one lock."""
    _run(folder, "lock", control_port, auto_lock)


@app.command()
def kiosk(folder: Dir, control_port: Port = 0) -> None:
    """Run one kiosk."""
    _run(folder, "kiosk", control_port, 0.0)


@app.command()
def building(folder: Dir, control_port: Port = 0, auto_lock: AutoLock = 8.0) -> None:
    """Run every device whose folder is in DIR."""
    _run(folder, None, control_port, auto_lock)


def _run(folder: Path, kind: Literal["lock", "kiosk"] | None, control_port: int, auto_lock: float) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        found = Building.open(device_folders_at(folder), auto_lock=auto_lock)
    except CertError as error:
        raise typer.BadParameter(str(error), param_hint="--dir") from error
    kinds = {station.folder.kind for station in found.stations.values()}
    if not kinds or (kind is not None and kinds != {kind}):
        raise typer.BadParameter(f"no {kind or 'device'} in {folder}", param_hint="--dir")
    asyncio.run(_until_stopped(found, folder, control_port))


async def _work(found: Building, folder: Path, control_port: int) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(found.run())
        group.create_task(serve_control(found, folder, listen(control_port)))


async def _until_stopped(found: Building, folder: Path, control_port: int) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    work = asyncio.create_task(_work(found, folder, control_port))
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()  # a device's program failed: end loudly
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


app(prog_name="python -m firmware_sim")
