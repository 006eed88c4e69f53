"""A background loop that ends is started again; one that does not get on is late."""

import asyncio
import json
from pathlib import Path

import pytest

from gateway.supervision import FIRST_PAUSE, LONGEST_PAUSE, NOTE, STEADY, Rounds, Supervisor

FOREVER = 1e9


class Clock:
    """A clock that only moves by pauses and by hand."""

    def __init__(self) -> None:
        self.at, self.pauses = 0.0, list[float]()

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def supervisor(clock: Clock) -> Supervisor:
    return Supervisor(clock, clock.sleep)


@pytest.mark.parametrize("error", [RuntimeError("broken"), None, ExceptionGroup("two", [OSError(), ValueError()])])
async def test_a_loop_that_ends_is_started_again_with_growing_pauses(
    supervisor: Supervisor, clock: Clock, error: Exception | None
) -> None:
    starts, enough = 0, asyncio.Event()

    async def loop(_rounds: Rounds) -> None:
        nonlocal starts
        starts += 1
        if starts == 9:
            enough.set()
            await asyncio.Event().wait()
        if error is not None:
            raise error

    supervisor.run("loop", loop, FOREVER)
    await enough.wait()
    assert clock.pauses == [FIRST_PAUSE, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_PAUSE, LONGEST_PAUSE]
    assert (supervisor.restarts("loop"), supervisor.states()) == (8, {"loop": "good"})
    await supervisor.stop()


async def test_a_loop_that_ran_for_a_while_is_started_again_soon(supervisor: Supervisor, clock: Clock) -> None:
    lives, enough = [0.0, 0.0, STEADY + 1, 0.0], asyncio.Event()

    async def loop(_rounds: Rounds) -> None:
        if not lives:
            enough.set()
            await asyncio.Event().wait()
        clock.at += lives.pop(0)
        raise RuntimeError

    supervisor.run("loop", loop, FOREVER)
    await enough.wait()
    assert clock.pauses == [FIRST_PAUSE, 2.0, FIRST_PAUSE, 2.0]
    await supervisor.stop()


async def test_a_loop_between_its_end_and_its_next_start_is_ended(clock: Clock) -> None:
    paused = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        paused.set()
        await asyncio.Event().wait()

    async def loop(_rounds: Rounds) -> None:
        raise RuntimeError

    supervisor = Supervisor(clock, sleep)
    supervisor.run("loop", loop, FOREVER)
    await paused.wait()
    assert supervisor.states() == {"loop": "ended"}
    await supervisor.stop()


async def test_a_round_that_is_not_good_is_pending_since_it_began(supervisor: Supervisor, clock: Clock) -> None:
    steps: asyncio.Queue[str] = asyncio.Queue()

    async def loop(rounds: Rounds) -> None:
        while True:
            step = await steps.get()
            (rounds.begin if step == "begin" else rounds.good)()
            steps.task_done()

    async def do(step: str) -> None:
        steps.put_nowait(step)
        await steps.join()

    supervisor.run("loop", loop, late_after=60)
    clock.at = 1000  # nothing is pending by a loop that has nothing to do
    assert supervisor.states() == {"loop": "good"}
    await do("begin")
    clock.at += 60
    assert supervisor.states() == {"loop": "good"}
    await do("begin")  # the first round failed, or hangs
    clock.at += 1
    assert supervisor.states() == {"loop": "late"}
    await do("good")
    assert supervisor.states() == {"loop": "good"}
    await supervisor.stop()


async def test_the_states_are_noted_for_the_doctor(tmp_path: Path) -> None:
    noted = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        noted.set()
        await asyncio.Event().wait()

    supervisor = Supervisor(sleep=sleep)
    supervisor.run("note", lambda rounds: supervisor.note(tmp_path, rounds), FOREVER)
    await noted.wait()
    assert json.loads((tmp_path / NOTE).read_text())["loops"] == {"note": "good"}
    await supervisor.stop()
