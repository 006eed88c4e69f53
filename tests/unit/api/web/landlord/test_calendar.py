"""Stays in a month's calendar and units on a map: each night and unit appears once, and no other landlord's."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from api.services.officer.area_map import UnitState
from api.services.schemas import StayShown
from api.web.landlord.calendar import line_of, month_of
from api.web.officer.area_map import TILE, tiles_of
from gateway.store import Unit
from tests.browser.samples.facts import stay, unit
from tests.parts.house import House, good, utc
from tests.parts.world import DAY

FIRST, AFTER = date(2026, 11, 1), date(2026, 12, 1)


def booked(arrives: str, leaves: str) -> StayShown:
    """A stay of room 301."""
    return stay(arrives, "active", from_=f"{arrives}:00+08:00", until=f"{leaves}:00+08:00")


def nights(*stays: StayShown) -> list[tuple[int, int, int]]:
    """First day, nights and number of stays of each occupied cell."""
    cells = line_of(unit("301"), stays, FIRST, AFTER).cells
    return [(cell.first.day, cell.nights, len(cell.stays)) for cell in cells if cell.stays]


def test_a_stay_takes_its_nights_and_not_the_day_of_leaving() -> None:
    assert nights(booked("2026-11-03T15:00", "2026-11-06T11:00")) == [(3, 3, 1)]


def test_a_stay_over_the_edge_of_the_month_is_shown_within_it() -> None:
    assert nights(booked("2026-10-30T15:00", "2026-11-03T11:00")) == [(1, 2, 1)]
    assert nights(booked("2026-11-29T15:00", "2026-12-09T11:00")) == [(29, 2, 1)]
    assert nights(booked("2026-10-01T15:00", "2026-11-01T11:00")) == []


def test_leaving_and_coming_on_one_day_are_two_stays_and_two_within_a_day_share_it() -> None:
    assert nights(booked("2026-11-03T15:00", "2026-11-06T11:00"), booked("2026-11-06T15:00", "2026-11-07T11:00")) == [
        (3, 3, 1),
        (6, 1, 1),
    ]
    assert nights(booked("2026-11-03T08:00", "2026-11-03T11:00"), booked("2026-11-03T15:00", "2026-11-03T20:00")) == [
        (3, 1, 2)
    ]


@given(st.lists(st.tuples(st.integers(-40, 40), st.integers(0, 50)), max_size=12))
def test_every_night_of_the_month_is_shown_once_whatever_the_stays(spans: list[tuple[int, int]]) -> None:
    from_day = FIRST.toordinal()
    stays = [
        booked(f"{date.fromordinal(from_day + start)}T15:00", f"{date.fromordinal(from_day + start + length)}T20:00")
        for start, length in spans
    ]
    cells = line_of(unit("301"), stays, FIRST, AFTER).cells
    assert sum(cell.nights for cell in cells) == 30
    days = [cell.first.toordinal() for cell in cells]
    assert days == sorted(set(days))
    inside = {
        one.id for one in stays if one.from_[:10] < "2026-12-01" and max(one.until[:10], one.from_[:10]) > "2026-11-01"
    }
    assert inside - {one.id for cell in cells for one in cell.stays} == set()


def test_a_month_is_what_was_asked_or_the_present_one() -> None:
    today = date(2026, 11, 21)
    assert month_of("2027-02", today) == date(2027, 2, 1)
    for text in ("", "2026-13", "26-01", "2026-1", "x" * 7):
        assert month_of(text, today) == date(2026, 11, 1)


async def test_the_calendar_shows_the_landlords_own_stays(house: House) -> None:
    await house.offer("a", days=2)
    month = utc(house.now[0])[:7]
    mine = await house.client("landlord-a").get(f"/landlord/calendar?month={month}")
    assert mine.text.count("/landlord/stays/") == 2  # once in the table, once in the list
    assert "/landlord/stays/" not in (await house.client("landlord-b").get(f"/landlord/calendar?month={month}")).text


async def test_the_map_shows_units_of_the_officers_area_and_nothing_of_a_person(house: House) -> None:
    await house.key("a")
    await house.offer("b")
    with house.gateway.database.writing() as session:
        near = Unit(**{name: getattr(session.get_one(Unit, house.units["a"]), name) for name in (
            "landlord_id", "address", "timezone", "jurisdiction"
        )}, code="DW-z", label="Room z", area="370100-08")  # fmt: skip
        session.add(near)
    page = (await house.client("officer-a").get("/officer/map")).text
    assert ("Room a" in page, "Room z" in page, "Room b" in page) == (True, True, False)
    assert (page.count('<rect class="registered"'), page.count('<rect class="free"')) == (1, 1)
    assert "VOORBEELD" not in page.upper()
    assert good(await house.client("officer-a").get("/api/v1/me"))["area"] == "370100"


def test_tiles_and_squares_stay_within_the_drawing_and_do_not_lie_on_each_other() -> None:
    for areas, units in ((1, 1), (3, 40), (10, 7)):
        states = [UnitState(f"a{area:02}", f"c{unit}", "", "free") for area in range(areas) for unit in range(units)]
        tiles, width, height = tiles_of(states)
        assert len({(tile.x, tile.y) for tile in tiles}) == areas
        for tile in tiles:
            assert tile.x + TILE <= width
            assert tile.y + TILE <= height
            assert len({(square.x, square.y) for square in tile.squares}) == units
            assert all(
                square.x + square.side <= tile.x + TILE and square.y + square.side <= tile.y + TILE
                for square in tile.squares
            )


async def test_a_stay_beyond_the_month_is_a_tap_away(house: House) -> None:
    await house.offer("a", begins=40 * DAY)
    landlord = house.client("landlord-a")
    assert "/landlord/stays/" not in (await landlord.get("/landlord/calendar")).text
    later = utc(house.now[0] + 40 * DAY)[:7]
    assert "/landlord/stays/" in (await landlord.get(f"/landlord/calendar?month={later}")).text
