"""What an authority has to hold of a crowd in the end, from what the crowd did; nothing is read from the gateway."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from benchmarks.books.visit import Visit, day_at
from benchmarks.crowds.check_in import Outcome
from benchmarks.crowds.during_stay import Stayed
from benchmarks.parties.parties import Party
from benchmarks.parties.people import STATELESS

OWN_NATIONALS_LEFT_OUT: Final = {"pt": "PRT", "cz": "CZE"}
"""Who is not reported: SIBA and UbyPort are told of foreigners only."""
PARTS_OF_DATES: Final = ("sandbox", "cz")
"""Where a date of birth may be known in part; elsewhere nobody without a whole one can be sent."""
DEPARTURES_UNREPORTED: Final = ("es", "it", "cz")
"""Which are told the agreed end of a stay, and not when somebody really leaves."""
DEPARTURES_BESIDE: Final = ("pt",)
"""Whose departure is a record of its own beside the arrival's."""
TODAY_ONLY: Final = ("it",)
"""Which takes arrivals of today and yesterday: what changes is an arrival of the day on which it is told."""
CITIZENS_ONLY: Final = ("si", "hr")
"""Which have no code for people without a citizenship."""


def planned_visits(stays: Iterable[Stayed], registry: str, zone: str, by_hand: Collection[str]) -> Iterator[Visit]:
    """Everybody who was taken at the door and is to be reported, but for whom the landlord registered by hand.

    `by_hand`: these people's ids; it counts only where the authority's interface does not take somebody of the party.
    """
    for stayed in stays:
        excused = by_hand if not_all_are_taken(stayed.party, registry) else ()
        for outcome in stayed.everybody:
            reported = outcome.traveller.person.nationality != OWN_NATIONALS_LEFT_OUT.get(registry)
            if outcome.person and reported and outcome.person not in excused:
                yield _visit(outcome, stayed, registry, zone)


def not_all_are_taken(party: Party, registry: str) -> bool:
    """Whether this authority's interface does not take somebody of the party, with whom others are filed together."""
    people = [one.person for one in party.people]
    in_part = any(person.birth_stated != person.born.isoformat() for person in people)
    without = any(person.nationality in STATELESS for person in people)
    return (in_part and registry not in PARTS_OF_DATES) or (without and registry in CITIZENS_ONLY)


def _visit(outcome: Outcome, stayed: Stayed, registry: str, zone: str) -> Visit:
    person, changes = outcome.traveller.person, outcome.changes
    if registry == "it" and not outcome.with_document:
        changes = [*changes, *stayed.adults[0].changes]
    came, left = outcome.came or stayed.begins, min(outcome.left or stayed.ends, stayed.ends)
    if registry in DEPARTURES_UNREPORTED:
        left = min(outcome.leaves or stayed.agreed_end, stayed.agreed_end)
    if registry in TODAY_ONLY:
        came = max(came, *changes, 0)
    records = 1 + len(changes) + (registry in DEPARTURES_BESIDE)
    return Visit(person.birth_stated or person.born.isoformat(), day_at(came, zone), day_at(left, zone), records)
