"""The registries that a unit reports to, in order, what they require together, and what each is told of a stay."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.domain.errors import Conflict
from gateway.domain.filings.fill import fill
from gateway.domain.filings.record import Address, Kind, LandlordFacts, PartyRole, PersonFacts, StayFacts, UnitFacts
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.registry_profile import Party, RegistryProfile
from gateway.domain.filings.required_facts import RequiredFacts, asked_by_all
from gateway.domain.stays.booking import Booking, with_terms
from gateway.journey.filings.held_records import REGISTERED_BY_HAND
from gateway.registries import REGISTRIES, rule_against
from gateway.store import Destination, Person, Registration, Stay, Unit
from gateway.texts.marks import N_

_FAMILY: Final[tuple[PartyRole, PartyRole]] = ("head_of_family", "family_member")
_GROUP: Final[tuple[PartyRole, PartyRole]] = ("head_of_group", "group_member")
FOLLOWS_BY_HAND: Final = "follows_by_hand"
HAS_LEFT: Final = "has_left"
OF_LANDLORD: Final = "landlord."
"""Begins the path of a unit's fact that is the landlord's at one registry only."""


def profile_at(destination: Destination) -> RegistryProfile:
    """How this registry takes records."""
    return REGISTRIES[destination.registry_name]


def destination_of(row: Registration) -> Destination:
    """Where a record was filed. Raises Conflict if the unit no longer reports there."""
    for destination in row.stay.unit.destinations:
        if destination.registry_name == row.registry_name:
            return destination
    raise Conflict(N_("The unit no longer reports to this registry."))


def why_by_hand(
    destination: Destination, record: Record, earlier: Registration | None, now: int, *, gone: bool = False
) -> tuple[str, dict[str, str | int]] | None:
    """Why a person registers this by hand, as the code and arguments of an answer; None for what is sent.

    The registry's interface knows no record that was made by hand, so what follows one is made by hand too. `gone`: it
    changes what is known of somebody who has left.
    """
    if gone and profile_at(destination).after_departure == "by_hand":
        return HAS_LEFT, {}
    if found := rule_against(destination.registry_name, record, now):
        return found.rule, {"field": found.field}
    follows = earlier is not None and earlier.answer_code == REGISTERED_BY_HAND
    return (FOLLOWS_BY_HAND, {}) if follows else None


def registries_of(unit: Unit) -> list[str]:
    """The names of the registries that the unit reports to, in order."""
    return [destination.registry_name for destination in unit.destinations]


def asked_at(unit: Unit) -> RequiredFacts:
    """What the unit's registries require together, so that a tenant is asked once."""
    return asked_by_all(profile_at(destination).facts for destination in unit.destinations)


