"""`python -m firmware_sim lock|kiosk|building --dir DIR`: simulated devices as a process of their own; `… holder`."""

import asyncio
import logging
import resource
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from certs.errors import CertError
from firmware_sim.control.control import serve_control
from firmware_sim.device.enrolment import enrol
from firmware_sim.hosted import listen
from firmware_sim.kiosk_terminal.server import open_terminals
from firmware_sim.phone.terminal import app as holder
from firmware_sim.registry_control import RegistryControl
from firmware_sim.station.building import Building, device_folders_at

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Simulated locks and kiosks.")
Dir = Annotated[Path, typer.Option("--dir", help="A device folder, or (building) a folder of them.")]
Port = Annotated[int, typer.Option(help="Port of the control service on loopback; 0 takes a free one.")]
AirPort = Annotated[
    int | None, typer.Option("--air", help="Put the locks on a Bluetooth air at this port; 0: a free one.")
]
RegistryFile = Annotated[
    Path | None, typer.Option("--registry", help="control.json of the simulated registry, to switch its behaviours.")
]
ClaimPath = Annotated[Path | None, typer.Option("--claim", help="Enrol with this claim first (lodgekey device claim).")]
Reset = Annotated[bool, typer.Option("--factory-reset", help="Forget key and memory before enrolling.")]
AutoLock = Annotated[float, typer.Option(help="Seconds after which an opened lock locks itself; 0 for never.")]


app.add_typer(holder, name="holder")


@app.command()
def lock(
    folder: Dir,
    control_port: Port = 0,
    auto_lock: AutoLock = 0.0,
    claim: ClaimPath = None,
    factory_reset: Reset = False,
) -> None:
    """Run one lock. With --claim it enrols itself first."""
    _enrol(claim, folder, factory_reset)
    _run(folder, "lock", control_port, auto_lock)


@app.command()
def kiosk(folder: Dir, control_port: Port = 0, claim: ClaimPath = None, factory_reset: Reset = False) -> None:
    """Run one kiosk. With --claim it enrols itself first."""
    _enrol(claim, folder, factory_reset)
    _run(folder, "kiosk", control_port, 0.0)


@app.command()
def building(
    folder: Dir, control_port: Port = 0, auto_lock: AutoLock = 8.0, air: AirPort = None, registry: RegistryFile = None
) -> None:
    """Run every device that has a folder in DIR."""
    _run(folder, None, control_port, auto_lock, air, registry)


def _enrol(claim: Path | None, folder: Path, reset: bool) -> None:
    if claim is None:
        return
    try:
        enrol(claim, folder, reset=reset)
    except CertError as error:
        raise typer.BadParameter(str(error), param_hint="--claim") from error


def _run(
    folder: Path,
    kind: Literal["lock", "kiosk"] | None,
    control_port: int,
    auto_lock: float,
    air: int | None = None,
    registry: Path | None = None,
) -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    try:
        found = Building.open(device_folders_at(folder), auto_lock=auto_lock)
        found.registry = RegistryControl.read(registry) if registry else None
    except CertError as error:
        raise typer.BadParameter(str(error), param_hint="--dir") from error
    kinds = {station.folder.kind for station in found.stations.values()}
    if not kinds or (kind is not None and kinds != {kind}):
        raise typer.BadParameter(f"no {kind or 'device'} in {folder}", param_hint="--dir")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a kiosk keeps pictures in memory only
    asyncio.run(_until_stopped(_work(found, folder, control_port, air)))


async def _work(found: Building, folder: Path, control_port: int, air: int | None) -> None:
    async with AsyncExitStack() as stack:
        announced = {} if air is None else {"air": await stack.enter_async_context(_on_air(found, air))}
        group = await stack.enter_async_context(asyncio.TaskGroup())
        group.create_task(found.run())
        for terminal in open_terminals(found.stations.values()):  # before the control reports ready
            group.create_task(terminal.serve())
        group.create_task(serve_control(found, folder, listen(control_port), announced))


@asynccontextmanager
async def _on_air(found: Building, port: int) -> AsyncIterator[str]:
    from firmware_sim.ble.neighbourhood import on_air  # noqa: PLC0415 - Bumble takes a second to import

    async with on_air(found.stations.values(), port) as place:
        yield place


async def _until_stopped(to_do: Coroutine[None, None, None]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    work = asyncio.create_task(to_do)
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()  # a device task failed: exit with the traceback
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


app(prog_name="python -m firmware_sim")
