"""Messages as integer-keyed deterministic CBOR (RFC 8949 §4.2.1). Strict: anything unexpected is refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from certs import cbor
from devices.wire.catalog import ACK_BODY, COMMANDS, EVENTS, MAX_KEYS, Shape
from devices.wire.chain import DIGEST, NOTHING
from devices.wire.errors import BadMessage
from devices.wire.fields import EPOCH, ID, NONCE, PERCENT, SEQ, TIME, Field, code, octets, several, text, whole, word
from devices.wire.messages import KIOSK_LIMIT, LOCK_LIMIT, Ack, Body, Command, Event, State
from devices.wire.topics import IDENTIFIER

VERSION = 1


def is_map(value: Any) -> bool:
    """Whether the value is a map."""
    return type(value) is dict


def is_device(value: Any) -> bool:
    """Whether the value is a device id."""
    return type(value) is str and IDENTIFIER.match(value) is not None


def is_battery(value: Any) -> bool:
    """Whether the value is a charge in percent, or null for none."""
    return value is None or PERCENT(value)


_VERSION = Field(0, "version", whole(VERSION, VERSION))
_CHAIN = (  # for entries of a lock's log; messages of kiosks and of firmware before 2026-11 have neither
    Field(7, "after", whole(0, 2**53), optional=True),
    Field(8, "prev", octets(DIGEST, DIGEST), optional=True),
)
COMMAND = (
    _VERSION,
    Field(1, "id", ID),
    Field(2, "device", is_device),
    Field(3, "type", whole(1, 255)),
    Field(4, "issued_at", TIME),
    Field(5, "expires_at", TIME),
    Field(6, "body", is_map),
)
ACK = (
    _VERSION,
    Field(1, "command_id", ID),
    Field(2, "seq", SEQ),
    Field(3, "at", TIME),
    Field(4, "outcome", word("done", "refused", "failed")),
    Field(5, "code", code, optional=True),
    Field(6, "body", is_map),
    *_CHAIN,
)
EVENT = (
    _VERSION,
    Field(2, "seq", SEQ),
    Field(3, "at", TIME),
    Field(4, "type", whole(1, 255)),
    Field(6, "body", is_map),
    *_CHAIN,
)
STATE = (
    _VERSION,
    Field(2, "seq", SEQ),
    Field(3, "at", TIME),
    Field(4, "bolt", word("locked", "locking", "unlocked", "unlocking", "jammed", "unknown")),
    Field(5, "door", word("open", "closed", "unknown")),
    Field(6, "battery", is_battery),
    Field(7, "keys", several(ID, MAX_KEYS)),
    Field(8, "clock", word("set", "lost")),
    Field(9, "nonce", NONCE),
    Field(10, "epoch", EPOCH),
    Field(11, "firmware", text(40)),
    Field(12, "waiting", whole(0, 2**32 - 1)),
    Field(13, "model", octets(16, 16), optional=True),  # firmware from before 2026-12 has none of these
    Field(14, "counter", whole(0, 2**32 - 1), optional=True),
    Field(15, "support", TIME, optional=True),
    Field(16, "publisher", octets(8, 8), optional=True),
)


def encode_command(command: Command) -> bytes:
    """Bytes of a command; raises BadMessage for an invalid one."""
    shape = _shape_named(COMMANDS, command.type)
    body = _pack(command.body, shape.fields)
    return _to_bytes(
        {
            **_common(command, "id", "device", "issued_at", "expires_at"),
            "type": shape.number,
            "body": body,
        },
        COMMAND,
    )


def decode_command(raw: bytes) -> Command:
    """The command in exactly these bytes; raises BadMessage."""
    found = _from_bytes(raw, COMMAND)
    found["type"], shape = _shape_numbered(COMMANDS, found["type"])
    found["body"] = _unpack(found["body"], shape.fields)
    return Command(**found)


def encode_ack(ack: Ack) -> bytes:
    """Bytes of an ack; raises BadMessage."""
    named = {**_common(ack, "command_id", "seq", "at", "outcome"), **_place(ack), "body": _pack(ack.body, ACK_BODY)}
    if ack.code is not None:
        named["code"] = ack.code
    return _to_bytes(named, ACK)


def decode_ack(raw: bytes) -> Ack:
    """The ack in exactly these bytes; raises BadMessage, also for a refusal without a reason."""
    found = _from_bytes(raw, ACK)
    if (found["outcome"] == "done") == ("code" in found):
        raise BadMessage("a code says why something was not done")
    _check_place(found)
    found["body"] = _unpack(found["body"], ACK_BODY)
    return Ack(**found)


def encode_event(event: Event) -> bytes:
    """Bytes of an event; raises BadMessage."""
    shape = _shape_named(EVENTS, event.type)
    named = {**_common(event, "seq", "at"), **_place(event), "type": shape.number}
    return _to_bytes(named | {"body": _pack(event.body, shape.fields)}, EVENT)


def decode_event(raw: bytes) -> Event:
    """The event in exactly these bytes; raises BadMessage."""
    found = _from_bytes(raw, EVENT)
    _check_place(found)
    found["type"], shape = _shape_numbered(EVENTS, found["type"])
    found["body"] = _unpack(found["body"], shape.fields)
    return Event(**found)


def encode_state(state: State) -> bytes:
    """Bytes of a state; raises BadMessage."""
    kept = [field for field in STATE if field is not _VERSION]
    names = [field.name for field in kept if not (field.optional and getattr(state, field.name) is None)]
    return _to_bytes({**_common(state, *names), "keys": list(state.keys)}, STATE)


def decode_state(raw: bytes) -> State:
    """The state in exactly these bytes; raises BadMessage."""
    found = _from_bytes(raw, STATE)
    found["keys"] = tuple(found["keys"])
    return State(**found)


def limit_of(kind: str) -> int:
    """Maximum bytes of a signed message from or to a lock or kiosk."""
    return KIOSK_LIMIT if kind == "kiosk" else LOCK_LIMIT


def _common(message: Any, *names: str) -> Body:
    return {name: getattr(message, name) for name in names}


def _place(entry: Ack | Event) -> Body:
    named = {name: getattr(entry, name) for name in ("after", "prev") if getattr(entry, name) is not None}
    _check_place({"seq": entry.seq, **named})
    return named


def _check_place(found: Body) -> None:
    """An entry names number and digest of the entry before it, whose number is lower; the first names none."""
    if ("after" in found) != ("prev" in found):
        raise BadMessage("half a place in the chain")
    if "after" in found and (found["after"] >= found["seq"] or (found["after"] == 0) != (found["prev"] == NOTHING)):
        raise BadMessage("no place in the chain")


def _to_bytes(named: Body, fields: Sequence[Field]) -> bytes:
    return cbor.encode(_pack({"version": VERSION, **named}, fields))


def _from_bytes(raw: bytes, fields: Sequence[Field]) -> Body:
    if len(raw) > KIOSK_LIMIT:
        raise BadMessage("too long")
    try:
        value = cbor.decode(raw)
    except cbor.NotCanonical as error:
        raise BadMessage("not deterministic CBOR") from error
    named = _unpack(value, fields)
    del named["version"]
    return named


def _pack(named: Mapping[str, Any], fields: Sequence[Field]) -> dict[int, Any]:
    known = {field.name for field in fields}
    if not known.issuperset(named):
        raise BadMessage("a field this message does not have")
    packed = {field.number: named[field.name] for field in fields if field.name in named}
    _unpack(packed, fields)
    return packed


def _unpack(value: Any, fields: Sequence[Field]) -> Body:
    if not isinstance(value, dict):
        raise BadMessage("not a map")
    named: Body = {}
    for field in fields:
        if field.number in value:
            if not field.kind(value[field.number]):
                raise BadMessage(f"{field.name} is not what it may be")
            named[field.name] = value[field.number]
        elif not field.optional:
            raise BadMessage(f"{field.name} is missing")
    if len(named) != len(value):
        raise BadMessage("an unknown field")
    return named


def _shape_named(catalog: Mapping[str, Shape], name: str) -> Shape:
    if name not in catalog:
        raise BadMessage("an unknown type")
    return catalog[name]


def _shape_numbered(catalog: Mapping[str, Shape], number: int) -> tuple[str, Shape]:
    for name, shape in catalog.items():
        if shape.number == number:
            return name, shape
    raise BadMessage("an unknown type")
