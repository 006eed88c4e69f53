"""Books in which each guest has a number, and the last entry under it counts: Slovenia, Croatia, Italy's regions."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from benchmarks.books.visit import NO_DAY, Row, Visit, day_of

CANCELLED: Final = "2"


def slovenian_visits(rows: Sequence[Row], _: str) -> Iterator[Visit]:
    """A row of the guest book replaces the one before it under its number; status 2 cancels it."""
    for entry in map(etree.fromstring, _last_of_each(rows)):
        if entry.get("status") != CANCELLED:
            yield Visit(entry.get("dtRoj", ""), entry.get("casPrihoda", "")[:10], entry.get("casOdhoda", "")[:10])


def croatian_visits(rows: Sequence[Row], _: str) -> Iterator[Visit]:
    """A check-in with its changes; who was not checked out has no departure, whatever was foreseen."""
    annulled = {row.lot for row in rows if row.state == "annulled"}
    for form in map(json.loads, _last_of_each([row for row in rows if row.lot not in annulled])):
        left = day_of(form["CheckOutDate"]) if "CheckOutDate" in form else NO_DAY
        yield Visit(day_of(form["DateOfBirth"]), day_of(form["StayFrom"]), left)


def ross1000_visits(rows: Sequence[Row], _: str) -> Iterator[Visit]:
    """A guest's last arrival, unless it was deleted, with the last departure; the attribute is the day reported."""
    guests: dict[str, dict[str, etree._Element]] = {}
    for row in rows:
        entry = etree.fromstring(row.body)
        guests.setdefault(row.lot, {})[str(entry.tag)] = entry
        if entry.tag != "partenza":
            guests[row.lot].pop("arrivo" if entry.tag == "eliminazione" else "eliminazione", None)
    for entries in guests.values():
        if (arrival := entries.get("arrivo")) is not None:
            left = entries["partenza"].get("day", "") if "partenza" in entries else NO_DAY
            yield Visit(day_of(arrival.findtext("datanascita") or ""), arrival.get("day", ""), left)


def _last_of_each(rows: Sequence[Row]) -> list[str]:
    """The last body of every number."""
    return list({row.lot: row.body for row in rows}.values())
