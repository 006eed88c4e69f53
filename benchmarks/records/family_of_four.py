"""A family of four at a unit in Spain, in Chromium on two phones: seconds by step and typed fields, with their bars."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import async_playwright

from api.cli.demo.demo import Running, photograph, running
from api.cli.demo.journey_run import Pictures
from benchmarks.harness import ROUNDS, Pair
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.family import MAX_SECONDS, MAX_TYPED, SPAIN, Effort, Family
from tests.browser.people import DESK, PHONE, Visitor, visit

NAME: Final = "family_of_four"
BAR: Final = 1.0
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = (
    f"the larger of seconds / {MAX_SECONDS:.0f} s and typed fields beside the documents / {MAX_TYPED}, for two adults"
    " and two children with passports; people act at the pace of an allowance, the machine is measured; printed beside"
    " it: the plain sum, in which nothing that the machine does while people act is free"
)
ROOMS: Final = ("101", "102", "103", "104", "201", "202", "203")  # one for the warm-up, two for each round
LANGUAGE: Final = "es"


class Stage:
    """A demonstration whose units report to Spain's registry, a browser, and the landlord at a desk."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._rooms = folder, iter(ROOMS)
        self._parts: Running
        self._pictures: Pictures
        self._landlord: Visitor

    async def open(self, stack: AsyncExitStack) -> None:
        """Start everything."""
        demo = running(self._folder / "demo", 0, lambda _: None, "es", {"LODGEKEY_IDENTITY_TIMEOUT": "100"})
        self._parts = await stack.enter_async_context(demo)
        self._pictures = await photograph(self._folder / "tenant")
        driver = await stack.enter_async_context(async_playwright())
        self._browser = await driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        stack.push_async_callback(self._browser.close)
        self._landlord = await visit(self._browser, self._parts.url, DESK)
        await self._landlord.sign_in("landlord", self._parts.logins.password)

    async def family(self, pace: float = 1.0) -> Effort:
        """One family registers at the next room, each adult with a new phone."""
        phones = [await visit(self._browser, self._parts.url, PHONE, LANGUAGE) for _ in range(2)]
        family = Family((phones[0], phones[1]), self._pictures, self._folder, pace=pace)
        effort = await family.register(self._landlord, next(self._rooms), SPAIN)
        for phone in phones:
            await phone.page.context.close()
        print(*report(effort), sep="\n", file=sys.stderr)
        return effort

    async def both(self) -> tuple[Effort, Effort]:
        """A family that acts at the pace of its allowance, and one that acts at once."""
        return await self.family(), await self.family(pace=0.0)


def share(effort: Effort) -> float:
    """The larger part of a bar that was used."""
    return max(effort.seconds / MAX_SECONDS, effort.typed / MAX_TYPED)


def report(effort: Effort) -> Iterator[str]:
    """One line a step, then the sums."""
    for step in effort.steps:
        yield f"{step.name:45} people {step.allowance:5.1f} s, machine {step.machine:4.1f} s, typed {len(step.typed)}"
    yield f"{'together':45} people {effort.allowance:5.1f} s, machine {effort.machine:4.1f} s, typed {effort.typed}"
    yield f"{'at their own pace' if effort.pace else 'plain sum'}: {effort.seconds:.1f} s of {MAX_SECONDS:.0f} s"


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start the demonstration and let one family register before the rounds; each round is one family."""
    with staged() as (runner, stage):
        yield Pair(lambda: share(runner.run(stage.both())[0]), lambda: 1.0, 1)


@contextmanager
def staged() -> Iterator[tuple[asyncio.Runner, Stage]]:
    """A stage on which one family has registered, with what runs its coroutines."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack, stage = AsyncExitStack(), Stage(Path(folder))
        try:
            runner.run(stage.open(stack))
            runner.run(stage.family(pace=0.0))
            yield runner, stage
        finally:
            runner.run(stack.aclose())


def measured() -> list[tuple[Effort, Effort]]:
    """Of each round the effort of a family at its own pace, and of one that acts at once: the plain sum."""
    with staged() as (runner, stage):
        return [runner.run(stage.both()) for _ in range(ROUNDS)]
