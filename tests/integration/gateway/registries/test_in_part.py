"""Records that the police accept in part, and a lot whose answer was lost: nothing is sent twice or is stuck."""

import time

from gateway.journey.filings import reconciling
from gateway.journey.filings.parties import close_party
from gateway.journey.filings.records import correct_person, file_again
from gateway.store import Person, Registration, Stay
from tests.contract.registry_simulators import SimulatedRegistry
from tests.integration.gateway.registries.test_parties import CHILD, came_with_the_stay, rows_sent
from tests.parts.office import Office


async def in_part(italy: Office, it: SimulatedRegistry, surname: str) -> Registration:
    """A family of two in one record, of which the police accept the first row and refuse the second."""
    stay = italy.tenant("", {"given_names": "Anna", "surname": surname}, others_follow=True)
    italy.tenant(stay, CHILD | {"surname": surname})
    came_with_the_stay(italy)
    it.set_behaviour("partial")
    with italy.world.database.writing() as session:
        close_party(session, session.get_one(Stay, stay), int(time.time()))
    await italy.settled()
    it.set_behaviour("normal")
    (row,) = [row for row in italy.rows() if row.state == "partly"]
    return row


async def test_only_those_whom_the_police_refused_are_filed_again(italy: Office, it: SimulatedRegistry) -> None:
    row = await in_part(italy, it, "Zucchi")
    assert rows_sent(it, "ZUCCHI") == ["17 ANNA document"]
    with italy.world.database.reading() as session:
        parts = session.get_one(Registration, row.id).parts
        answered = [(part.receipt is not None, part.answer_code) for part in parts]
        child = parts[1].person_id
    assert answered == [(True, None), (False, "12")]
    with italy.world.database.writing() as session:
        person = session.get_one(Person, child)
        correct_person(session, person.stay, person, {"given_names": "Leone"}, italy.world.keyring, int(time.time()))
    await italy.settled()
    sent = rows_sent(it, "ZUCCHI")
    assert [line.split()[1] for line in sent].count("LEONE") == 1
    assert italy.rows()[-1].state == "accepted"


async def test_what_was_refused_in_part_can_be_sent_again_once(italy: Office, it: SimulatedRegistry) -> None:
    row = await in_part(italy, it, "Yvori")
    with italy.world.database.writing() as session:
        file_again(session, session.get_one(Registration, row.id), italy.world.keyring, int(time.time()))
    await italy.settled()
    assert italy.rows()[-1].state == "accepted"
    assert [line.split()[1] for line in rows_sent(it, "YVORI")].count("LEO") == 1


async def test_a_lot_whose_answer_was_lost_is_filed_once(spain: Office, es: SimulatedRegistry) -> None:
    es.set_behaviour("silent", times=1)
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"})
    await spain.settled()
    assert spain.states() == [("check_in", "unknown")]
    for _ in range(2):  # a person says twice that nothing arrived: the ministry has the XML already
        with spain.world.database.writing() as session:
            row = session.get_one(Registration, spain.rows()[0].id)
            reconciling.settle(session, row, "not_received", "", "officer:o", spain.world.keyring, int(time.time()))
        await spain.settled()
        (row,) = spain.rows()
        assert (row.state, row.answer_args) == ("unknown", {"cause": "lot_sent_before"})
    (there,) = [row for row in es.books() if row["person"] == stay]
    with spain.world.database.writing() as session:
        row = session.get_one(Registration, row.id)
        receipt = there["receipt"]
        reconciling.settle(session, row, "accepted", receipt, "officer:o", spain.world.keyring, int(time.time()))
    spain.correct(stay, given_names="Annika")
    await spain.settled()
    assert spain.states() == [("check_in", "accepted"), ("annulment", "accepted"), ("check_in", "accepted")]
    held = [row for row in es.books() if row["person"] == stay and row["state"] == "accepted"]
    assert [row["receipt"] for row in held] == [spain.rows()[-1].receipt]
