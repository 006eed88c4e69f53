"""Deterministic CBOR (RFC 8949 §4.2.1), the encoding of everything that is signed.

Map keys are small integers (-24..23) or texts: for these cbor2's length-first order and the bytewise order of
RFC 8949 agree. Floats, tags and indefinite lengths occur in no message and are refused.
"""

from typing import Any

import cbor2

MAX_DEPTH = 8


class NotCanonical(ValueError):
    """Bytes that are not exactly one deterministically encoded item."""


def encode(value: Any) -> bytes:
    """Bytes of a value made of int, bytes, str, bool, None, list and dict."""
    return cbor2.dumps(value, canonical=True)


def decode(raw: bytes, *, identifiers: bool = False) -> Any:
    """Value of exactly one canonical item; raises NotCanonical for anything else, trailing bytes included.

    With `identifiers`, a map key may also be a list of byte strings (a component of a SUIT manifest), read as a tuple.
    """
    try:
        value = cbor2.loads(raw)
    except (cbor2.CBORError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
        raise NotCanonical("not CBOR") from error
    _require_plain(value, MAX_DEPTH, identifiers)
    if encode(value) != raw:
        raise NotCanonical("not the deterministic encoding")
    return value


def _require_plain(value: Any, depth: int, identifiers: bool) -> None:
    if depth == 0:
        raise NotCanonical("nested too deeply")
    if isinstance(value, list):
        for item in value:
            _require_plain(item, depth - 1, identifiers)
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_key(key, identifiers)
            _require_plain(item, depth - 1, identifiers)
    elif type(value) is int:
        if not -(2**64) <= value < 2**64:
            raise NotCanonical("integer out of range")
    elif value is not None and type(value) not in (bytes, str, bool):
        raise NotCanonical("a type that no message has")


def _require_key(key: Any, identifiers: bool) -> None:
    if identifiers and type(key) is tuple and all(type(part) is bytes for part in key):
        return
    if type(key) is not str and not (type(key) is int and -24 <= key <= 23):
        raise NotCanonical("map keys are small integers or texts")
