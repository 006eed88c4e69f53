"""`lodgekey demo`: a gateway, a registry and a building of twelve locks and a kiosk, on this machine."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from api.cli.demo.children import Child, ChildFailed
from api.cli.demo.journey_run import JourneyRun, Pictures, StepFailed
from api.cli.demo.kept import kept_books
from api.cli.demo.ports import free_port
from api.cli.demo.seed import KIOSK, ROOMS, SITE, Logins, Place, seed
from api.cli.output import AsJson, said, word
from api.cli.refusal import NOT_IN_ORDER, Refused
from api.web.kiosk import write_kiosk_page
from gateway.registries import REGISTRIES
from gateway.settings import Settings
from gateway.texts.marks import N_

Tell = Callable[[str], None]
FOLDER = Path(".data/demo")
PARTIES = ("one", "family")
# results of a journey that are printed as texts
FAMILIES = {
    "ok": "truth",
    "by": "by",
    "outcome": "outcome",
    "reasons": "case.reason",
    "score_band": "band",
    "key_after_the_end": "key",
    "kind": "kind",
    "state": "filing",
}


@dataclass(frozen=True, slots=True)
class Running:
    """Addresses and accounts of a running demonstration."""

    url: str
    logins: Logins
    folder: Path
    control_file: Path
    tenant_facts: Mapping[str, str]


def demo(
    once: Annotated[bool, typer.Option("--once", help="Run the whole journey unattended, then stop.")] = False,
    as_json: AsJson = False,
    port: Annotated[int, typer.Option(help="Port of the web pages; 0 selects a free one.")] = 8080,
    registry: Annotated[str, typer.Option(help="Registry to report to; a wrong name lists them all.")] = "sandbox",
    folder: Annotated[Path, typer.Option(help="Folder of the demonstration's data.")] = FOLDER,
    party: Annotated[str, typer.Option(help="With --once: who comes, one tenant (one) or a family (family).")] = "one",
) -> None:
    """Start a demonstration, and print the addresses for landlord, tenant, officer and tester."""
    if registry not in REGISTRIES:
        raise typer.BadParameter(", ".join(REGISTRIES), param_hint="--registry")
    if party not in PARTIES:
        raise typer.BadParameter(", ".join(PARTIES), param_hint="--party")
    console = Console(stderr=True)
    tell: Tell = lambda text: console.print(f"  {text}", highlight=False)  # noqa: E731 - one expression
    try:
        if once:
            _print_run(asyncio.run(_until_done(_once(registry, party, tell))), as_json=as_json)
        else:
            asyncio.run(_stay(folder, port, registry, tell, as_json=as_json))
    except (StepFailed, ChildFailed) as error:
        raise Refused("demo_failed", NOT_IN_ORDER, detail=error) from None


async def _once(registry: str, party: str, tell: Tell) -> dict[str, Any]:
    """Run the journey with parts of its own in a folder that is removed afterwards; return its result."""
    FOLDER.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="once-", dir=FOLDER.parent))
    try:
        async with running(folder, 0, tell, registry) as parts:
            pictures = await photograph(folder)
            journey = JourneyRun(parts.url, parts.logins, pictures, tell, parts.tenant_facts)
            return await journey.run("HS7-101", party)
    except BaseException:
        _keep_logs(folder)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _until_done(journey: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Return the journey's result; SIGTERM ends it in order, as Ctrl-C does."""
    task = asyncio.ensure_future(journey)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        raise StepFailed(said(N_("the demonstration was stopped before it was complete"))) from None


