"""What a registry requires beyond a passport: from the operator once, and from the tenant during onboarding."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce


@dataclass(frozen=True, slots=True)
class RequiredFacts:
    """Paths as `fill` takes them. `person`: what no document states, so the tenant is asked.

    `one_of`: alternatives, one of which is enough. `minor`: for minors only. `at_home`: for the country's nationals.
    `only_if`: by path, the fields of the document or other facts that decide whether it is asked, each with the values
    for which it is; all of them have to hold.
    """

    unit: tuple[str, ...] = ()
    landlord: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    minor: tuple[str, ...] = ()
    at_home: tuple[str, ...] = ()
    only_if: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def of_tenant(self) -> tuple[str, ...]:
        """Paths a tenant is asked for beyond the document; those that apply to some tenants only come last."""
        return (*self.person, *self.one_of, *self.minor, *self.at_home)


def asked_by_all(registries: Iterable[RequiredFacts]) -> RequiredFacts:
    """What several registries require together, each path once and as the strictest of them requires it.

    One of several is enough only for a path that every one of them takes as enough; where there is none, all are asked.
    """
    return reduce(_both, registries, RequiredFacts())


def _both(first: RequiredFacts, second: RequiredFacts) -> RequiredFacts:
    person = _once((*first.person, *second.person))
    groups = [facts.one_of for facts in (first, second) if facts.one_of and not {*facts.one_of} & {*person}]
    one_of = tuple(path for path in groups[0] if path in groups[-1]) if groups else ()
    if groups and not one_of:
        person = _once((*person, *groups[0], *groups[-1]))
    return RequiredFacts(
        unit=_once((*first.unit, *second.unit)),
        landlord=_once((*first.landlord, *second.landlord)),
        person=person,
        one_of=one_of,
        minor=_once((*first.minor, *second.minor), person),
        at_home=_once((*first.at_home, *second.at_home), person),
        only_if=_conditions(first, second) | _conditions(second, first),
    )


def _conditions(facts: RequiredFacts, other: RequiredFacts) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """The conditions of `facts` that hold for both: a path that the other asks without them is always asked."""
    same = {path for path, found in facts.only_if.items() if other.only_if.get(path) == found}
    return {path: found for path, found in facts.only_if.items() if path in same or path not in other.of_tenant}


def _once(paths: tuple[str, ...], but: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for path in paths if path not in but))
