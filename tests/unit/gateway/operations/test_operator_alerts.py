"""The operator is written to once when the gateway has not been in order for two minutes, and once when it is again."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

import pytest

from gateway.operations.operator_alerts import AFTER, OperatorAlerts
from gateway.supervision import STEADY, Rounds, Supervisor


@dataclass
class Post:
    """What is not in order now, what was sent, and the time."""

    found: set[str] = field(default_factory=set)
    sent: list[set[str]] = field(default_factory=list)
    seconds: float = 0.0
    accepts: bool = True
    breaks: bool = False

    def __post_init__(self) -> None:
        self.alerts = OperatorAlerts(lambda: self.found, self.send, lambda: self.seconds)

    async def send(self, names: Collection[str]) -> bool:
        if self.breaks:
            raise OSError
        self.sent.append(set(names))
        return self.accepts

    async def look(self, later: float = 0.0) -> None:
        self.seconds += later
        await self.alerts.look()


async def test_what_lasts_two_minutes_is_sent_once_and_its_end_once() -> None:
    post = Post({"loop relay", "broker"})
    await post.look()
    await post.look(AFTER - 1)
    assert post.sent == []
    for _ in range(3):
        await post.look(1)
    assert post.sent == [{"loop relay", "broker"}]
    post.found = {"broker"}
    await post.look(AFTER)
    assert len(post.sent) == 1
    post.found = set()
    await post.look(1)
    await post.look(AFTER)
    assert post.sent[1:] == [set()]


async def test_what_is_over_within_two_minutes_is_not_sent() -> None:
    post = Post({"link"})
    await post.look()
    post.found = set()
    await post.look(AFTER - 1)
    post.found = {"link"}
    await post.look(1)
    await post.look(AFTER - 1)
    assert post.sent == []


async def test_what_is_added_is_sent() -> None:
    post = Post({"link"})
    await post.look()
    await post.look(AFTER)
    post.found = {"link", "disk"}
    await post.look(1)
    await post.look(AFTER)
    assert post.sent == [{"link"}, {"link", "disk"}]


@pytest.mark.parametrize("fault", ["accepts", "breaks"])
async def test_an_e_mail_that_was_not_accepted_is_sent_again(fault: str) -> None:
    post = Post({"disk"}, accepts=fault != "accepts", breaks=fault == "breaks")
    await post.look()
    await post.look(AFTER)
    post.accepts, post.breaks, post.sent = True, False, []
    await post.look(1)
    await post.look(1)
    assert len(post.sent) == 1


async def test_a_loop_that_ends_again_and_again_is_in_trouble_until_it_has_run_for_a_minute() -> None:
    seconds, ends = [0.0], [True, True, False]
    paused, go_on, runs = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def pause(_seconds: float) -> None:
        paused.set()
        await go_on.wait()
        go_on.clear()

    async def loop(_rounds: Rounds) -> None:
        if ends.pop(0):
            raise ZeroDivisionError
        runs.set()
        await asyncio.Event().wait()

    supervisor = Supervisor(lambda: seconds[0], pause)
    supervisor.run("feed", loop, 60.0)
    for _ in range(2):
        await paused.wait()
        paused.clear()
        assert supervisor.in_trouble() == {"feed"}
        go_on.set()
    await runs.wait()
    assert (supervisor.states(), supervisor.in_trouble()) == ({"feed": "good"}, {"feed"})
    seconds[0] += STEADY + 1
    assert supervisor.in_trouble() == set()
    await supervisor.stop()
