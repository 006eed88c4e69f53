"""What each authority receives, in the form it accepts: names and numbers, and records when a stay changes."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from gateway.journey.stays import own_dates
from gateway.journey.stays.family import declare_child
from gateway.journey.stays.shared_facts import Declaration
from gateway.store import Key, Offer, Person, Stay
from tests.contract.registry_simulators import SimulatedRegistry
from tests.parts.office import Office
from tests.parts.world import DAY, FIELDS

# kinds of the records and their states, after: two tenants, the end moved by a day, an early end
EXPECTED = {
    "sandbox": {("check_in", "accepted"): 2, ("change", "accepted"): 2, ("check_out", "accepted"): 2},
    "webhook": {("check_in", "accepted"): 2, ("change", "accepted"): 2, ("check_out", "accepted"): 2},
    "cn": {("check_in", "accepted"): 2, ("change", "accepted"): 2, ("check_out", "accepted"): 2},
    # one record of both: annulled and sent again for the second tenant, and for the dates
    "es": {("check_in", "accepted"): 3, ("annulment", "accepted"): 2, ("check_out", "not_due"): 1},
    "it": {("check_in", "accepted"): 2, ("change", "accepted"): 2, ("check_out", "not_due"): 2},
    # one record of both, sent again for the second tenant and for the dates
    "ross1000": {("check_in", "accepted"): 1, ("change", "accepted"): 2, ("check_out", "accepted"): 1},
    "pt": {("check_in", "accepted"): 2, ("change", "accepted"): 2, ("check_out", "accepted"): 2},
    "cz": {("check_in", "accepted"): 2, ("change", "accepted"): 2, ("check_out", "not_due"): 2},
    "si": {("check_in", "accepted"): 2, ("change", "accepted"): 2, ("check_out", "accepted"): 2},
    "hr": {("check_in", "accepted"): 2, ("change", "accepted"): 2, ("check_out", "accepted"): 2},
}
# states of the check-in and its annulment where a stay is cancelled before its beginning
CANCELLED = {
    "sandbox": [("check_in", "accepted"), ("annulment", "accepted")],
    "webhook": [("check_in", "accepted"), ("annulment", "accepted")],
    "cn": [("check_in", "accepted"), ("annulment", "accepted")],
    "es": [("check_in", "accepted"), ("annulment", "accepted")],
    "it": [("check_in", "not_due"), ("annulment", "not_due")],  # not sent before the day of arrival
    "ross1000": [("check_in", "not_due"), ("annulment", "not_due")],  # not sent before the day of arrival
    "pt": [("check_in", "accepted"), ("annulment", "not_due")],
    "cz": [("check_in", "not_due"), ("annulment", "not_due")],  # not sent before the day of arrival
    "si": [("check_in", "not_due"), ("annulment", "not_due")],  # not sent before the day of arrival
    "hr": [("check_in", "not_due"), ("annulment", "not_due")],  # not sent before the day of arrival
}
Names = tuple[str, str]  # the surname and the given names
AS_IT_IS: Final = ("Müller", "Jörg Peter")
SPELT: Final = ("MUELLER", "JOERG PETER")


def _between(body: str, before: str, after: str) -> str:
    """The text between the first match of `before` and the next `after`."""
    found = re.search(f"{before}([^{after}]*){after}", body)
    return found[1] if found else ""


def _elements(surname: str, given_names: str) -> Callable[[str], Names]:
    return lambda body: (
        _between(body, rf"[<:]{surname}\b[^>]*>", "<"),
        _between(body, rf"[<:]{given_names}\b[^>]*>", "<"),
    )


def _members(surname: str, given_names: str) -> Callable[[str], Names]:
    return lambda body: (_between(body, rf'"{surname}": ?"', '"'), _between(body, rf'"{given_names}": ?"', '"'))


# Where each authority has the names, and how it gets them; ROSS1000 gets none.
RECEIVED: Final[Mapping[str, tuple[Callable[[str], Names], Names]]] = {
    "es": (_elements("apellido1", "nombre"), AS_IT_IS),
    "it": (lambda row: (row[14:64].rstrip(), row[64:94].rstrip()), SPELT),
    "pt": (_elements("Apelido", "Nome"), SPELT),
    "cz": (_elements("cSurN", "cFirstN"), SPELT),
    "hr": (_members("TouristSurname", "TouristName"), AS_IT_IS),
    "si": (lambda row: (_between(row, ' pri="', '"'), _between(row, ' ime="', '"')), AS_IT_IS),
    "cn": (_members("surname", "given_names"), SPELT),
    "sandbox": (_members("surname", "given_names"), AS_IT_IS),
    "webhook": (_members("surname", "given_names"), AS_IT_IS),
}


async def test_a_tenant_added_dates_moved_and_an_early_check_out_reach_the_authority_in_order(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    stay = office.tenant()
    await office.settled()
    assert office.tenant(stay) == stay
    await office.settled()
    office.move(stay, 1)
    await office.settled()
    office.end(stay)
    await office.settled()
    said = [(row.kind, row.state, row.answer_code) for row in office.rows()]
    counted = {pair: office.states().count(pair) for pair in office.states()}
    assert counted == EXPECTED[simulator[0]], said
    for row in office.rows():
        if row.state == "accepted":
            assert row.receipt
            assert row.receipt_sha256
            assert row.tables is not None
            assert row.sent_at is not None


async def test_a_cancelled_stay_is_taken_back_where_the_authority_can_take_it_back(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    stay = office.tenant(begins=2 * DAY)
    await office.settled()
    office.end(stay)
    await office.settled()
    assert office.states() == CANCELLED[simulator[0]], [row.answer_code for row in office.rows()]


async def test_a_corrected_tenant_is_reported_in_the_way_the_authority_takes_corrections(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    stay = office.tenant()
    await office.settled()
    office.correct(stay, id_number="ZZ9999999")
    await office.settled()
    kinds = ["check_in", "annulment", "check_in"] if simulator[0] == "es" else ["check_in", "change"]
    assert office.states() == [(kind, "accepted") for kind in kinds]


TAKES_PART_OF_A_BIRTH = ("sandbox", "webhook", "cz")


@pytest.mark.parametrize("born", ["1980", "1980-05"])
async def test_a_birth_date_known_in_part_is_filed_where_the_authority_takes_it_and_else_by_hand(
    office: Office, simulator: tuple[str, SimulatedRegistry], born: str
) -> None:
    stay = office.tenant("", {"birth_date": born})
    await office.settled()
    (row,) = office.rows()
    if simulator[0] in TAKES_PART_OF_A_BIRTH:
        assert (row.state, row.answer_text) == ("accepted", None)
        return
    assert (row.state, row.answer_code) == ("by_hand", "no_whole_birth")
    office.correct(stay, birth_date="1980-05-17")  # as another document of the person shows it
    await office.settled()
    assert office.states() == [("check_in", "not_due"), ("check_in", "accepted")]


NOT_TAKEN_BACK = ("it", "pt", "cz")  # an arrival cannot be cancelled


async def test_a_companion_who_is_to_come_later_is_taken_back_and_filed_on_coming(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    stay = office.tenant("", {"given_names": "Anna"}, begins=-2 * DAY, days=4)
    office.tenant(stay, {"given_names": "Jan"})
    await office.settled()
    before, world = len(office.rows()), office.world
    with world.database.writing() as session:
        offer = session.scalars(select(Offer).order_by(Offer.created_at.desc())).first()
        assert offer is not None
        (jan,) = own_dates.correct_arrival(session, offer, world.now + 3600, world.keyring, world.now)
    await office.settled()
    said = [(row.kind, row.state, row.answer_code) for row in office.rows()[before:]]
    kinds = [kind for kind, state, _ in said if state == "accepted"]
    assert [state for _, state, code in said if code == "waits_for_arrival"] == ["queued"], said
    assert (not kinds) == (simulator[0] in NOT_TAKEN_BACK), said
    with world.database.writing() as session:
        session.get_one(Person, jan.id).arrived_at = world.now  # as the lock's report says it
        own_dates.arrive_as_planned(session, session.get_one(Stay, stay), world.keyring, world.now)
    await office.settled()
    last = office.rows()[-1]
    assert (last.state, last.person_id) == ("accepted", jan.id), (last.answer_code, last.answer_text)
    assert last.kind == ("change" if simulator[0] in NOT_TAKEN_BACK else "check_in")


async def test_an_arrival_that_was_filed_wrong_is_corrected_and_corrected_back(office: Office) -> None:
    stay = office.tenant("", {"given_names": "Anna"}, begins=-2 * DAY, days=4)
    await office.settled()
    world = office.world
    with world.database.reading() as session:
        came = session.scalars(select(Person.arrived_at).where(Person.stay_id == stay)).one()
    assert came is not None
    for at in (came - 60, came):
        with world.database.writing() as session:
            offer = session.scalars(select(Offer).where(Offer.stay_id == stay)).one()
            own_dates.correct_arrival(session, offer, at, world.keyring, world.now)
        await office.settled()
    said = [(row.kind, row.state, row.answer_text) for row in office.rows()]
    assert {state for _, state, _ in said} <= {"accepted", "not_due"}, said
    assert said[-1][1] == "accepted"


# Where each authority has the day of an arrival, and how it is written there
ARRIVED: Final[Mapping[str, tuple[str, str]]] = {
    "es": ("<fechaEntrada>([^T]*)", "%Y-%m-%d"),
    "it": ("^19(.{10})", "%d/%m/%Y"),
    "ross1000": (' day="([^"]*)', "%Y-%m-%d"),
    "pt": ("<Data_Entrada>([^T]*)", "%Y-%m-%d"),
    "cz": ("cFrom>([0-9-]+)T", "%Y-%m-%d"),
    "si": (' casPrihoda="([^T]*)', "%Y-%m-%d"),
    "hr": ('"StayFrom": "([^"]*)', "%Y%m%d"),
    "cn": ('"moves_in":"([^"]*)', "%Y%m%d"),
    "sandbox": ('"arrives": ?"([^"]*)', "%Y-%m-%dT%H:%M:%S%z"),
    "webhook": ('"arrives": ?"([^"]*)', "%Y-%m-%dT%H:%M:%S%z"),
}


@pytest.mark.parametrize("born", ["before", "during the stay"])
async def test_outside_54_a_child_declared_on_a_later_day_than_the_adults_arrival_arrives_on_that_day(
    office: Office, simulator: tuple[str, SimulatedRegistry], born: str
) -> None:
    office.tenant("", {"given_names": "Anna"}, begins=-2 * DAY, days=4)
    world = office.world
    with world.database.writing() as session:
        offer = session.scalars(select(Offer)).one()
        own_dates.correct_arrival(session, offer, world.now - DAY, world.keyring, world.now)
    await office.settled()
    facts = {path: text for path, text in office.facts.items() if path.startswith("person.")}
    asked = {**FIELDS, **facts, "given_names": "Leo", "id_number": "XR7777R58", "birth_date": "2018-05-04"}
    if born == "during the stay":
        asked["birth_date"] = local_day(office, world.now, "").isoformat()
    with world.database.writing() as session:
        key = session.scalars(select(Key)).one()
        declared = Declaration({**asked, "person.relation": "child"})
        child = declare_child(session, key, declared, world.keyring, world.now).id
    await office.settled()
    row = next(row for row in office.rows()[::-1] if row.person_id == child)
    if simulator[0] == "es" and born == "during the stay":
        assert (row.state, row.answer_code) == ("by_hand", "born_in_stay")  # a parte has one day of arrival
        return
    assert row.state == "accepted", (row.answer_code, row.answer_text)
    where, written = ARRIVED[simulator[0]]
    days = re.findall(where, str(simulator[1].books()[-1]["body"]))
    came = world.now - DAY if simulator[0] == "es" else world.now  # in Spain a minor is in the parte of an adult
    assert [datetime.strptime(day, written).date() for day in days] == [local_day(office, came, written)]


def local_day(office: Office, at: int, written: str) -> date:
    """The day at the unit, or of UTC where times are written with their zone."""
    zone = "UTC" if "%z" in written else office.facts.get("unit.timezone", "Europe/Rome")
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


async def test_outside_53_each_authority_gets_names_in_their_own_fields_and_the_number_in_one_spelling(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    office.tenant("", {"surname": "Müller", "given_names": "Jörg Peter", "id_number": "ab-12 34-r"})
    await office.settled()
    assert office.states() == [("check_in", "accepted")], office.rows()[-1].answer_text
    name, running = simulator
    bodies = [str(row["body"]) for row in running.books()]
    if name not in RECEIVED:
        assert not [body for body in bodies if "ller" in body.lower() or "AB1234R" in body]
        return
    read, sent = RECEIVED[name]
    assert sent in [read(body) for body in bodies], bodies
    assert [body for body in bodies if "AB1234R" in body], "the document's number in one spelling"
