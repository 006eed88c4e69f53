"""Runs faults in the order of a seed, each under load, until the time is over; tells what happened after each."""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from api.cli.demo.journey_run import until
from tests.journey.chaos.faults import FAULTS, ON_POSTGRESQL, ON_SMALL_DISK
from tests.journey.chaos.invariants import HEAD, INVARIANTS, UNSETTLED
from tests.journey.chaos.load import FAILED, Load
from tests.journey.chaos.machine import limited_disk
from tests.journey.chaos.program import require
from tests.journey.chaos.stepped import FILE as CLOCK
from tests.journey.street import Json, open_street
from tests.parts.postgres import postgres_server

BEFORE: Final = (0.5, 3.0)  # seconds of load before a fault
LASTS: Final = (1.0, 6.0)  # seconds that a fault lasts
UNLOCKS: Final = {"LODGEKEY_UNLOCKS_PER_MINUTE": "1000000"}
EXPIRED: Final = 11.0  # seconds after which a command that was sent moves nothing


@dataclass
class Round:
    """One fault. `steady_s`: from its end until each door opened again; `wrong`: what contradicts an invariant."""

    fault: str
    lasted_s: float
    steady_s: float
    taps: int
    unlocked: int
    registered: int
    wrong: dict[str, list[str]] = field(default_factory=dict)


def chosen(seed: int, names: Sequence[str]) -> Iterator[tuple[str, float, float]]:
    """Faults without end, each with the seconds before it and of it: every one once, then again in another order."""
    dice = random.Random(seed)
    while True:
        for name in dice.sample(list(names), len(names)):
            yield name, dice.uniform(*BEFORE), dice.uniform(*LASTS)


async def run(
    seed: int, seconds: float, names: Sequence[str] = tuple(FAULTS), tell: Callable[[Round], None] = lambda _: None
) -> list[Round]:
    """Run faults for about so many seconds, at least one on each database; return what happened.

    The faults of PostgreSQL come last, on a street of its own, with their share of the time.
    """
    rounds = list[Round]()
    for on_server in (False, True):
        chosen_here = [name for name in names if (name in ON_POSTGRESQL) is on_server]
        if chosen_here and not any(done.wrong for done in rounds):
            ends = time.monotonic() + seconds * len(chosen_here) / len(names)
            async with open_load(on_server) as load:
                if here := possible(load, chosen_here):
                    rounds += await on_street(load, chosen(seed, here), ends, tell)
    return rounds


@asynccontextmanager
async def open_load(on_server: bool) -> AsyncIterator[Load]:
    """A street whose gateway has a small disk, where one can be mounted, or a PostgreSQL; with tenants who moved in."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(limited_disk(folder / "gateway"))
        environment, server = UNLOCKS | {CLOCK: str(folder / "clock")}, None
        if on_server:
            server = stack.enter_context(postgres_server())
            environment["LODGEKEY_DATABASE_URL"] = server.url
        program = "tests.journey.chaos.stepped"
        async with open_street(folder, home=folder / "gateway", program=program, **environment) as street:
            load = Load(street, server=server)
            await load.move_in()
            await load.follow_feed(1)
            await require(street, "audit", "head", "--out", str(street.folder / HEAD))
            yield load


def possible(load: Load, names: Sequence[str]) -> list[str]:
    """The faults that can be tried on this machine; tells on stderr which cannot."""
    left_out = [] if load.street.home.is_mount() else [name for name in names if name in ON_SMALL_DISK]
    if left_out:
        sys.stderr.write(f"left out, because no disk can be mounted: {', '.join(left_out)}\n")
    return [name for name in names if name not in left_out]


async def on_street(
    load: Load, faults: Iterator[tuple[str, float, float]], ends: float, tell: Callable[[Round], None]
) -> list[Round]:
    """Faults until the time is over or an invariant is broken."""
    rounds = list[Round]()
    for name, before, lasts in faults:
        rounds.append(await one(load, name, before, lasts))
        tell(rounds[-1])
        if time.monotonic() > ends or rounds[-1].wrong:
            break
    return rounds


async def one(load: Load, name: str, before: float, lasts: float) -> Round:
    """One fault under load, until the street is steady again; then every invariant."""
    before_it = load.acts.copy()
    async with load.going_on():
        await asyncio.sleep(before)
        async with FAULTS[name](load):
            await asyncio.sleep(lasts)
        healed = time.monotonic()
        await steady(load)
        took = time.monotonic() - healed
    await settled(load)
    found = {what: await check(load) for what, check in INVARIANTS.items()}
    broken = {what: wrong for what, wrong in found.items() if wrong}
    taps, unlocked, registered = (load.acts[act] - before_it[act] for act in ("taps", "unlocked", "registered"))
    return Round(name, round(lasts, 1), round(took, 1), taps, unlocked, registered, broken)


async def steady(load: Load) -> None:
    """Wait until each door opens by a tap."""
    for home in load.homes:

        async def look(home: tuple[object, ...] = home) -> Json:
            with suppress(*FAILED):
                return {"opened": await load.tap(home)}  # type: ignore[arg-type]
            return {"opened": False}

        await until(look, lambda answer: bool(answer["opened"]), "the door opens")


async def settled(load: Load) -> None:
    """Wait until nothing is on its way: commands have expired, records and keys are settled."""
    await asyncio.sleep(EXPIRED)

    async def look() -> Json:
        return {"left": load.street.rows(UNSETTLED)[0][0]}

    await until(look, lambda answer: answer["left"] == 0, "everything pending is settled")
