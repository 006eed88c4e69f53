"""Messages over GATT; fragmentation is tested in test_fragments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.wire.ble.fragments import MAX_MESSAGE
from devices.wire.ble.gatt import BleMessage, Kind, read_ble_message, tag_of
from devices.wire.errors import BadMessage

kinds = st.sampled_from([kind for kind in Kind if kind is not Kind.SETTLED])
messages = st.builds(BleMessage, kinds, st.integers(0, 65535), st.binary(min_size=1, max_size=2000))


@given(messages)
def test_what_is_written_is_read_again(message: BleMessage) -> None:
    assert read_ble_message(message.to_bytes()) == message


@given(st.binary(max_size=40))
def test_whatever_is_read_is_what_would_be_written(raw: bytes) -> None:
    try:
        message = read_ble_message(raw)
    except BadMessage:
        return
    assert message.to_bytes() == raw


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\x00", b"\x00\x00\x01", b"\x09\x00\x01x", b"\x04\x00\x01x", bytes(MAX_MESSAGE + 1)]
)
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        read_ble_message(raw)


def test_settling_names_the_message_it_settles() -> None:
    settled = BleMessage(Kind.SETTLED, 513)
    assert read_ble_message(settled.to_bytes()) == settled


def test_tags_do_not_tell_ids() -> None:
    assert len({tag_of(f"lock-{n}") for n in range(1000)}) == 1000
    assert b"lock-1" not in tag_of("lock-1")
