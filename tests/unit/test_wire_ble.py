"""Fragments over Bluetooth: whole messages or nothing."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from devices.wire.ble import LARGEST, BleMessage, Kind, Reassembly, cut, read_ble_message, tag_of
from devices.wire.errors import BadMessage

bodies = st.binary(min_size=1, max_size=2000)
messages = st.builds(BleMessage, st.sampled_from([Kind.CMD, Kind.ACK, Kind.EVENT]), st.integers(0, 65535), bodies)
sizes = st.integers(2, 512)


def put_together(fragments: list[bytes]) -> list[bytes]:
    reassembly = Reassembly()
    return [whole for fragment in fragments if (whole := reassembly.take(fragment)) is not None]


@given(messages, sizes)
def test_what_is_cut_comes_together_again(message: BleMessage, size: int) -> None:
    fragments = list(cut(message, size))
    assert all(len(fragment) <= size for fragment in fragments)
    assert [read_ble_message(raw) for raw in put_together(fragments)] == [message]


@given(messages, messages, sizes, st.data())
def test_a_message_cut_off_anywhere_is_never_half_a_message(
    first: BleMessage, second: BleMessage, size: int, data: st.DataObject
) -> None:
    fragments = list(cut(first, size))
    kept = data.draw(st.integers(0, len(fragments) - 1))
    assert put_together([*fragments[:kept], *cut(second, size)]) == [second.to_bytes()]


@given(messages, st.integers(2, 40), st.data())
def test_a_lost_or_swapped_fragment_drops_the_message(message: BleMessage, size: int, data: st.DataObject) -> None:
    fragments = list(cut(message, size))
    assume(len(fragments) > 2)
    at = data.draw(st.integers(1, len(fragments) - 2))
    assert put_together(fragments[:at] + fragments[at + 1 :]) == []
    assert put_together([*fragments[:at], fragments[at + 1], fragments[at], *fragments[at + 2 :]]) == []


@given(st.lists(st.binary(max_size=20), max_size=50))
def test_noise_does_no_harm(noise: list[bytes]) -> None:
    message = BleMessage(Kind.CMD, 7, b"true")
    assert put_together([*noise, *cut(message, 20)])[-1] == message.to_bytes()


def test_an_endless_message_is_dropped() -> None:
    reassembly = Reassembly()
    endless = (bytes([0x80 if n == 0 else n % 64]) + b"x" * 100 for n in range(LARGEST // 100 + 5))
    assert [whole for fragment in endless if (whole := reassembly.take(fragment))] == []


@pytest.mark.parametrize("raw", [b"", b"\x00\x00", b"\x00\x00\x01", b"\x09\x00\x01x", b"\x04\x00\x01x"])
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        read_ble_message(raw)


def test_settling_names_the_message_it_settles() -> None:
    settled = BleMessage(Kind.SETTLED, 513)
    assert read_ble_message(settled.to_bytes()) == settled


def test_tags_do_not_tell_ids() -> None:
    assert len({tag_of(f"lock-{n}") for n in range(1000)}) == 1000
    assert b"lock-1" not in tag_of("lock-1")
