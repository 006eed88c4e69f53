"""What the authority refused goes out again once it is corrected, in the form each registry takes it."""

import itertools
import time

import pytest

from firmware_sim.registries.catalog import SIMULATORS
from gateway.domain.errors import Conflict
from gateway.journey.filings.records import file_again
from gateway.store import Registration
from tests.contract.registry_simulators import SimulatedRegistry
from tests.integration.gateway.registries.test_parties import CHILD, came_with_the_stay
from tests.parts.office import Office, open_office
from tests.parts.world import World

ADULT = {"given_names": "Anna", "surname": "Voorbeeld"}
# what follows an accepted check-in whose correction was refused, once it is corrected again
CHANGED_AGAIN = (("change", "refused"), ("change", "accepted"))
AFTER_A_REFUSED_CHANGE = {
    **dict.fromkeys((name for name in SIMULATORS if name != "es"), CHANGED_AGAIN),
    # the annulment of the first came through, so nothing is left to annul
    "es": (("annulment", "accepted"), ("check_in", "refused"), ("check_in", "accepted")),
}
CHANGED_BEFORE_THE_REFUSAL = [("check_in", "refused"), ("change", "accepted")]
ARRIVAL = {"sandbox": '"check_in"', "webhook": "check_in", "cn": '"arrival"'}  # the kind as each names it
TOGETHER = ("es", "it", "ross1000")  # a family is one record
REPLACED = ("es", "it", "ross1000", "cz", "si", "hr")  # a record that was not sent is replaced there
# a family of two, both refused, then one of them corrected
ONE_RECORD = (("check_in", "not_due"), ("check_in", "refused"), ("check_in", "accepted"))
TWO_RECORDS = (("check_in", "refused"), ("check_in", "refused"), ("check_in", "accepted"))
FAMILY = {
    **dict.fromkeys(SIMULATORS, TWO_RECORDS),
    **dict.fromkeys(TOGETHER, ONE_RECORD),
}
_numbers = itertools.count(1_000_000)
KEPT = {
    "unit.jurisdiction": "de",
    "unit.timezone": "Europe/Berlin",
    "person.residence.street": "Stationsplein 1",
    "person.residence.municipality": "Utrecht",
    "person.residence.country": "NLD",
}  # Germany has no authority to be simulated
NO_DEPARTURES = ("es", "it", "cz")


def again(office: Office, row: Registration) -> None:
    """Send a refused record again."""
    with office.world.database.writing() as session:
        file_again(session, session.get_one(Registration, row.id), office.world.keyring, int(time.time()))


def other_number() -> str:
    """A document number that nobody had before."""
    return f"ZZ{next(_numbers)}"


def said(office: Office) -> list[tuple[str, str, str | None, str | None]]:
    return [(row.kind, row.state, row.answer_code, row.answer_text) for row in office.rows()]


async def test_a_refused_check_in_that_is_corrected_goes_out_again_as_a_check_in(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    simulator[1].set_behaviour("refuse")
    stay = office.tenant()
    await office.settled()
    simulator[1].set_behaviour("normal")
    office.correct(stay, id_number=other_number())
    await office.settled()
    assert office.states() == [("check_in", "refused"), ("check_in", "accepted")], said(office)
    refused, taken = office.rows()
    assert (refused.refiled_id, taken.refiled_id, taken.corrects_id) == (taken.id, None, None)
    assert taken.deadline_at == refused.deadline_at, "the correction does not move the deadline of the arrival"


async def test_a_refused_change_that_is_corrected_corrects_what_the_registry_has(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    stay = office.tenant()
    await office.settled()
    simulator[1].set_behaviour("refuse", times=None, skip=refusals_after(simulator[0]))
    office.correct(stay, id_number=other_number())
    await office.settled()
    simulator[1].set_behaviour("normal")
    office.correct(stay, id_number=other_number())
    await office.settled()
    assert office.states() == [("check_in", "accepted"), *AFTER_A_REFUSED_CHANGE[simulator[0]]], said(office)
    first, last = office.rows()[0], office.rows()[-1]
    assert last.corrects_id == (first.id if last.kind == "change" else None)


async def test_a_change_made_before_the_check_in_was_refused_goes_out_as_a_check_in(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    replaced = simulator[0] in REPLACED
    simulator[1].set_behaviour("refuse", times=None if replaced else 1)
    stay = office.tenant()
    office.correct(stay, id_number=other_number())
    await office.settled()
    expected = [("check_in", "not_due"), ("check_in", "refused")] if replaced else CHANGED_BEFORE_THE_REFUSAL
    assert office.states() == expected, said(office)
    if not replaced:
        assert ARRIVAL.get(simulator[0], "") in str(simulator[1].books()[-1]["body"])


async def test_a_refused_record_can_be_sent_again_once_as_it_is(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    simulator[1].set_behaviour("refuse")
    office.tenant()
    await office.settled()
    simulator[1].set_behaviour("normal")
    (refused,) = office.rows()
    again(office, refused)
    await office.settled()
    assert office.states() == [("check_in", "refused"), ("check_in", "accepted")], said(office)
    with pytest.raises(Conflict):
        again(office, refused)
    with pytest.raises(Conflict):
        again(office, office.rows()[-1])


async def test_a_refused_family_goes_out_again_with_everybody_it_named(
    office: Office, simulator: tuple[str, SimulatedRegistry]
) -> None:
    child = CHILD if simulator[0] in ("es", "it") else {"given_names": "Leo"}
    stay = office.tenant("", ADULT)
    office.tenant(stay, child)
    came_with_the_stay(office)
    simulator[1].set_behaviour("refuse")
    await office.settled()
    simulator[1].set_behaviour("normal")
    office.correct(stay, given_names="Annetje")
    await office.settled()
    assert tuple(office.states()) == FAMILY[simulator[0]], said(office)
    waiting = [row for row in office.rows() if row.state == "refused" and row.refiled_id is None]
    with office.world.database.reading() as session:
        named = len(session.get_one(Registration, office.rows()[-1].id).parts)
    # who has a record of their own is corrected on their own
    assert (len(waiting), named) == ((0, 2) if simulator[0] in TOGETHER else (1, 1))


async def test_a_refused_check_out_can_be_sent_again(office: Office, simulator: tuple[str, SimulatedRegistry]) -> None:
    stay = office.tenant()
    await office.settled()
    simulator[1].set_behaviour("refuse")
    office.end(stay)
    await office.settled()
    simulator[1].set_behaviour("normal")
    refused = office.rows()[-1]
    if simulator[0] in NO_DEPARTURES:
        assert refused.state == "not_due", said(office)
        return
    assert (refused.kind, refused.state) == ("check_out", "refused"), said(office)
    again(office, refused)
    await office.settled()
    assert [row.state for row in office.rows() if row.kind == "check_out"] == ["refused", "accepted"], said(office)


async def test_a_form_that_is_kept_is_refused_by_its_rules_only_and_made_again_once_it_is_complete(
    world: World,
) -> None:
    async with open_office(world, "de", {}, KEPT) as office:
        stay = office.tenant()
        await office.settled()
        office.correct(stay, surname="", given_names="")
        await office.settled()
        office.correct(stay, surname="Voorbeeld")
        await office.settled()
        assert office.states() == [("check_in", "accepted"), *CHANGED_AGAIN], said(office)


def refusals_after(name: str) -> int:
    """How many requests of a correction come before the one to refuse."""
    return 2 if name == "es" else 0
