"""Deliveries: lanes keep their order, settled ones stay settled, and failed ones wait longer after each attempt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.outbox import deliveries
from gateway.outbox.deliveries import Decision, Done, Expired, Refused, RetryAt, Unknown
from gateway.store import Delivery
from tests.parts.world import World


def enqueue(world: World, lane: str, *, due_in: int = 0) -> int:
    """Add one delivery to a lane; returns its id."""
    with world.database.writing() as session:
        row = deliveries.enqueue(
            session, party="p", lane=lane, work="w", about="a", now=world.now, due_at=world.now + due_in
        )
        session.flush()
        return row.id


def settle(world: World, name: int, decision: Decision) -> Delivery:
    """The delivery after the decision."""
    with world.database.writing() as session:
        deliveries.settle(session, name, decision, world.now)
    with world.database.reading() as session:
        return session.get_one(Delivery, name)


def due(world: World) -> list[int]:
    """Deliveries that may be attempted now."""
    with world.database.reading() as session:
        return [row.id for row in deliveries.due(session, world.now, 10)]


def test_only_the_first_of_a_lane_may_go_and_lanes_do_not_wait_for_each_other(world: World) -> None:
    first, second, other = enqueue(world, "a"), enqueue(world, "a"), enqueue(world, "b")
    assert due(world) == [first, other]
    settle(world, first, Done())
    assert due(world) == [second, other]


def test_a_lane_waits_for_its_first_even_when_the_second_is_due_sooner(world: World) -> None:
    first = enqueue(world, "a", due_in=60)
    enqueue(world, "a")
    assert due(world) == []
    world.now += 60
    assert due(world) == [first]


@pytest.mark.parametrize(
    ("decision", "state", "goes_on"),
    [
        (Done(), "done", True),
        (Refused("no"), "refused", True),
        (Expired(), "expired", True),
        (Unknown("who knows"), "unknown", False),
        (RetryAt(2_000_000_000, "later"), "owed", False),
    ],
)
def test_a_lane_goes_on_after_what_is_settled_and_stands_behind_what_a_person_must_decide(
    world: World, decision: Decision, state: str, goes_on: bool
) -> None:
    first, second = enqueue(world, "a"), enqueue(world, "a")
    assert settle(world, first, decision).state == state
    assert due(world) == ([second] if goes_on else [])


def test_nothing_settled_is_settled_again(world: World) -> None:
    name = enqueue(world, "a")
    settle(world, name, Refused("no"))
    row = settle(world, name, Done())
    assert (row.state, row.outcome) == ("refused", "no")


def test_what_failed_says_why_and_waits_and_is_not_thought_begun(world: World) -> None:
    name = enqueue(world, "a")
    with world.database.writing() as session:
        deliveries.lease(session, [name], world.now)
    row = settle(world, name, RetryAt(world.now + 9, "the link is down"))
    assert (row.due_at, row.outcome, row.attempts, row.started_at) == (world.now + 9, "the link is down", 1, None)
    assert due(world) == []


def test_what_was_cut_short_is_still_known_as_begun(world: World) -> None:
    name = enqueue(world, "a")
    with world.database.writing() as session:
        deliveries.lease(session, [name], world.now)
    assert settle(world, name, RetryAt(world.now, "trouble", cut_short=True)).started_at == world.now


def test_a_party_just_seen_gets_what_waits_now_but_not_what_is_settled(world: World) -> None:
    waiting, settled, elsewhere = enqueue(world, "a", due_in=300), enqueue(world, "a"), enqueue(world, "b", due_in=300)
    settle(world, settled, Done())
    with world.database.writing() as session:
        deliveries.retry_now(session, ["a"], world.now)
    assert due(world) == [waiting]
    assert elsewhere not in due(world)


def test_the_longest_due_goes_first(world: World) -> None:
    late, early = enqueue(world, "a", due_in=-5), enqueue(world, "b", due_in=-50)
    assert due(world) == [early, late]


@given(st.integers(0, 10_000))
def test_outside_13_each_pause_is_at_least_as_long_as_the_last_and_never_over_five_minutes(attempts: int) -> None:
    assert 1 <= deliveries.retry_delay(attempts) <= deliveries.retry_delay(attempts + 1) <= 300
