"""A registration as JSON text and back, strictly: nothing unknown, nothing missing, nothing of another type."""

import json
from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from gateway.domain.registration import Registration

T = TypeVar("T")


class BadRegistration(Exception):
    """The text is not a registration; the message names the field, never its value."""


def registration_to_json(registration: Registration) -> str:
    """The registration as one line of ASCII JSON with sorted keys; any text can be kept, also half characters."""
    return json.dumps(asdict(registration), sort_keys=True, separators=(",", ":"), allow_nan=False)


def registration_from_json(text: str | bytes) -> Registration:
    """The registration that registration_to_json wrote; raises BadRegistration."""
    try:
        tree = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates)
    except ValueError:
        raise BadRegistration("not JSON") from None
    return _record(Registration, tree, "registration")


def _refuse_constant(name: str) -> NoReturn:
    raise BadRegistration(f"{name} is not JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise BadRegistration("a field is given twice")
    return tree


def _record(kind: type[T], tree: object, path: str) -> T:
    if not isinstance(tree, dict):
        raise BadRegistration(f"{path} is not an object")
    known: Any = kind
    hints = _hints(known)
    if unknown := tree.keys() - hints.keys():
        raise BadRegistration(f"{path} has {len(unknown)} unknown field(s)")
    required = {f.name for f in fields(kind) if f.default is MISSING}  # type: ignore[arg-type]  # T is a dataclass
    if missing := required - tree.keys():
        raise BadRegistration(f"{path} lacks {', '.join(sorted(missing))}")
    return kind(**{name: _value(hints[name], value, f"{path}.{name}") for name, value in tree.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: object, path: str) -> object:
    origin = get_origin(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint, value, path)
    if origin is tuple:
        return _items(get_args(hint)[0], value, path)
    if origin in (Union, UnionType):
        return None if value is None else _value(next(a for a in get_args(hint) if a is not NoneType), value, path)
    fits = value in get_args(hint) if origin is Literal else type(value) is hint
    if not fits:
        raise BadRegistration(f"{path} has a wrong type or an unknown word")
    return value


def _items(hint: Any, value: object, path: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise BadRegistration(f"{path} is not a list")
    return tuple(_value(hint, item, f"{path}[{index}]") for index, item in enumerate(value))
