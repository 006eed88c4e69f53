"""What is wrong with a refused registration, for each of its people, and the fields that they can correct."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.filings.record import FieldProblem
from gateway.domain.filings.record import Registration as Record
from gateway.domain.jurisdiction import profile_for
from gateway.journey.filings.corrections import CORRECTABLE, IN_RECORD
from gateway.journey.filings.destinations import asked_at
from gateway.journey.filings.held_records import REPORTED, WITH_REFUSALS, refused_people
from gateway.store import Offer, Person, Registration, RegistrationPerson, Stay

# paths of a record that name a whole part of it -> the field to correct
WHOLE: Final = {
    "document": "id_number",
    "residence": "residence.street",
    "visa": "visa.kind",
    "entry": "entry.crossing",
}
FIELD_AT: Final = {path: name for name, path in IN_RECORD.items() if name != "name"}
ALWAYS: Final = ("surname", "given_names", "document_kind", "id_number", "issuing_state")
Rules = Callable[[Record], Sequence[FieldProblem]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One person of a refused record. `number` is the person's place in it, from 1.

    `problems`: what the registry's rules find, () if the registry refused in its own words. `fields`: the names that a
    correction by the person can give, () if it is not the person's to correct.
    """

    row: Registration
    number: int
    problems: tuple[FieldProblem, ...]
    fields: tuple[str, ...]


def own_refusals(session: Session, offer: Offer) -> list[Registration]:
    """The refused records of who registered with this link, and of the children they declared, still to be mended."""
    people = select(Person.id).where((Person.id == offer.person_id) | (Person.head_id == offer.person_id))
    named = select(RegistrationPerson.registration_id).where(RegistrationPerson.person_id.in_(people))
    query = select(Registration).where(
        Registration.stay_id == offer.stay_id,
        Registration.id.in_(named),
        Registration.kind.in_(REPORTED),
        Registration.state.in_(WITH_REFUSALS),
        Registration.refiled_id.is_(None),
    )
    return list(session.scalars(query.order_by(Registration.number)))


def person_at(session: Session, row: Registration, number: int | None) -> Person | None:
    """The person at this place of a record, from 1; without a place, the one it was made for."""
    if number is None:
        return session.get_one(Person, row.person_id)
    part = next((part for part in row.parts if part.position == number - 1), None)
    return session.get(Person, part.person_id) if part is not None else None


def belongs_to(offer: Offer, person: Person) -> bool:
    """Whether somebody with this link may correct the person: themselves, or a child they declared."""
    return offer.person_id is not None and offer.person_id in (person.id, person.head_id)


def refusals_of(
    session: Session, row: Registration, record: Record, rules: Rules | None, offer: Offer
) -> list[Refusal]:
    """What each person of this link can do about a refused record; `rules` are its registry's."""
    found = tuple(rules(record)) if rules is not None and row.answer_text is None else ()
    index_of = {person.id: index for index, person in enumerate(record.people)}
    refused, listed = refused_people(row), []
    for part in row.parts:
        person = session.get(Person, part.person_id)
        if person is None or part.person_id not in refused or not belongs_to(offer, person):
            continue
        at = f"people[{index_of.get(person.id, -1)}]"
        own = tuple(problem for problem in found if problem.field.startswith(at))
        named = tuple(dict.fromkeys(name for problem in own if (name := field_at(problem.field))))
        fields = named or (asked_fields(row.stay) if own or not found else ())
        listed.append(Refusal(row, part.position + 1, own or found, fields))
    return listed


def field_at(path: str) -> str | None:
    """The name by which a correction gives this field of a person in a record, or None."""
    inner = path.partition("].")[2]
    name = WHOLE.get(inner) or FIELD_AT.get(inner, inner)
    return name if name in CORRECTABLE else None


def asked_fields(stay: Stay) -> tuple[str, ...]:
    """Every field that this place asks of a tenant."""
    profile, facts = profile_for(stay.unit.jurisdiction), asked_at(stay.unit)
    asked = [name for name in profile.fields if name in CORRECTABLE and name != "name"]
    return tuple(dict.fromkeys((*ALWAYS, *asked, *facts.of_tenant)))
