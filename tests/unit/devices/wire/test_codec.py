"""The codec: every valid message survives encoding and decoding, and all other bytes are refused."""

from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certs import cbor
from certs.errors import BadSignature
from certs.keys import new_private_key
from devices.wire import codec, envelope
from devices.wire.catalog import ACK_BODY, COMMANDS, EVENTS, REFUSALS, Shape
from devices.wire.errors import BadMessage
from devices.wire.fields import Field
from devices.wire.messages import LOCK_LIMIT, Ack, Command, Event, Message, State

KEY = new_private_key()
PUBLIC = KEY.public_key()
IDENTITY = st.binary(min_size=16, max_size=16)
TIMES = st.integers(0, 2**32 - 1)
SEQS = st.integers(1, 2**53)
SAMPLES: dict[str, st.SearchStrategy[Any]] = {
    "key": IDENTITY, "command": IDENTITY, "registration": IDENTITY, "keys": st.lists(IDENTITY, max_size=5),
    "credential": st.binary(min_size=1, max_size=200), "chain": st.binary(min_size=1, max_size=900),
    "anchors": st.binary(min_size=1, max_size=900), "csr": st.binary(min_size=1, max_size=300), "now": TIMES,
    "nonce": st.binary(min_size=8, max_size=32), "window": st.lists(TIMES, max_size=3), "once": TIMES,
    "epoch": TIMES, "codes": TIMES, "screen": st.just("wait"), "lines": st.lists(st.text(max_size=20), max_size=3),
    "language": st.just("zh-CN"), "means": st.sampled_from(["gateway", "knob"]), "code": st.just("expired"),
    "percent": st.integers(0, 100), "battery": st.integers(0, 100), "open": st.booleans(), "reset": st.booleans(),
    "sealed": st.binary(min_size=82, max_size=200), "bolt": st.just("locked"), "door": st.just("open"),
    "clock": st.just("lost"), "drift": st.integers(-100, 100), "reason": st.just("revoked"),
    "challenge": st.text(max_size=40), "turns": st.lists(st.sampled_from(["left", "right"]), max_size=8),
    "trust": IDENTITY, "certificate": st.binary(min_size=1, max_size=20),
    "fields": st.lists(st.text(max_size=20), max_size=3), "held": st.integers(0, 2**20), "until": TIMES,
    "envelope": st.binary(min_size=1, max_size=900), "image": st.binary(min_size=32, max_size=32),
    "offset": st.integers(0, 2**20), "data": st.binary(min_size=1, max_size=4096), "sequence": TIMES,
    "state": st.sampled_from(["receiving", "trial"]),
}  # fmt: skip


