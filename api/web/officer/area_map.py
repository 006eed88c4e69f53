"""The officer's map: the grid areas within their own area, with a square for each unit, and the same as a table."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from api.framework.dependencies import Gate, Officer
from api.services.officer import area_map as service
from api.services.officer.area_map import STATES, UnitState
from api.web.shell.page_route import PageRoute
from api.web.shell.render import page

router = APIRouter(prefix="/officer/map", route_class=PageRoute, include_in_schema=False)

TILE: Final = 120  # side of a tile, in user units of the drawing
EDGE: Final = 14  # margin within a tile, in the same units


@dataclass(frozen=True, slots=True)
class Square:
    """A unit's square in the drawing: its top left corner and side, in user units."""

    unit: UnitState
    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class AreaTile:
    """A grid area: the top left corner of its tile, in user units, and the squares of its units."""

    area: str
    x: int
    y: int
    squares: tuple[Square, ...]

    def count(self, state: str) -> int:
        """Return how many of the area's units are in this state."""
        return len([square for square in self.squares if square.unit.state == state])


def tiles_of(units: Sequence[UnitState]) -> tuple[list[AreaTile], int, int]:
    """Return a tile for each grid area, by its code and row by row, with the drawing's width and height."""
    by_area: dict[str, list[UnitState]] = defaultdict(list)
    for unit in units:
        by_area[unit.area].append(unit)
    across = max(1, math.ceil(math.sqrt(len(by_area))))
    tiles = []
    for place, area in enumerate(sorted(by_area)):
        x, y = place % across * TILE, place // across * TILE
        tiles.append(AreaTile(area, x, y, squares_of(sorted(by_area[area], key=lambda unit: unit.code), x, y)))
    return tiles, across * TILE, math.ceil(len(by_area) / across) * TILE


def squares_of(units: Sequence[UnitState], x: int, y: int) -> tuple[Square, ...]:
    """Return the squares of a tile's units, which leave room for its name above them."""
    across = max(2, math.ceil(math.sqrt(len(units))))
    step = (TILE - 2 * EDGE) / across
    top = y + 2 * EDGE
    return tuple(
        Square(
            unit,
            round(x + EDGE + place % across * step, 1),
            round(top + place // across * step * 0.9, 1),
            round(step * 0.8, 1),
        )
        for place, unit in enumerate(units)
    )


@router.get("")
def show_map(request: Request, gateway: Gate, account: Officer) -> Response:
    """Show the map of the officer's own area."""
    values = {"role": "officer", "area": account.area} | map_values(service.list_units(gateway, account))
    return page(request, "officer/map.html", values)


def map_values(units: Sequence[UnitState]) -> dict[str, object]:
    """Return the values of map.html."""
    tiles, width, height = tiles_of(units)
    return {"tiles": tiles, "width": width, "height": height, "states": STATES, "tile": TILE}
