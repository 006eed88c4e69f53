"""Whatever ends a background loop, its duty goes on; meanwhile the gateway says that it is not ready."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from gateway import supervision
from gateway.bootstrap import LATE_AFTER
from gateway.texts.alerts import TROUBLE, trouble_text
from tests.parts.desk import Desk
from tests.parts.world import World

# the loop -> what it calls in every round
BREAKS: dict[str, Callable[[Desk], tuple[object, str]]] = {
    "feed": lambda desk: (desk.gateway.feed, "_poll"),
    "broker": lambda desk: (desk.gateway.broker_watch, "look"),
    "relay": lambda desk: (desk.gateway.relay, "_due"),
    "intake": lambda desk: (desk.gateway.link, "batches"),
    "housekeeping": lambda desk: (desk.gateway.housekeeping, "round"),
    "revocations": lambda desk: (desk.gateway.revocation, "enforce"),
    "firmware roll-outs": lambda desk: (desk.gateway.roll_outs, "_sleep"),
    "reconciliation": lambda desk: (desk.gateway.reconciliation, "_sleep"),
    "tables of registries": lambda desk: (desk.gateway.registry_tables, "_sleep"),
    "operator alerts": lambda desk: (desk.gateway.operator_alerts, "look"),
    "note of the loops": lambda _desk: (supervision, "_write_note"),
}


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world)
    yield made
    await made.close()


def test_every_loop_is_ended_in_its_turn(desk: Desk) -> None:
    assert BREAKS.keys() == desk.gateway.loops().keys()


@pytest.mark.parametrize("name", BREAKS)
async def test_a_loop_that_ends_is_started_again(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    ended, go_on = asyncio.Event(), asyncio.Event()

    async def pause(_seconds: float) -> None:
        ended.set()
        await go_on.wait()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    gateway = desk.gateway
    loop = gateway.loops()[name]
    gateway.supervisor.sleep = pause
    target, method = BREAKS[name](desk)
    with monkeypatch.context() as patched:
        patched.setattr(target, method, broken)
        gateway.supervisor.run(name, loop, LATE_AFTER)
        await ended.wait()
    assert gateway.supervisor.states() == {name: "ended"}
    answer = await desk.client().get("http://testserver/readyz")
    assert (answer.status_code, answer.json()["loops"]) == (503, False)
    go_on.set()
    await asyncio.sleep(0)
    assert gateway.supervisor.states() == {name: "good"}
    assert gateway.supervisor.restarts(name) == 1


async def test_the_gateway_is_not_ready_while_its_broker_takes_no_new_connections(desk: Desk) -> None:
    desk.gateway.broker_watch.takes_connections = False
    answer = await desk.client().get("http://testserver/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, False)


async def test_the_operator_is_written_to_about_every_part_that_is_not_ready(desk: Desk) -> None:
    desk.gateway.broker_watch.takes_connections = False
    found = desk.gateway.troubles()
    assert {"link", "broker", "identity"} <= found
    assert {name for name in found if not trouble_text("en", name)} == set()
    assert desk.gateway.readiness().keys() == {*TROUBLE, "loops"} - {
        "firmware"
    }  # a stopped roll-out keeps no door shut
