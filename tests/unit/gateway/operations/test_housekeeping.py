"""One task of housekeeping that fails stops neither the others nor the next round."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.exc import OperationalError

from gateway.identity.images.case_pictures import PictureTray
from gateway.journey.accounts.sessions import SessionUse
from gateway.operations import housekeeping as module
from gateway.operations.housekeeping import Housekeeping
from gateway.supervision import Rounds
from tests.parts.world import World

TASKS = {
    "ends of stays": "due_stays",
    "old challenges": "forget_challenges",
    "deadlines": "watch_deadlines",
    "log chains": "watch_chains",
    "alerts": "watch_alerts",
    "retention": "purge",
}
FAULTS = [OperationalError("", {}, Exception("unable to open database file")), ZeroDivisionError(), KeyError("x")]


Sleep = Callable[[float], Awaitable[None]]


class Enough(Exception):
    """Ends the loop after some rounds."""


def nothing() -> None:
    """There are no answers to forget."""


def keeping(world: World, enforce: Callable[[bool], Awaitable[None]], sleep: Sleep) -> Housekeeping:
    return Housekeeping(
        world.database,
        world.keyring,
        PictureTray(world.clock),
        enforce,
        nothing,
        world.clock,
        session_use=SessionUse(lambda _: 3600),
        sleep=sleep,
    )


def for_two_rounds(world: World, rounds: Rounds, pending: list[float], revoked: list[bool]) -> Housekeeping:
    async def enforce(renew: bool) -> None:
        revoked.append(renew)

    async def sleep(_seconds: float) -> None:
        pending.append(rounds.pending_for())
        if len(pending) == 2:
            raise Enough

    return keeping(world, enforce, sleep)


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("task", TASKS)
async def test_a_task_that_fails_stops_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch, task: str, error: Exception
) -> None:
    ticks = iter(range(1000))
    rounds, pending, revoked = Rounds(lambda: float(next(ticks))), list[float](), list[bool]()
    ran: list[str] = []

    def noting(name: str) -> object:
        def run(*_: object) -> list[object]:
            ran.append(name)
            if name == task:
                raise error
            return []

        return run

    for name, function in TASKS.items():
        monkeypatch.setattr(module, function, noting(name))
    kept = for_two_rounds(world, rounds, pending, revoked)
    with pytest.raises(Enough):
        await kept.run(rounds)
    assert sorted(ran) == sorted([*TASKS, *TASKS])
    assert revoked == [False, False]
    assert pending[0] > 0, "a round with a failed task is not good"
    assert pending[1] > pending[0], "and is pending since it began"


async def test_a_round_without_failures_is_good(world: World) -> None:
    rounds, pending, revoked = Rounds(), list[float](), list[bool]()
    with pytest.raises(Enough):
        await for_two_rounds(world, rounds, pending, revoked).run(rounds)
    assert pending == [0.0, 0.0]


async def test_revocations_that_cannot_be_enforced_are_tried_again(world: World) -> None:
    rounds, tried = Rounds(), list[bool]()

    async def enforce(renew: bool) -> None:
        tried.append(renew)
        if len(tried) == 1:
            raise OSError

    async def sleep(_seconds: float) -> None:
        if len(tried) == 2:
            raise Enough
        await asyncio.sleep(0)

    kept = keeping(world, enforce, sleep)
    with pytest.raises(Enough):
        await kept.run(rounds)
    assert tried == [False, False]
