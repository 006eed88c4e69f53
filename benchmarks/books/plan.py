"""What an authority has to hold of a crowd in the end, from what the crowd did; nothing is read from the gateway."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from benchmarks.books.visit import Visit, day_at
from benchmarks.crowds.check_in import Outcome
from benchmarks.crowds.during_stay import Stayed
from benchmarks.parties.people import STATELESS

LATER: Final = 2**63
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
CHILDREN_WITH_ADULT: Final = ("es",)
"""Whose parte has one day of arrival: a child who joins later is added to the adult's."""
CHECKED_OUT_FOR_GOOD: Final = ("hr",)
"""Which changes nobody who was checked out: who returns on the same day arrives anew; elsewhere they have not left."""
CITIZENS_ONLY: Final = ("si", "hr")
"""Which have no code for people without a citizenship."""


def planned_visits(stays: Iterable[Stayed], registry: str, zone: str, by_hand: Collection[str]) -> Iterator[Visit]:
    """Everybody who was taken at the door and is to be reported, but for whom the landlord registered by hand.

    `by_hand`: these people's ids; it counts only with, or after, somebody whom the authority's interface does not take.
    """
    for stayed in stays:
        since = [one.came or stayed.begins for one in stayed.everybody if _is_not_taken(one, registry)]
        for outcome in stayed.everybody:
            reported = outcome.traveller.person.nationality != OWN_NATIONALS_LEFT_OUT.get(registry)
            excused = outcome.person in by_hand and min(since, default=LATER) <= (outcome.came or stayed.begins)
            if outcome.person and reported and not excused:
                yield from _visits(outcome, stayed, registry, zone)


def _is_not_taken(outcome: Outcome, registry: str) -> bool:
    """Whether this authority's interface does not take this person."""
    person = outcome.traveller.person
    in_part = person.birth_stated != person.born.isoformat() and registry not in PARTS_OF_DATES
    return in_part or (person.nationality in STATELESS and registry in CITIZENS_ONLY)


def _visits(outcome: Outcome, stayed: Stayed, registry: str, zone: str) -> Iterator[Visit]:
    """One stay, or two of somebody who returned where nobody who was checked out can be changed."""
    again = next((one for one in stayed.returned if one.traveller is outcome.traveller and one.person), None)
    if again is not None and registry in CHECKED_OUT_FOR_GOOD:
        yield _visit(again, stayed, registry, zone)
    elif again is not None:
        taken_back = [] if registry in DEPARTURES_UNREPORTED else [again.came or 0] * 2  # the departure, and its change
        outcome = replace(outcome, left=None, changes=outcome.changes + taken_back)
    yield _visit(outcome, stayed, registry, zone)


def _visit(outcome: Outcome, stayed: Stayed, registry: str, zone: str) -> Visit:
    person, changes = outcome.traveller.person, _changes(outcome, stayed, registry)
    came, left = outcome.came or stayed.begins, min(outcome.left or stayed.ends, stayed.ends)
    if registry in DEPARTURES_UNREPORTED:
        left = min(outcome.leaves or stayed.agreed_end, stayed.agreed_end)
    if registry in TODAY_ONLY:
        came = max(came, *changes, 0)
    if registry in CHILDREN_WITH_ADULT and outcome in stayed.children:
        came = stayed.adults[0].came or stayed.begins
    records = 1 + len(changes) + (registry in DEPARTURES_BESIDE) + _stands_again(outcome, stayed, registry)
    return Visit(person.birth_stated or person.born.isoformat(), day_at(came, zone), day_at(left, zone), records)


def _stands_again(outcome: Outcome, stayed: Stayed, registry: str) -> bool:
    """Whether a head of the police's rows stands before a child again, of whom alone the police refused the row."""
    head = bool(stayed.children) and outcome is stayed.adults[0]
    return registry == "it" and head and stayed.party.fault == "partial"


def _changes(outcome: Outcome, stayed: Stayed, registry: str) -> list[int]:
    """When anything was told anew of this person, and of those in whose rows they are.

    In the police's rows the head stands before a member again, with the day of a child who joins later.
    """
    if registry != "it":
        return outcome.changes
    head = stayed.adults[0]
    if not outcome.with_document:
        return outcome.changes + head.changes
    joined = [child.came for child in stayed.children if child.came]
    return outcome.changes + joined if outcome is head else outcome.changes
