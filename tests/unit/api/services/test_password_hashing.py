"""Strangers who sign in at random take a bounded number of threads; others are told when to come back."""

import asyncio
import os
import threading
from collections.abc import Iterator, Sequence
from typing import TypeVar

import httpx
import pytest

from api.services import access
from api.services.password_hashing import LOWEST, NICENESS, PLACES, PLACES_PER_CALLER, HashingPool, hashing
from gateway.domain.errors import Busy, TooManyAttempts
from tests.parts.house import House, refused

T = TypeVar("T")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Comparisons that do not end before the event is set."""
    go_on = threading.Event()

    class Slow:
        def verify(self, _hash: str, _password: str) -> bool:
            return go_on.wait(10)

    monkeypatch.setattr(access, "_hasher", Slow())
    yield go_on
    go_on.set()


async def first(tasks: "Sequence[asyncio.Task[T]]", count: int) -> list[T]:
    """The results of the tasks that end first."""
    waiting: set[asyncio.Task[T]] = set(tasks)
    done: set[asyncio.Task[T]] = set()
    while len(done) < count:
        ended, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        done |= ended
    return [task.result() for task in done]


async def test_two_hundred_sign_ins_leave_the_threads_to_others(house: House, held: threading.Event) -> None:
    async def attempt(number: int) -> tuple[int, str]:
        client = house.client(client=f"10.0.{number}.1")
        body = {"login": f"nobody-{number}", "password": "guess"}
        answer = await client.post("/api/v1/sessions", json=body)
        return answer.status_code, answer.headers.get("retry-after", "")

    attempts = [asyncio.create_task(attempt(number)) for number in range(200)]
    refusals = await first(attempts, 200 - PLACES)
    page = await house.client().get("/login")  # needs a thread of the pages' pool
    assert page.status_code == 200
    assert {status for status, _ in refusals} == {503}
    assert all(after.isdecimal() for _, after in refusals)
    held.set()
    assert sorted(status for status, _ in await asyncio.gather(*attempts)) == [401] * PLACES + [503] * (200 - PLACES)


async def test_one_address_cannot_take_all_places(house: House, held: threading.Event) -> None:
    stranger, client = house.client(client="10.0.0.1"), house.client(client="10.0.0.2")

    def attempt(who: httpx.AsyncClient, login: str) -> "asyncio.Task[httpx.Response]":
        return asyncio.create_task(who.post("/api/v1/sessions", json={"login": login, "password": "guess"}))

    attempts = [attempt(stranger, f"nobody-{number}") for number in range(PLACES)]
    for answer in await first(attempts, PLACES - PLACES_PER_CALLER):
        assert "your network" in refused(answer, 429, "too_many_attempts")["detail"]
    other = attempt(client, "somebody")
    held.set()
    refused(await other, 401, "sign_in_needed")
    await asyncio.gather(*attempts)


def test_a_place_is_given_back_after_an_error() -> None:
    pool = HashingPool(places=1, per_caller=1)
    with pytest.raises(ZeroDivisionError), pool.place("a"):
        raise ZeroDivisionError
    with pool.place("b"), pytest.raises(Busy), pool.place("a"):
        pass
    wide = HashingPool(places=2, per_caller=1)
    with wide.place("a"), pytest.raises(TooManyAttempts), wide.place("a"):
        pass


def test_hashing_gives_way_to_the_other_threads() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    own = niceness()
    assert hashing.run(niceness) == min(LOWEST, own + NICENESS) > own
    assert niceness() == own
