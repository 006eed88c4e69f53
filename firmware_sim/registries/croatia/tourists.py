"""The lists of tourists of the simulated eVisitor: checked in or out, and cancelled; with the board's filters."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from firmware_sim.registries.croatia import rules
from firmware_sim.registries.store import Row

_NOT_SUPPORTED = "Filtar nije podržan."


class Unanswerable(ValueError):
    """The query is not one that is answered; the message is the system's."""


def select(name: str, newest: Callable[[str | None], Iterable[Row]], query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of a list of TOURISTS: one filter by ID is taken; `newest` finds that check-in, or all.

    Raises Unanswerable, also for a size of pages without a page.
    """
    if "psize" in query and "page" not in query:
        raise Unanswerable("Parametar psize zahtijeva parametar page.")
    wanted = _wanted(query["filters"]) if "filters" in query else None
    state, shown = TOURISTS[name]
    return [shown(row) for row in newest(wanted) if row.state == state]


def _wanted(filters: str) -> str:
    try:
        (one,) = json.loads(filters)
        prop, operation, value = one["Property"], one["Operation"], one["Value"]
    except (ValueError, TypeError, KeyError):
        raise Unanswerable(_NOT_SUPPORTED) from None
    if (prop, operation) != ("ID", "equal") or rules.guid_fault({"ID": value}):
        raise Unanswerable(_NOT_SUPPORTED)
    return str(value).lower()


def _listed(row: Row) -> dict[str, Any]:
    form: dict[str, str] = json.loads(row.body)
    left = "CheckOutDate" in form
    born = datetime.strptime(form["DateOfBirth"], "%Y%m%d")
    arrived = _moment(form["StayFrom"], form["TimeStayFrom"])
    return {
        "ID": row.lot,
        "CheckedOutTourist": left,
        "DatePlaceOfBirth": f"{born:%d.%m.%Y} ({arrived.year - born.year}) {form['CityOfBirth']}",
        "DateTimeOfArrival": _written(arrived),
        "DateTimeOfDeparture": _written(_moment(form["CheckOutDate"], form["CheckOutTime"])) if left else None,
        "ForeseenStayUntil": _written(_moment(form["ForeseenStayUntil"])),
        "Gender": form["Gender"].capitalize(),
        "StayFrom": _written(_moment(form["StayFrom"])),
        "SurnameAndName": f"{form['TouristSurname']} {form['TouristName']}",
        "TravelDocumentTypeNumber": f"Isprava {form['DocumentType']} {form['DocumentNumber']}",
    }


def _cancelled(row: Row) -> dict[str, Any]:
    form: dict[str, str] = json.loads(row.body)
    tourist = f"{form['TouristSurname']} {form['TouristName']}"
    return {"ID": row.lot, "CheckInDate": _written(_moment(form["StayFrom"])), "Facility": "Test", "Tourist": tourist}


def _moment(day: str, minute: str = "00:00") -> datetime:
    return datetime.strptime(f"{day} {minute}", "%Y%m%d %H:%M").replace(tzinfo=rules.ZAGREB)


def _written(moment: datetime) -> str:
    return f"/Date({int(moment.timestamp() * 1000)}{moment:%z})/"


TOURISTS = {"ListOfTouristsExtended": ("accepted", _listed), "TouristCancelledBrowse": ("annulled", _cancelled)}
"""The state of the check-ins in each list, and how it shows one."""
