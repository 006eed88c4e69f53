"""Books of records that name the one they correct: the sandbox's, and the Chinese regional service's."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from benchmarks.books.visit import Row, Visit, day_at, day_of


def sandbox_visits(rows: Sequence[Row], zone: str) -> Iterator[Visit]:
    """Arrival and departure are moments."""
    for filing in _in_force(rows):
        arrives, leaves = (day_at(filing[name], zone) for name in ("arrives", "leaves"))
        yield from (Visit(person["birth_date"], arrives, leaves) for person in filing["people"])


def chinese_visits(rows: Sequence[Row], _: str) -> Iterator[Visit]:
    """Days are written without signs; residents and foreigners have forms of their own."""
    for filing in _in_force(rows):
        arrives, leaves = day_of(filing["moves_in"]), day_of(filing["leaves"])
        for person in (*filing["residents"], *filing["foreigners"]):
            yield Visit(day_of(person["birth_date"]), arrives, leaves)


def _in_force(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """The last of the filings that correct each other, by receipt, which were accepted and not withdrawn.

    One filing has a row for each of its people, with the whole filing as its body; who was refused is not in it.
    """
    first: dict[str, str] = {}
    found: dict[str, dict[str, Any]] = {}
    for row in (row for row in rows if row.state == "accepted"):
        filing = json.loads(row.body)
        first[row.receipt] = first.get(filing["corrects"] or "", row.lot)
        found[first[row.receipt]] = filing
    yield from found.values()