def facts_by_owner(facts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The facts of the unit, and those of its landlord at one registry, by path."""
    of_landlord = {path.removeprefix(OF_LANDLORD): text for path, text in facts.items() if path.startswith(OF_LANDLORD)}
    return {path: text for path, text in facts.items() if not path.startswith(OF_LANDLORD)}, of_landlord


def unit_facts(destination: Destination) -> UnitFacts:
    """The unit as this registry takes it."""
    unit = destination.unit
    facts = UnitFacts(
        code=unit.code,
        address=Address(street=unit.address),
        area=unit.area,
        jurisdiction=unit.jurisdiction,
        timezone=unit.timezone,
        name=unit.label,
    )
    return fill(facts, facts_by_owner(destination.registry_facts)[0])


def landlord_facts(destination: Destination) -> LandlordFacts:
    """The landlord as this registry takes it; the unit may have facts of its own for it, as its number there."""
    landlord = destination.unit.landlord
    facts = LandlordFacts(id=landlord.id, name=landlord.name, phone=landlord.phone, email=landlord.email or "")
    return fill(facts, landlord.registry_facts | facts_by_owner(destination.registry_facts)[1])


def party_of(destination: Destination) -> Party:
    """How this authority files people who came together."""
    return profile_at(destination).party


def takes_departures(destination: Destination) -> bool:
    """Whether this authority is told when somebody leaves."""
    return profile_at(destination).changes["check_out"] == "send"


def takes_back_departures(destination: Destination) -> bool:
    """Whether somebody can be here again of whom this authority was told, if it was, that they left."""
    return not takes_departures(destination) or profile_at(destination).after_departure != "by_hand"


def arrival_date(stay: Stay, person: Person) -> date:
    """The day on which the person came, in the unit's time zone."""
    return day_at(stay, person.arrived_at or stay.from_at)


def day_at(stay: Stay, at: int) -> date:
    """The day of this time where the unit is."""
    return datetime.fromtimestamp(at, ZoneInfo(stay.unit.timezone)).date()


def own_arrival(stay: Stay, at: int) -> int | None:
    """When somebody who registers at `at` arrived: None with the stay, or `at` on a later day than the stay began."""
    return at if at > stay.from_at and day_at(stay, at) != day_at(stay, stay.from_at) else None


def arrival_on_registering(stay: Stay, person: Person) -> int | None:
    """When somebody who registers now arrives: as planned, as an adult said of a child, or now as own_arrival says."""
    planned = (person.arrived_at or 0) > person.created_at
    said = planned or (person.head_id is not None and person.arrived_at is not None)
    return person.arrived_at if said else own_arrival(stay, person.created_at)


def period_begins(stay: Stay, people: Iterable[Person], destination: Destination) -> int:
    """When these people's stay begins as one record says it: with the first who came, or in rows with the last."""
    came = [person.arrived_at or stay.from_at for person in people]
    return max(came) if party_of(destination) == "rows" else min(came)


def period(
    stay: Stay, people: Sequence[Person], destination: Destination, kind: Kind, booking: Booking | None = None
) -> StayFacts:
    """The stay as these people spend it: from the first who came, or in rows from the last, until it ends for them."""
    ends = _ends(stay, kind)
    left = [person.left_at or min(person.leaves_at or ends, ends) for person in people]
    begins = period_begins(stay, people, destination)
    facts = StayFacts(id=stay.id, from_at=begins, until_at=max(*left, begins + 1), agreed_at=stay.created_at)
    return with_terms(facts, booking) if booking else facts


def has_left(stay: Stay, person: Person) -> bool:
    """Whether the person left, before the others or when the stay ended."""
    return person.left_at is not None or (stay.ended_at is not None and stay.from_at < stay.ended_at)


def _ends(stay: Stay, kind: Kind) -> int:
    """When the stay ends: as it was agreed in a booking, else when it actually ended if that was earlier."""
    early = kind != "booking" and stay.ended_at is not None and stay.from_at < stay.ended_at < stay.until_at
    return stay.ended_at if early and stay.ended_at is not None else stay.until_at


def record_of(
    stay: Stay,
    people: Sequence[Person],
    destination: Destination,
    kind: Kind,
    known: Mapping[str, PersonFacts],
    booking: Booking | None,
) -> Record:
    """The record of these people at this registry, in their order; everybody is `known`, by id."""
    spent = period(stay, people, destination, kind, booking)
    facts = [replace(known[one.id], arrived_at=_after(spent.from_at, one.arrived_at)) for one in people]
    if party_of(destination) != "apart" and len(facts) > 1:
        head, member = _GROUP if stay.party_is_group else _FAMILY
        facts = [replace(facts[0], role=head), *(replace(one, role=member) for one in facts[1:])]
    return Record(
        id="",
        kind=kind,
        reference="",
        unit=unit_facts(destination),
        stay=spent,
        people=tuple(facts),
        landlord=landlord_facts(destination),
    )


def _after(begins: int, arrived_at: int | None) -> int:
    """The arrival of somebody who came after this; else 0."""
    return arrived_at if arrived_at is not None and arrived_at > begins else 0
