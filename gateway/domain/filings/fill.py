"""Sets fields of registry facts by path ("unit.address.postal_code"), as settings, forms and problems() name them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, get_type_hints

from gateway.domain.filings.record import PersonFacts, Registration

Facts = TypeVar("Facts")


class UnknownFact(ValueError):
    """No text field has this path; the message is the path."""


class NotOffered(UnknownFact):
    """The field takes one of some words, and the text is none of them; the message is the path."""


def fill(facts: Facts, values: Mapping[str, str]) -> Facts:
    """The facts (a unit, a person, a landlord, …) with the texts set by path. Raises UnknownFact."""
    for path, text in values.items():
        facts = _with(facts, path.split("."), text, path)
    return facts


def fill_record(record: Registration, values: Mapping[str, str]) -> Registration:
    """The record with "unit.…", "landlord.…" and, for every person, "person.…" set. Raises UnknownFact."""
    parts: dict[str, dict[str, str]] = {"unit": {}, "landlord": {}, "person": {}}
    for path, text in values.items():
        head, _, rest = path.partition(".")
        if head not in parts or not rest:
            raise UnknownFact(path)
        parts[head][rest] = text
    people: tuple[PersonFacts, ...] = tuple(fill(person, parts["person"]) for person in record.people)
    unit, landlord = fill(record.unit, parts["unit"]), fill(record.landlord, parts["landlord"])
    return replace(record, unit=unit, landlord=landlord, people=people)


def _with(facts: Any, steps: list[str], text: str, path: str) -> Any:
    name, rest = steps[0], steps[1:]
    if not is_dataclass(facts) or name not in {field.name for field in fields(facts)}:
        raise UnknownFact(path)
    if rest:
        return replace(facts, **{name: _with(getattr(facts, name), rest, text, path)})  # type: ignore[type-var]
    hint = get_type_hints(type(facts))[name]
    words = getattr(hint, "__args__", ())
    if hint is not str and text not in words:
        raise NotOffered(path)
    return replace(facts, **{name: text})  # type: ignore[type-var]
