"""One address asks at a bounded rate; others are not affected."""

import select
import socket
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.framework.pace import ADDRESSES, Pace, PacedListener, subscriber

STRANGER = "192.0.2.7"


@dataclass
class FakeClock:
    """A monotonic clock that a test advances, in seconds."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def pace(clock: FakeClock, **bounds: float) -> Pace:
    """A pace of eight a second and a burst of five, unless said otherwise."""
    return Pace({"10.0.0.1"}, **{"per_second": 8.0, "burst": 5, **bounds}, clock=clock)  # type: ignore[arg-type]


def test_a_burst_has_room_and_what_follows_is_spaced() -> None:
    limited = pace(FakeClock())
    waits = [limited.take(STRANGER) for _ in range(9)]
    assert waits == pytest.approx([0, 0, 0, 0, 0, 0, 0.125, 0.25, 0.375])


def test_an_address_that_waits_has_room_again() -> None:
    clock = FakeClock()
    limited = pace(clock)
    for _ in range(20):
        limited.take(STRANGER)
    clock.advance(limited.wait(STRANGER))
    assert limited.wait(STRANGER) == pytest.approx(0)


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 10)), max_size=60))
def test_no_address_exceeds_its_rate(steps: list[tuple[float, int]]) -> None:
    clock = FakeClock()
    limited, began, cost = pace(clock), clock(), 0
    for seconds, price in steps:
        clock.advance(seconds)
        if not limited.wait(STRANGER):
            limited.take(STRANGER, price)
            cost += price
    assert cost <= 5 + 8 * (clock() - began) + 10 + 1e-6, "the burst, the rate, and one request that began in time"


def test_another_address_and_a_trusted_proxy_are_not_affected() -> None:
    limited = pace(FakeClock())
    for _ in range(100):
        limited.take(STRANGER)
        limited.take("10.0.0.1")
    assert limited.wait("192.0.2.8") == limited.wait("10.0.0.1") == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:443", "192.0.2.7:443"),
        ("[2001:db8::1]:443", "[2001:db8::1]:443"),
        ("unknown:proxy", "unknown:proxy"),
        ("", ""),
    ],
)
def test_a_network_of_one_subscriber_is_counted_as_one(address: str, counted: str) -> None:
    assert subscriber(address) == counted


def test_the_addresses_remembered_are_bounded() -> None:
    clock = FakeClock()
    limited = pace(clock)
    for number in range(ADDRESSES + 10):
        limited.take(f"{number >> 16}.{number >> 8 & 255}.{number & 255}.1")
    assert len(limited._due) <= ADDRESSES
    assert limited.take(STRANGER) == 0


def selected(listener: socket.socket) -> bool:
    """Whether a connection waits to be accepted."""
    return bool(select.select([listener], [], [], 0)[0])


def test_a_listener_closes_connections_of_an_address_without_room() -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(closing(PacedListener()))
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        listener.pace = pace(FakeClock(), burst=2)
        for address in ["127.0.0.2"] * 6 + ["127.0.0.3"]:
            stack.enter_context(closing(socket.create_connection(listener.getsockname(), 5, (address, 0))))
        accepted = []
        while selected(listener):
            with suppress(BlockingIOError):
                connection, peer = listener.accept()
                stack.enter_context(closing(connection))
                accepted.append(peer[0])
    assert accepted == ["127.0.0.2"] * 3 + ["127.0.0.3"]
