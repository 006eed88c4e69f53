"""The calendar of a month: a row for each unit and a column for each night on a wide screen, a list on a phone."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response

from api.framework.dependencies import Anybody, Gate, LandlordId
from api.services.landlord.stays import list_stays
from api.services.landlord.units import list_units
from api.services.schemas import StayShown, UnitShown
from api.web.shell.page_route import PageRoute
from api.web.shell.render import page

router = APIRouter(prefix="/landlord/calendar", route_class=PageRoute, include_in_schema=False)

MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
SHOWN: Final = ("offered", "active", "ended")


@dataclass
class Cell:
    """One or more nights of a unit: free, or taken by `stays` (two if one stay ends and another begins)."""

    first: date
    nights: int = 1
    stays: list[StayShown] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit and the cells of its month."""

    unit: UnitShown
    cells: list[Cell]


def nights_of(stay: StayShown) -> tuple[date, date]:
    """Return the first night and the day of departure in the unit's time zone; a stay takes at least one night."""
    arrives, leaves = (datetime.fromisoformat(at).date() for at in (stay.from_, stay.until))
    return arrives, max(leaves, arrives + timedelta(days=1))


def line_of(unit: UnitShown, stays: Sequence[StayShown], first: date, after: date) -> Line:
    """Return a unit's nights in [first, after), without gaps."""
    cells: list[Cell] = []
    at = first
    for stay in sorted(stays, key=lambda stay: stay.from_):
        arrives, leaves = nights_of(stay)
        if leaves <= first or arrives >= after:
            continue
        start, end = max(arrives, at), min(leaves, after)
        if end <= start and cells:
            cells[-1].stays.append(stay)  # the night is taken already: the cell names both
            continue
        cells += [Cell(at + timedelta(days=day)) for day in range((start - at).days)]
        cells.append(Cell(start, (end - start).days, [stay]))
        at = end
    cells += [Cell(at + timedelta(days=day)) for day in range((after - at).days)]
    return Line(unit, cells)


def month_of(text: str, today: date) -> date:
    """Return the first day of the month `text` (YYYY-MM); of the current month if it is not one."""
    return date.fromisoformat(f"{text}-01") if MONTH.fullmatch(text) else today.replace(day=1)


@router.get("")
def show_calendar(
    request: Request,
    gateway: Gate,
    landlord_id: LandlordId,
    account: Anybody,
    month: Annotated[str, Query(max_length=7)] = "",
) -> Response:
    """Show one month of all units."""
    units = list_units(gateway, landlord_id)
    stays = [stay for stay in list_stays(gateway, landlord_id, account) if stay.state in SHOWN]
    zone = ZoneInfo(units[0].timezone if units else "UTC")
    today = datetime.fromtimestamp(gateway.now(), zone).date()
    first = month_of(month, today)
    after = first + timedelta(days=calendar.monthrange(first.year, first.month)[1])
    values = {"role": "landlord"} | calendar_values(units, stays, first, after, today)
    return page(request, "landlord/calendar.html", values)


def calendar_values(
    units: Sequence[UnitShown], stays: Sequence[StayShown], first: date, after: date, today: date
) -> dict[str, object]:
    """Return the values of calendar.html."""
    inside = [stay for stay in stays if nights_of(stay)[1] > first and nights_of(stay)[0] < after]
    return {
        "first": first,
        "days": [first + timedelta(days=day) for day in range((after - first).days)],
        "today": today,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "next": after.strftime("%Y-%m"),
        "lines": [line_of(unit, [stay for stay in inside if stay.unit == unit.id], first, after) for unit in units],
        "stays": sorted(inside, key=lambda stay: (stay.from_, stay.unit_label)),
    }
