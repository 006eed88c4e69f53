"""Fragments: a message arrives whole or not at all, whatever happens to its fragments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.wire.ble.fragments import MAX_MESSAGE, Gathering, split
from devices.wire.errors import BadMessage


@given(message=st.binary(min_size=1, max_size=600), size=st.integers(20, 250))
def test_a_message_survives_any_fragment_size(message: bytes, size: int) -> None:
    gathering = Gathering()
    found = [gathering.add(fragment) for fragment in split(message, size)]
    assert found[-1] == message
    assert set(found[:-1]) <= {None}


@given(message=st.binary(min_size=60, max_size=300), missing=st.integers(0, 14), size=st.integers(20, 60))
def test_a_lost_fragment_loses_the_message_and_nothing_else(message: bytes, missing: int, size: int) -> None:
    fragments = split(message, size)
    gathering = Gathering()
    received = []
    for index, fragment in enumerate(fragments):
        if index != missing % len(fragments):
            try:
                received.append(gathering.add(fragment))
            except BadMessage:
                received.append(None)
    assert set(received) <= {None}
    assert [gathering.add(fragment) for fragment in fragments][-1] == message


@given(fragments=st.lists(st.binary(max_size=20), max_size=30))
def test_any_bytes_make_a_message_or_are_refused(fragments: list[bytes]) -> None:
    gathering = Gathering()
    for fragment in fragments:
        try:
            message = gathering.add(fragment)
        except BadMessage:
            assert gathering.pieces == []
        else:
            assert message is None or fragment.endswith(message[-1:])


def test_a_doubled_fragment_discards_the_message() -> None:
    first, *_ = split(bytes(100), 20)
    gathering = Gathering()
    second = split(bytes(100), 20)[1]
    gathering.add(first)
    gathering.add(second)
    with pytest.raises(BadMessage):
        gathering.add(second)


@pytest.mark.parametrize(("message", "size"), [(b"", 20), (b"x", 1), (bytes(MAX_MESSAGE + 1), 250), (bytes(129), 2)])
def test_what_cannot_be_carried_is_refused(message: bytes, size: int) -> None:
    with pytest.raises(BadMessage):
        split(message, size)


def test_a_stream_without_an_end_is_not_gathered_for_ever() -> None:
    gathering = Gathering()
    for index in range(MAX_MESSAGE // 100):
        gathering.add(bytes([index]) + bytes(100))
    with pytest.raises(BadMessage):
        gathering.add(bytes([MAX_MESSAGE // 100]) + bytes(100))
    assert gathering.pieces == []
