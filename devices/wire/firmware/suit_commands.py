"""Command sequences of SUIT manifests (draft-ietf-suit-manifest-37 §8.4.6 to §8.4.10), named and checked."""

import hashlib
from collections.abc import Set
from typing import Any, Final

from certs import cbor
from devices.wire.errors import BadManifest
from devices.wire.fields import Kind, flag, octets, text, whole

SHA256: Final = -16  # RFC 9054 §2.1
MAX_COMMANDS: Final = 32
MAX_NESTING: Final = 4
MAX_ALTERNATIVES: Final = 4

CONDITIONS: Final[dict[int, str]] = {
    1: "vendor_identifier",
    2: "class_identifier",
    3: "image_match",
    5: "component_slot",
    6: "check_content",
    14: "abort",
    24: "device_identifier",
}
DIRECTIVES: Final[dict[int, str]] = {18: "write", 21: "fetch", 22: "copy", 23: "invoke", 31: "swap"}
SET_INDEX, TRY_EACH, OVERRIDE, RUN = 12, 15, 20, 32
STRUCTURED: Final[dict[int, str]] = {
    SET_INDEX: "set_component_index",
    TRY_EACH: "try_each",
    OVERRIDE: "override_parameters",
    RUN: "run_sequence",
}
NAMES: Final = CONDITIONS | DIRECTIVES | STRUCTURED
NUMBERS: Final = {name: number for number, name in NAMES.items()}
IMAGE_DIGEST: Final = 3
PARAMETERS: Final[dict[int, tuple[str, Kind]]] = {
    1: ("vendor_id", octets(16, 16)),
    2: ("class_id", octets(16, 16)),
    IMAGE_DIGEST: ("image_digest", octets(1, 64)),
    5: ("component_slot", whole(0, 255)),
    12: ("strict_order", flag),
    13: ("soft_failure", flag),
    14: ("image_size", whole(0, 2**32 - 1)),
    18: ("content", octets(0, 256)),
    21: ("uri", text(256)),
    22: ("source_component", whole(0, 255)),
    23: ("invoke_args", octets(0, 256)),
}
PARAMETER_NUMBERS: Final = {name: number for number, (name, _) in PARAMETERS.items()}
_POLICY, _INDEX = whole(0, 15), whole(0, 255)

Command = tuple[str, Any]  # name, and its argument: a reporting policy, an index, parameters by name, or sequences
Sequence = tuple[Command, ...]


def digest_of(content: bytes) -> list[Any]:
    """SUIT_Digest of bytes."""
    return [SHA256, hashlib.sha256(content).digest()]


def read_digest(value: Any) -> bytes:
    """The 32 bytes of a SUIT_Digest by SHA-256. Raises BadManifest."""
    if type(value) is not list or len(value) != 2 or value[0] != SHA256 or not octets(32, 32)(value[1]):
        raise BadManifest("not a digest by SHA-256")
    return bytes(value[1])


def whole_map(raw: Any, needed: Set[int], optional: Set[int]) -> dict[int, Any]:
    """The map in exactly these bytes, with all of `needed` and none but `optional` besides. Raises BadManifest."""
    found = _decoded(raw)
    if type(found) is not dict or not needed <= set(found) <= needed | optional:
        raise BadManifest("a member is missing or unknown")
    return found


def decode(raw: Any, *, shared: bool = False, nesting: int = MAX_NESTING) -> Sequence:
    """The commands in exactly these bytes; in a shared sequence no directive that acts. Raises BadManifest."""
    listed = _decoded(raw)
    if nesting == 0 or type(listed) is not list or len(listed) % 2 or not 0 < len(listed) <= 2 * MAX_COMMANDS:
        raise BadManifest("no commands, too many, or nested too deeply")
    return tuple(
        _command(number, argument, shared, nesting) for number, argument in zip(listed[::2], listed[1::2], strict=True)
    )


def encode(sequence: Sequence) -> bytes:
    """Bytes of a sequence."""
    return cbor.encode([part for name, argument in sequence for part in (NUMBERS[name], _packed(name, argument))])


def _command(number: Any, argument: Any, shared: bool, nesting: int) -> Command:
    if type(number) is not int or number not in NAMES or (shared and number in DIRECTIVES):
        raise BadManifest("an unknown command")
    if number in STRUCTURED:
        return NAMES[number], _structured(number, argument, shared, nesting)
    if not _POLICY(argument):
        raise BadManifest("not a reporting policy")
    return NAMES[number], argument


def _structured(number: int, argument: Any, shared: bool, nesting: int) -> Any:
    if number == SET_INDEX:
        return _index(argument)
    if number == OVERRIDE:
        return _parameters(argument)
    if number == RUN:
        return decode(argument, shared=shared, nesting=nesting - 1)
    return _alternatives(argument, shared, nesting)


def _index(argument: Any) -> Any:
    several = type(argument) is list and argument and all(map(_INDEX, argument))
    if argument is not True and not _INDEX(argument) and not several:
        raise BadManifest("not an index of components")
    return argument


def _parameters(argument: Any) -> dict[str, Any]:
    if type(argument) is not dict or not argument:
        raise BadManifest("no parameters")
    named: dict[str, Any] = {}
    for number, value in argument.items():
        name, kind = PARAMETERS.get(number, ("", flag)) if type(number) is int else ("", flag)
        if not name or not kind(value):
            raise BadManifest("an unknown parameter, or not what it may be")
        named[name] = read_digest(_decoded(value)) if number == IMAGE_DIGEST else value
    return named


def _alternatives(argument: Any, shared: bool, nesting: int) -> list[Sequence | None]:
    if type(argument) is not list or not 2 <= len(argument) <= MAX_ALTERNATIVES:
        raise BadManifest("not several alternatives")
    last = [None] if argument[-1] is None else []
    return [decode(one, shared=shared, nesting=nesting - 1) for one in argument[: len(argument) - len(last)]] + last


def _packed(name: str, argument: Any) -> Any:
    match name:
        case "override_parameters":
            return {PARAMETER_NUMBERS[each]: _value(each, value) for each, value in argument.items()}
        case "run_sequence":
            return encode(argument)
        case "try_each":
            return [None if one is None else encode(one) for one in argument]
        case _:
            return argument


def _value(parameter: str, value: Any) -> Any:
    return cbor.encode([SHA256, value]) if parameter == "image_digest" else value


def _decoded(raw: Any) -> Any:
    try:
        return cbor.decode(raw) if type(raw) is bytes else None
    except cbor.NotCanonical as error:
        raise BadManifest("not deterministic CBOR") from error
