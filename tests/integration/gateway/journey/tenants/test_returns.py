"""Who leaves and returns within one stay: the days of arrival and departure that each authority has of them."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from gateway.journey.stays import own_dates
from gateway.store import Offer
from tests.contract.registry_simulators import SimulatedRegistry
from tests.parts.office import Office

NIGHTS: Final = 5
OLDEST_ARRIVAL: Final = {"it": 1}  # days ago; elsewhere two
# What a row of an authority's book is of, its arrival and its departure: a later row of the same replaces the earlier.
# UbyPort and SIBA have no number for a stay: a report of the same arrival is taken as the corrected one.
Reader = tuple[str, str, str]
_JSON: Final = (r'"people":.*?"id": ?"([^"]+)"', r'"arrives": ?"([^"]+)"', r'"leaves": ?"([^"]+)"')
READERS: Final[Mapping[str, Reader]] = {
    "sandbox": _JSON,
    "webhook": _JSON,
    "cn": (r'"foreigners":.*?"id":"([^"]+)"', r'"moves_in":"(\d{8})', r'"leaves":"(\d{8})'),
    "es": ("", "<fechaEntrada>([^<]+)", "<fechaSalida>([^<]+)"),
    "it": ("", r"^..(\d\d/\d\d/\d{4})", r"^.{12}(\d\d)"),
    "cz": ("cFrom>([^<]+)", "cFrom>([^<]+)", "cUntil>([^<]+)"),
    "ross1000": ("<idswh>([^<]+)", r'day="([^"]+)"', r'<partenza.* day="([^"]+)"'),
    "pt": ("<Data_Entrada>([^<]+)", "<Data_Entrada>([^<]+)", "<Data_Saida>([^<]+)"),
    "si": ('zst="([^"]+)"', 'casPrihoda="([^"]+)"', 'casOdhoda="([^"]+)"'),
    "hr": ('"ID": "([^"]+)"', r'"StayFrom": "(\d{8})', r'"(?:CheckOutDate|ForeseenStayUntil)": "(\d{8})'),
}
SAYS_NO_END: Final = ("ross1000", "pt")  # until the departure


def noon(zone: ZoneInfo, ago: int) -> int:
    """Noon so many days ago, in UTC seconds."""
    return int(datetime.combine(datetime.now(zone).date() - timedelta(ago), time(12), zone).timestamp())


def _day(text: str, zone: ZoneInfo, arrival: date | None = None) -> date:
    """A day as any of these authorities writes it; two digits are nights after the arrival."""
    if arrival and len(text) == 2:
        return arrival + timedelta(int(text))
    if "/" in text:
        return datetime.strptime(text, "%d/%m/%Y").date()
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(zone) if moment.tzinfo else moment).date()


def days_held(books: list[dict[str, Any]], name: str, mark: str, zone: ZoneInfo) -> list[tuple[int, int | None]]:
    """(arrival, departure) of each stay of the person with this mark, in days from today; None where there is none."""
    who, arrives, leaves = READERS[name]
    rows = [row for row in books if row["state"] == "accepted"]
    keys = [(found[1] if who and (found := re.search(who, row["body"])) else row["receipt"]) for row in rows]
    theirs = {key for key, row in zip(keys, rows, strict=True) if re.search(mark, row["body"], re.IGNORECASE)}
    last = {key: str(row["body"]) for key, row in zip(keys, rows, strict=True) if key in theirs}
    came = {key: str(row["body"]) for key, row in reversed(list(zip(keys, rows, strict=True))) if key in theirs}
    today, held = datetime.now(zone).date(), []
    for key, body in last.items():
        arrived = re.search(arrives, came[key])
        assert arrived, body
        arrival, left = _day(arrived[1], zone), re.search(leaves, body)
        held.append(((arrival - today).days, (_day(left[1], zone, arrival) - today).days if left else None))
    return sorted(held)


def leaves(office: Office, stay: str, left: int) -> None:
    """Whoever registered last left then, alone."""
    with office.world.database.writing() as session:
        last = select(Offer).where(Offer.stay_id == stay, Offer.person_id == office.rows()[-1].person_id)
        offer = session.scalars(last).one()
        own_dates.leave_early(session, offer, office.world.keyring, max(left, office.world.now), left)


async def away_and_back(office: Office, name: str, left: int, traveller: Mapping[str, str]) -> None:
    """Two people come as long ago as is taken; the second, this traveller, leaves then, and is back now."""
    came = noon(ZoneInfo(office.facts.get("unit.timezone", "Europe/Rome")), OLDEST_ARRIVAL.get(name, 2))
    stay = office.tenant("", {"given_names": "Anna"}, begins=0, days=NIGHTS, at=came)
    office.tenant(stay, traveller, at=came)
    await office.settled()
    leaves(office, stay, left)
    await office.settled()
    office.tenant(stay, traveller)
    await office.settled()


async def test_who_returns_on_the_day_of_leaving_has_one_stay(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    name, running = simulator
    zone = ZoneInfo(office.facts.get("unit.timezone", "Europe/Rome"))
    traveller = {"id_number": "ZZ9988771", "surname": "Terugvandaag", "birth_date": "1979-02-01"}
    await away_and_back(office, name, int(datetime.now(zone).timestamp()), traveller)
    came = -OLDEST_ARRIVAL.get(name, 2)
    whole = [(came, None if name in SAYS_NO_END else came + NIGHTS)]
    # eVisitor: "Nije dopuštena izmjena odjavljenog turista", so whoever was checked out arrives anew.
    expected = [(came, 0), (0, came + NIGHTS)] if name == "hr" else whole
    said = [(row.kind, row.state, row.answer_code, row.answer_text) for row in office.rows()]
    assert days_held(running.books(), name, "terugvandaag|19790201", zone) == expected, said


async def test_who_returns_on_a_later_day_has_two_stays_that_do_not_overlap(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    name, running = simulator
    zone = ZoneInfo(office.facts.get("unit.timezone", "Europe/Rome"))
    traveller = {"id_number": "ZZ9988772", "surname": "Teruglater", "birth_date": "1978-02-01"}
    await away_and_back(office, name, noon(zone, 1), traveller)
    said = [(row.kind, row.state, row.answer_code) for row in office.rows()]
    came, ends = -OLDEST_ARRIVAL.get(name, 2), NIGHTS - OLDEST_ARRIVAL.get(name, 2)
    first = (came, -1)
    if name == "it":  # the police take no change of somebody who has left: it is a case for a person
        assert ("change", "by_hand", "has_left") in said
        first = (came, ends)
    assert days_held(running.books(), name, "teruglater|19780201", zone) == [
        first,
        (0, None if name in SAYS_NO_END else ends),
    ], said
