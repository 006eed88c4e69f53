"""The officer's map: the grid areas of their own area, a square for each unit, and the same as a table."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.framework.dependencies import Gate, Officer
from api.web.shell.page_route import PageRoute
from api.web.shell.render import page
from gateway.domain.stays.stay import OCCUPYING
from gateway.journey.filings.deadlines import OPEN
from gateway.store import Registration, Stay, Unit

router = APIRouter(prefix="/officer/map", route_class=PageRoute, include_in_schema=False)

TILE: Final = 120  # user units of the drawing, a tile's side
EDGE: Final = 14
STATES: Final = ("pressing", "registered", "free")


@dataclass(frozen=True, slots=True)
class UnitDot:
    """A unit: pressing (a filing waits for a person or is late), registered now, or free. Nothing of a person."""

    code: str
    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Square:
    """A unit's place in the drawing."""

    dot: UnitDot
    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class AreaTile:
    """A grid area: where it is drawn, and its units."""

    area: str
    x: int
    y: int
    squares: tuple[Square, ...]

    def count(self, state: str) -> int:
        """How many of its units are in this state."""
        return len([square for square in self.squares if square.dot.state == state])


def tiles_of(units: Sequence[tuple[str, UnitDot]]) -> tuple[list[AreaTile], int, int]:
    """Tiles in the order of their codes, row by row, with the drawing's width and height."""
    by_area: dict[str, list[UnitDot]] = defaultdict(list)
    for area, dot in units:
        by_area[area].append(dot)
    across = max(1, math.ceil(math.sqrt(len(by_area))))
    tiles = []
    for place, area in enumerate(sorted(by_area)):
        x, y = place % across * TILE, place // across * TILE
        tiles.append(AreaTile(area, x, y, squares_of(sorted(by_area[area], key=lambda dot: dot.code), x, y)))
    return tiles, across * TILE, math.ceil(len(by_area) / across) * TILE


def squares_of(dots: Sequence[UnitDot], x: int, y: int) -> tuple[Square, ...]:
    """The units of a tile as squares below its name."""
    across = max(2, math.ceil(math.sqrt(len(dots))))
    step = (TILE - 2 * EDGE) / across
    top = y + 2 * EDGE
    return tuple(
        Square(
            dot,
            round(x + EDGE + place % across * step, 1),
            round(top + place // across * step * 0.9, 1),
            round(step * 0.8, 1),
        )
        for place, dot in enumerate(dots)
    )


def units_in(session: Session, area: str, now: int) -> list[tuple[str, UnitDot]]:
    """Every unit of an area with how it stands now."""
    within = Unit.area.startswith(area, autoescape=True)
    units = session.scalars(select(Unit).where(within).order_by(Unit.code).limit(5_000)).all()
    here = select(Stay.unit_id).join(Unit).join(Registration, Registration.stay_id == Stay.id).where(within)
    here = here.where(Stay.state.in_(OCCUPYING), Stay.from_at <= now, Stay.until_at > now)
    late = select(Stay.unit_id).join(Unit).join(Registration, Registration.stay_id == Stay.id).where(within)
    late = late.where(
        Registration.state.in_(OPEN), (Registration.state.in_(("unknown", "refused"))) | (Registration.warn_at <= now)
    )
    registered, pressing = set(session.scalars(here)), set(session.scalars(late))
    return [
        (
            unit.area,
            UnitDot(
                unit.code,
                unit.label,
                "pressing" if unit.id in pressing else "registered" if unit.id in registered else "free",
            ),
        )
        for unit in units
    ]


@router.get("")
def show_map(request: Request, gateway: Gate, account: Officer) -> Response:
    """The map of the officer's own area."""
    with gateway.database.reading() as session:
        units = units_in(session, account.area or "nowhere", gateway.now())
    return page(request, "officer/map.html", {"role": "officer", "area": account.area} | map_values(units))


def map_values(units: Sequence[tuple[str, UnitDot]]) -> dict[str, object]:
    """The values of map.html."""
    tiles, width, height = tiles_of(units)
    return {"tiles": tiles, "width": width, "height": height, "states": STATES, "tile": TILE}
