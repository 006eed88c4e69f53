"""The registries' rules before anything is filed: for the dates a landlord sets, and for who arrives at the door."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict
from gateway.domain.filings.deadlines import deadline
from gateway.domain.filings.field_names import form_name, path_in_person
from gateway.domain.filings.record import FieldProblem, Kind, PersonFacts, StayFacts
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.verification.field_sources import FACT
from gateway.journey.filings.destinations import (
    arrival_on_registering,
    asked_at,
    landlord_facts,
    own_arrival,
    unit_facts,
)
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.filings.records import arrival_records
from gateway.journey.keys.keyring import Keyring
from gateway.registries import REGISTRIES, registry_problems, to_correct
from gateway.store import Person, Stay
from gateway.texts.marks import N_

NOT_KNOWN: Final = ("", "unknown", "none", "other")
"""Values of a record that say nothing: a document that could not be read leaves them."""

END: Final = "stay.until_at"
END_IN_FORM: Final = "until"
OTHER_DATES: Final = N_("The registry does not accept a stay on these dates. Ask your landlord to change its end.")

Named = tuple[str, FieldProblem]  # the name of the field in the form, and what is wrong


def refuse_arrival(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> None:
    """Raise FieldsRefused for each field of this person that a registry of the unit would refuse on arrival.

    Raises Conflict where one would refuse the dates, which are the landlord's to change.
    """
    fields = person_fields(person, keyring)
    _refuse_dates(session, stay, person, fields, keyring, now)
    _refuse([named(problem) for _, problem in _own_problems(session, stay, person, fields, keyring, now)])


def arrival_problems(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> list[Named]:
    """What a registry of the unit would refuse of this person on arrival, by the field's name in a form."""
    fields = person_fields(person, keyring)
    return [named(problem) for _, problem in _own_problems(session, stay, person, fields, keyring, now)]


def refuse_given(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> None:
    """`refuse_arrival` for a person whose document is still to be looked at. Raises what given_problems returns."""
    fields = person_fields(person, keyring)
    _refuse_dates(session, stay, person, fields, keyring, now)
    _refuse(given_problems(session, stay, person, fields, keyring, now))


def given_problems(
    session: Session, stay: Stay, person: Person, fields: Mapping[str, str], keyring: Keyring, now: int
) -> list[Named]:
    """What a registry would refuse of the fields that somebody gave; the person need not be stored.

    What only the document says may be missing; what is given, and what no document says, must be right. A fact that
    the document decides about may be missing while the document is not known.
    """
    asked = asked_at(stay.unit)
    found = _own_problems(session, stay, person, fields, keyring, now)
    return [
        named(one)
        for facts, one in found
        if _is_asked(path_in_person(one.field), asked, fields) or _is_known(facts, one.field)
    ]


def named(problem: FieldProblem) -> Named:
    """The problem with the name that a form has for its field."""
    return form_name(problem.field), problem


def problems_of(record: Record, person_id: str, registry: str, now: int) -> Iterator[tuple[PersonFacts, FieldProblem]]:
    """What this registry would refuse of one person of a record; nothing if this person is not reported there.

    A person's role in the record is ours to set, so it is not among them, and neither is what the person is registered
    by hand for: whoever cannot be filed is not kept out.
    """
    index = next((at for at, one in enumerate(record.people) if one.id == person_id), None)
    if index is None:
        return
    person = record.people[index]
    if deadline(replace(record, people=(person,)), now, REGISTRIES[registry].reporting) is None:
        return
    for found in to_correct(registry, registry_problems(registry, record, now)):
        if found.field.partition(".")[0] == f"people[{index}]" and path_in_person(found.field) != "role":
            yield person, found


def refuse_dates(stay: Stay, now: int) -> None:
    """Raise FieldsRefused where a registry of the unit would refuse how long the stay is.

    Counted for who arrives with the stay, or now if it has begun; where somebody has registered, as a change.
    """
    kind: Kind = "change" if stay.people else "check_in"
    problems: dict[str, FieldProblem] = {}
    for destination in stay.unit.destinations:
        facts = StayFacts(stay.id or "", own_arrival(stay, now) or stay.from_at, stay.until_at)
        unit, landlord = unit_facts(destination), landlord_facts(destination)
        record = Record(id="", kind=kind, reference="", unit=unit, stay=facts, people=(), landlord=landlord)
        for problem in _date_problems(destination.registry_name, record, now):
            problems.setdefault(problem.rule, problem)
    _refuse([(END_IN_FORM, problem) for problem in problems.values()])


def _date_problems(registry: str, record: Record, now: int) -> list[FieldProblem]:
    """What this registry would refuse of the end of the stay when the record is sent, on its first day or later."""
    return [one for one in registry_problems(registry, record, max(now, record.stay.from_at)) if one.field == END]


def _refuse_dates(
    session: Session, stay: Stay, person: Person, fields: Mapping[str, str], keyring: Keyring, now: int
) -> None:
    """Raise Conflict if a registry of the unit would refuse the dates of this person's record."""
    person.arrived_at = arrival_on_registering(stay, person)
    for registry, record in arrival_records(session, stay, person, fields, keyring).items():
        own = tuple(one for one in record.people if one.id == person.id)
        reported = deadline(replace(record, people=own), now, REGISTRIES[registry].reporting) is not None
        if reported and _date_problems(registry, record, now):
            raise Conflict(OTHER_DATES)


def _own_problems(
    session: Session, stay: Stay, person: Person, fields: Mapping[str, str], keyring: Keyring, now: int
) -> list[tuple[PersonFacts, FieldProblem]]:
    """Of all registries of the unit; a field that two of them would refuse for the same rule is named once."""
    person.arrived_at = arrival_on_registering(stay, person)
    found: dict[tuple[str, str], tuple[PersonFacts, FieldProblem]] = {}
    for registry, record in arrival_records(session, stay, person, fields, keyring).items():
        for facts, problem in problems_of(record, person.id, registry, now):
            found.setdefault((path_in_person(problem.field), problem.rule), (facts, problem))
    return list(found.values())


def _is_asked(path: str, asked: RequiredFacts, fields: Mapping[str, str]) -> bool:
    """Whether the fact is asked of this person; not yet, where it is not known what decides about it."""
    decides = asked.only_if.get(path, {})
    return path in asked.of_tenant and all(
        (fields.get(name) or fields.get(FACT + name, "")) in values for name, values in decides.items()
    )


def _is_known(facts: PersonFacts, field: str) -> bool:
    """Whether the record holds a value at the field's path."""
    value: object = facts
    for step in path_in_person(field).split("."):
        value = getattr(value, step)
    return isinstance(value, str) and value not in NOT_KNOWN


def _refuse(found: Sequence[Named]) -> None:
    if found:
        raise FieldsRefused(found)