def bodies(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    needed = {field.name: SAMPLES[field.name] for field in fields if not field.optional}
    spare = {field.name: SAMPLES[field.name] for field in fields if field.optional}
    return st.fixed_dictionaries(needed, optional=spare)


def typed(catalog: dict[str, Shape]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.sampled_from(sorted(catalog)).flatmap(lambda name: st.tuples(st.just(name), bodies(catalog[name].fields)))


COMMAND = st.builds(
    lambda identity, of, times: Command(identity, "lock-1", of[0], times[0], times[1], of[1]),
    IDENTITY, typed(COMMANDS), st.tuples(TIMES, TIMES),
)  # fmt: skip
EVENT = st.builds(lambda seq, at, of: Event(seq, at, of[0], of[1]), SEQS, TIMES, typed(EVENTS))
ACK = st.builds(
    lambda identity, seq, at, result, body: Ack(identity, seq, at, result[0], result[1], body),
    IDENTITY, SEQS, TIMES, st.sampled_from([("done", None), ("refused", "expired"), ("failed", "jammed")]),
    bodies(ACK_BODY),
)  # fmt: skip
STATE = st.builds(
    State, SEQS, TIMES, st.sampled_from(["locked", "jammed", "unknown"]), st.sampled_from(["open", "closed"]),
    st.none() | st.integers(0, 100), st.lists(IDENTITY, max_size=9).map(tuple), st.sampled_from(["set", "lost"]),
    st.binary(min_size=8, max_size=32), TIMES, st.text(max_size=40), st.integers(0, 99),
    st.none() | IDENTITY, st.none() | TIMES, st.none() | TIMES, st.none() | st.binary(min_size=8, max_size=8),
)  # fmt: skip


@given(message=COMMAND)
def test_every_command_survives_the_wire(message: Command) -> None:
    assert envelope.read_command(envelope.sign_command(message, KEY), PUBLIC) == message


@given(message=EVENT)
def test_every_event_survives_the_wire(message: Event) -> None:
    assert envelope.read_event(envelope.sign_event(message, KEY), PUBLIC) == message


@given(message=ACK)
def test_every_ack_survives_the_wire(message: Ack) -> None:
    assert envelope.read_ack(envelope.sign_ack(message, KEY), PUBLIC) == message


@given(message=STATE)
def test_every_state_survives_the_wire(message: State) -> None:
    assert envelope.read_state(envelope.sign_state(message, KEY), PUBLIC) == message


UNLOCK = Command(bytes(16), "lock-1", "unlock", 100, 110, {"key": bytes(16)})
DECODERS = [codec.decode_command, codec.decode_ack, codec.decode_event, codec.decode_state]


@pytest.mark.parametrize("decode", DECODERS)
@given(raw=st.binary(max_size=64))
def test_short_frames_are_no_message(decode: Any, raw: bytes) -> None:
    with pytest.raises(BadMessage):
        decode(raw)


@given(position=st.integers(0, 500), bit=st.integers(0, 7))
def test_an_altered_bit_makes_another_message_or_none(position: int, bit: int) -> None:
    raw = bytearray(codec.encode_command(UNLOCK))
    raw[position % len(raw)] ^= 1 << bit
    try:
        assert codec.encode_command(codec.decode_command(bytes(raw))) == bytes(raw)
    except BadMessage:
        return


@pytest.mark.parametrize("length", range(65))
def test_every_short_beginning_of_a_good_command_is_refused(length: int) -> None:
    raw = codec.encode_command(UNLOCK)
    with pytest.raises(BadMessage):
        codec.decode_command(raw[: min(length, len(raw) - 1)])


def altered(**changes: object) -> bytes:
    numbers = {"version": 0, "id": 1, "device": 2, "type": 3, "issued_at": 4, "expires_at": 5, "body": 6, "extra": 9}
    found = cbor2.loads(codec.encode_command(UNLOCK))
    return cbor.encode(found | {numbers[name]: value for name, value in changes.items()})


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"version": True}, {"id": bytes(15)}, {"id": "0" * 16}, {"device": "lock/1"},
        {"device": "#"}, {"device": b"lock-1"}, {"type": 0}, {"type": 200}, {"type": "unlock"}, {"issued_at": -1},
        {"issued_at": "1"}, {"expires_at": 2**32}, {"expires_at": False}, {"body": {}}, {"body": []}, {"body": None},
        {"body": {1: bytes(16), 2: 0}}, {"body": {1: bytes(17)}}, {"body": {"key": bytes(16)}}, {"extra": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_field_that_is_not_what_it_may_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadMessage):
        codec.decode_command(altered(**change))


def test_another_spelling_of_the_same_number_is_refused() -> None:
    raw = codec.encode_command(UNLOCK)
    longer = raw.replace(b"\x04\x18\x64", b"\x04\x19\x00\x64")
    assert longer != raw
    with pytest.raises(BadMessage):
        codec.decode_command(longer)


@pytest.mark.parametrize(
    "command",
    [
        Command(bytes(16), "lock-1", "open_all", 0, 1), Command(bytes(16), "lock-1", "unlock", 0, 1),
        Command(bytes(16), "+", "lock", 0, 1), Command(bytes(16), "l", "lock", 0, 1, {"key": bytes(16)}),
        Command(b"", "lock-1", "lock", 0, 1), Command(bytes(16), "l", "put_key", 0, 1, {"credential": bytes(201)}),
    ],
    ids=lambda command: command.type,
)  # fmt: skip
def test_a_command_no_device_could_read_is_not_written(command: Command) -> None:
    with pytest.raises(BadMessage):
        codec.encode_command(command)


def test_a_done_ack_has_no_code_and_a_refusal_has_one() -> None:
    for outcome, code in (("done", "expired"), ("refused", None), ("failed", None)):
        with pytest.raises(BadMessage):
            codec.decode_ack(codec.encode_ack(Ack(bytes(16), 1, 1, outcome, code)))  # type: ignore[arg-type]


SIGNERS: dict[str, Callable[[], bytes]] = {
    "cmd": lambda: envelope.sign_command(UNLOCK, KEY),
    "ack": lambda: envelope.sign_ack(Ack(bytes(16), 1, 1, "done"), KEY),
    "event": lambda: envelope.sign_event(Event(1, 1, "locked"), KEY),
    "state": lambda: envelope.sign_state(State(1, 1, "locked", "open", 1, (), "set", bytes(8), 0, "1"), KEY),
}
READERS: dict[str, Callable[[bytes, envelope.PublicKey], Message]] = {
    "cmd": envelope.read_command,
    "ack": envelope.read_ack,
    "event": envelope.read_event,
    "state": envelope.read_state,
}


@pytest.mark.parametrize("written", SIGNERS)
@pytest.mark.parametrize("read", READERS)
def test_a_message_of_one_channel_cannot_be_replayed_on_another(written: str, read: str) -> None:
    raw = SIGNERS[written]()
    if written == read:
        assert type(READERS[read](raw, PUBLIC)).__name__.lower() == {"cmd": "command"}.get(read, read)
    else:
        with pytest.raises(BadSignature):
            READERS[read](raw, PUBLIC)


def test_what_is_longer_than_a_lock_may_say_is_neither_written_nor_read() -> None:
    event = Event(1, 1, "registration", {"sealed": bytes(LOCK_LIMIT), "registration": bytes(16)})
    with pytest.raises(BadMessage):
        envelope.sign_event(event, KEY)
    raw = envelope.sign_event(event, KEY, limit=codec.limit_of("kiosk"))
    assert envelope.read_event(raw, PUBLIC) == event
    with pytest.raises(BadMessage):
        envelope.read_event(raw, PUBLIC, limit=codec.limit_of("lock"))


def test_a_full_lock_can_still_say_its_state() -> None:
    keys = tuple(number.to_bytes(16, "big") for number in range(400))
    state = State(
        2**53, 2**32 - 1, "unlocking", "unknown", 100, keys, "lost", bytes(32), 2**32 - 1, "f" * 40, 2**32 - 1
    )
    assert envelope.read_state(envelope.sign_state(state, KEY), PUBLIC) == state


def test_every_reason_a_device_gives_has_a_sentence() -> None:
    for code, sentence in REFUSALS.items():
        assert codec.decode_ack(codec.encode_ack(Ack(bytes(16), 1, 1, "refused", code))).code == code
        assert sentence.endswith(".")