async def _stay(folder: Path, port: int, registry: str, tell: Tell, *, as_json: bool) -> None:
    """Run until Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(folder, port, tell, registry) as parts:
        _print_addresses(parts, as_json=as_json)
        await stop.wait()
        tell(said(N_("stopping")))


@asynccontextmanager
async def running(
    folder: Path,
    port: int,
    tell: Tell,
    registry: str = "sandbox",
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Running]:
    """Run registry, gateway and building as processes; stop them in reverse order."""
    broker_port = free_port()
    async with AsyncExitStack() as stack:
        stack.callback(os.umask, os.umask(0o077))  # no part of it is readable by others
        kept = REGISTRIES[registry].kept
        books = kept_books(registry) if kept else await _start_registry(stack, registry, folder, tell)
        tell(said(N_("creating the building")))
        place = Place(registry, books["facts"])
        logins = await asyncio.to_thread(seed, Settings(folder=folder), broker_port=broker_port, place=place)
        tell(said(N_("starting the gateway and its broker")))
        addresses = {
            "LODGEKEY_FOLDER": str(folder),
            "LODGEKEY_BROKER_PORT": str(broker_port),
            "LODGEKEY_REGISTRIES": json.dumps({registry: books["settings"]}),
            "LODGEKEY_SECOND_FACTOR_ROLES": "[]",  # its accounts are for trying
            **(environment or {}),
        }
        gateway = Child(
            N_("the gateway"),
            ["-m", "api.cli.main", "serve", "--port", str(port), "--json"],
            folder / "logs" / "gateway.log",
            addresses,
        )
        url = (await _start(stack, gateway))["url"]
        write_kiosk_page(folder / "devices" / KIOSK, place.facts.get("unit.jurisdiction", "sandbox"), url, [registry])
        tell(said(N_("starting twelve locks and a kiosk")))
        control = await _start(stack, building_of(folder, simulated=not kept))
        yield Running(url, logins, folder, Path(control["control"]), place.facts_of("person"))


def building_of(folder: Path, *, simulated: bool = True) -> Child:
    """Return the process of a demonstration's devices, which also sets the behaviour of a simulated registry."""
    arguments = ["--dir", str(folder / "devices")]
    arguments += ["--registry", str(folder / "registry" / "control.json")] if simulated else []
    return Child(N_("the building"), ["-m", "firmware_sim", "building", *arguments], folder / "logs" / "building.log")


async def _start_registry(stack: AsyncExitStack, registry: str, folder: Path, tell: Tell) -> dict[str, Any]:
    """Start the simulated registry; return its facts and settings."""
    tell(said(N_("starting the {registry} registry"), registry=registry))
    arguments = ["-m", "firmware_sim.registries", registry, "--dir", str(folder / "registry")]
    return await _start(stack, Child(N_("the registry"), arguments, folder / "logs" / "registry.log"))


async def _start(stack: AsyncExitStack, child: Child) -> dict[str, Any]:
    stack.push_async_exit(child)
    return await child.start()


async def photograph(folder: Path) -> Pictures:
    """Return pictures of a fictitious tenant's passport and face, made by the simulator."""
    log = folder / "logs" / "tenant.log"
    async with Child(
        N_("the photographer"), ["-m", "firmware_sim.phone.tenant", "--dir", str(folder / "tenant")], log
    ) as child:
        addresses = await child.start()
    return Pictures(Path(addresses["document"]), Path(addresses["face"]))


def kiosk_url(folder: Path) -> str:
    """Return the address of the kiosk's page, which its process writes into its folder."""
    addresses: dict[str, str] = json.loads((folder / "devices" / KIOSK / "terminal.json").read_text())
    return addresses["url"]


def _keep_logs(folder: Path) -> None:
    """Copy the processes' logs to a place where they can be read after a failure."""
    kept = FOLDER.parent / "last-failure"
    shutil.rmtree(kept, ignore_errors=True)
    if (folder / "logs").is_dir():  # no process has written anything where none was started
        shutil.copytree(folder / "logs", kept, dirs_exist_ok=True)


def _print_run(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(result) + "\n")
        return
    for name, value in result.items():
        typer.echo(said(N_("{name}: {value}"), name=word("walked", name), value=_in_words(name, value)))


def _in_words(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {word("walked", part): _in_words(part, of) for part, of in value.items()}
    if isinstance(value, list):
        return [_in_words(name, each) for each in value]
    return value if value is None or name not in FAMILIES else word(FAMILIES[name], str(value))


def _print_addresses(parts: Running, *, as_json: bool) -> None:
    addresses = {"url": parts.url, "kiosk": kiosk_url(parts.folder), "folder": str(parts.folder)} | asdict(parts.logins)
    if as_json:
        sys.stdout.write(json.dumps({"ready": True} | addresses) + "\n")
        sys.stdout.flush()
        return
    lines = said(
        N_(
            "Landlord  {url}/landlord   username {landlord}, password {password}\n"
            "Tenant    opens the link that the landlord creates (offer a key, then open the link or scan "
            "the QR code)\n"
            "Officer   {url}/officer    username {officer}, password {password}\n"
            "Kiosk     {kiosk}   the screen of the kiosk at the gate\n"
            "Tester    {url}/tester     username {tester}, password {password}\n"
            "{locks} locks and {terminal} at {site}. Press Ctrl-C to stop everything; the data in "
            "{folder} is kept for the next start."
        ),
        locks=len(ROOMS),
        terminal=KIOSK,
        site=SITE,
        **addresses,
    )
    Console().print(lines, highlight=False, soft_wrap=True)
