"""Who is registered for a stay, numbered for the landlord and never named."""

from collections.abc import Sequence

from pydantic import BaseModel

from gateway.domain.stays.stay import wall_clock
from gateway.store import Person, Stay


class PersonOfStay(BaseModel):
    """A person registered for a stay, by number from 1 in the order of registration; never by name.

    `offer_id`: the first link of an adult, by which another phone, an arrival or a departure of theirs is recorded;
    null for a declared child, who comes and leaves with the person `declared_by`. `left`: whether they left before the
    stay ended. `leaves`: when they said that they leave early, else null.
    """

    number: int
    offer_id: str | None
    declared_by: int | None
    left: bool
    leaves: str | None


def people_of_stay(stay: Stay, people: Sequence[Person]) -> list[PersonOfStay]:
    """Present who is registered for a stay, in the order of registration. A second phone is no other person."""
    zone = stay.unit.timezone
    numbers = {person.id: number for number, person in enumerate(people, 1)}
    links: dict[str | None, str] = {}
    for offer in stay.offers:
        links.setdefault(offer.person_id, offer.id)
    return [
        PersonOfStay(
            number=number,
            offer_id=links.get(person.id),
            declared_by=numbers.get(person.head_id or "") if person.id not in links else None,
            left=person.left_at is not None,
            leaves=wall_clock(person.leaves_at, zone) if person.leaves_at is not None else None,
        )
        for number, person in enumerate(people, 1)
    ]
