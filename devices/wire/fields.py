"""Kinds of message fields: each is a predicate over a decoded CBOR value."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Kind = Callable[[Any], bool]
_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """A field's number on the wire, its name in code, its kind, and whether it is optional."""

    number: int
    name: str
    kind: Kind
    optional: bool = False


def whole(low: int, high: int) -> Kind:
    """An integer in [low, high]; a bool is not one."""
    return lambda value: type(value) is int and low <= value <= high


def octets(low: int, high: int) -> Kind:
    """A byte string of low to high bytes."""
    return lambda value: type(value) is bytes and low <= len(value) <= high


def text(high: int) -> Kind:
    """A text of at most `high` characters."""
    return lambda value: type(value) is str and len(value) <= high


def word(*choices: str) -> Kind:
    """One of these texts."""
    return lambda value: type(value) is str and value in choices


def several(kind: Kind, high: int) -> Kind:
    """A list of at most `high` values of one kind."""
    return lambda value: type(value) is list and len(value) <= high and all(map(kind, value))


def flag(value: Any) -> bool:
    """True or false."""
    return type(value) is bool


def code(value: Any) -> bool:
    """A stable code: lower case, digits and underscores."""
    return type(value) is str and _CODE.match(value) is not None


ID: Final = octets(16, 16)
TIME: Final = whole(0, 2**32 - 1)
SEQ: Final = whole(1, 2**53)
NONCE: Final = octets(8, 32)
PERCENT: Final = whole(0, 100)
EPOCH: Final = whole(0, 2**32 - 1)
