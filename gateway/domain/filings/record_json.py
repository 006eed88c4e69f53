"""Registrations as JSON and back. Reading is strict: no unknown, missing, repeated or mistyped fields."""

import json
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, Union, cast, get_args, get_origin, get_type_hints

from gateway.domain.filings.record import Registration

Reader = Callable[[object], object]


class BadRegistration(Exception):
    """The text is not a registration. The message names the field, never its value."""


class _Wrong(Exception):
    """A wrong value: the complaint, and the path from the object being read."""

    def __init__(self, complaint: str, path: str = "") -> None:
        super().__init__(complaint)
        self.complaint, self.path = complaint, path


def registration_to_json(registration: Registration) -> str:
    """The registration as one line of ASCII JSON with sorted keys; unpaired surrogates are kept."""
    return json.dumps(asdict(registration), sort_keys=True, separators=(",", ":"), allow_nan=False)


def registration_from_json(text: str | bytes) -> Registration:
    """The registration written by registration_to_json. Raises BadRegistration."""
    try:
        tree = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates)
    except ValueError:
        raise BadRegistration("not JSON") from None
    try:
        record = _reader(Registration)(tree)
    except _Wrong as wrong:
        raise BadRegistration(f"registration{wrong.path} {wrong.complaint}") from None
    return cast("Registration", record)


def _refuse_constant(name: str) -> NoReturn:
    raise BadRegistration(f"{name} is not JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise BadRegistration("a field is given twice")
    return tree


def _record_reader(kind: Any) -> Reader:
    """A reader of JSON objects into the dataclass `kind`."""
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    required = {field.name for field in fields(kind) if field.default is MISSING}

    def read(tree: object) -> object:
        if not isinstance(tree, dict):
            raise _Wrong("is not an object")
        if tree.keys() != readers.keys():
            _refuse_names(tree.keys() - readers.keys(), required - tree.keys())
        values, name = {}, ""
        try:
            for name, value in tree.items():
                values[name] = readers[name](value)
        except _Wrong as wrong:
            raise _Wrong(wrong.complaint, f".{name}{wrong.path}") from None
        return kind(**values)

    return read


def _refuse_names(unknown: set[str], missing: set[str]) -> None:
    if unknown:
        raise _Wrong(f"has {len(unknown)} unknown field(s)")
    if missing:
        raise _Wrong(f"lacks {', '.join(sorted(missing))}")


@cache
def _reader(hint: Any) -> Reader:
    """A reader of values of this type; cached, because thousands of records are read."""
    origin = get_origin(hint)
    if is_dataclass(hint):
        return _record_reader(hint)
    if origin is tuple:
        return _items_reader(_reader(get_args(hint)[0]))
    if origin in (Union, UnionType):
        inner = _reader(next(arg for arg in get_args(hint) if arg is not NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is Literal:
        words = get_args(hint)
        return lambda value: _fitting(value, value in words)
    return lambda value: _fitting(value, type(value) is hint)


def _fitting(value: object, fits: bool) -> object:
    if not fits:
        raise _Wrong("has a wrong type or an unknown word")
    return value


def _items_reader(read_item: Reader) -> Reader:
    def read(value: object) -> object:
        if not isinstance(value, list):
            raise _Wrong("is not a list")
        items: list[object] = []
        try:
            items.extend(map(read_item, value))
        except _Wrong as wrong:
            raise _Wrong(wrong.complaint, f"[{len(items)}]{wrong.path}") from None
        return tuple(items)

    return read
