"""Runs faults in the order of a seed, each under load, until the time is over; tells what happened after each."""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from api.cli.demo.journey_run import until
from tests.journey.chaos.faults import FAULTS
from tests.journey.chaos.invariants import HEAD, INVARIANTS, UNSETTLED
from tests.journey.chaos.load import FAILED, Load
from tests.journey.street import Json, Street, open_street

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
    """Run faults for about so many seconds, at least one; return what happened."""
    ends, rounds = time.monotonic() + seconds, list[Round]()
    with tempfile.TemporaryDirectory() as folder:
        async with open_street(Path(folder), **UNLOCKS) as street:
            load = Load(street)
            await load.move_in()
            await load.follow_feed(1)
            await keep_head(street)
            for name, before, lasts in chosen(seed, names):
                rounds.append(await one(load, name, before, lasts))
                tell(rounds[-1])
                if time.monotonic() > ends or rounds[-1].wrong:
                    return rounds
    return rounds


async def one(load: Load, name: str, before: float, lasts: float) -> Round:
    """One fault under load, until the street is steady again; then every invariant."""
    taps, unlocked, registered = load.sent.total(), load.unlocked.total(), len(load.registered)
    async with load.going_on():
        await asyncio.sleep(before)
        async with FAULTS[name](load.street):
            await asyncio.sleep(lasts)
        healed = time.monotonic()
        await steady(load)
        took = time.monotonic() - healed
    await settled(load)
    found = {what: await check(load) for what, check in INVARIANTS.items()}
    broken = {what: wrong for what, wrong in found.items() if wrong}
    counts = (load.sent.total() - taps, load.unlocked.total() - unlocked, len(load.registered) - registered)
    return Round(name, round(lasts, 1), round(took, 1), *counts, broken)


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


async def keep_head(street: Street) -> None:
    """Keep the head of the disclosure log, once the first records were disclosed."""
    folder = street.folder
    command = ("-m", "api.cli.main", "audit", "head", "--out", str(folder / HEAD), "--folder", str(folder))
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0
