"""A filing's deadline, its preview, and its settlement by a person where the registry did not answer."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Accepted, OutcomeUnknown
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.deadlines import watch_deadlines
from gateway.outbox import deliveries
from gateway.outbox.deliveries import Unknown
from gateway.store import Delivery, Event, Registration, Unit
from tests.parts.desk import Desk
from tests.parts.registry import before_the_rules
from tests.parts.world import DAY, FIELDS, World, report_to

HOUR = 3600
ITALY = {"it": {"url": "http://127.0.0.1:9/x", "token": "t", "user": "u", "wskey": "k"}}


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world, registries=ITALY)
    yield made
    await made.close()


def check_in(desk: Desk, **fields: str) -> str:
    """A pending record; returns its id."""
    token = desk.world.offer()
    desk.world.consent(token)
    desk.world.show(token, fields=FIELDS | fields)
    return filing(desk).id


def filing(desk: Desk) -> Registration:
    with desk.gateway.database.reading() as session:
        return session.scalars(select(Registration).order_by(Registration.created_at.desc())).first() or Registration()


def lose_the_answer(desk: Desk) -> None:
    """The registry's answer is lost, and the registry cannot be queried."""
    with desk.gateway.database.writing() as session:
        record_registry_answer(session, filing(desk).id, OutcomeUnknown("answer_empty"), desk.world.now)
        delivery = session.scalars(select(Delivery).where(Delivery.work == "submit")).one()
        deliveries.settle(session, delivery.id, Unknown("no answer"), desk.world.now)


def pending(desk: Desk) -> tuple[str, int | None]:
    with desk.gateway.database.reading() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.work == "submit")).one()
        return delivery.state, delivery.started_at


def events(desk: Desk, *types: str) -> list[str]:
    with desk.gateway.database.reading() as session:
        return list(session.scalars(select(Event.type).where(Event.type.in_(types)).order_by(Event.id)))


def watch(desk: Desk) -> int:
    with desk.gateway.database.writing() as session:
        return watch_deadlines(session, desk.world.now)


async def standing(desk: Desk, record: str) -> str:
    landlord = await desk.signed_in("landlord")
    stays: list[dict[str, Any]] = (await landlord.get("/stays")).json()
    return next(str(row["standing"]) for stay in stays for row in stay["registrations"] if row["id"] == record)


async def test_an_open_filing_is_warned_of_before_and_flagged_after_its_deadline_once_each(desk: Desk) -> None:
    record = check_in(desk)
    begin = desk.world.now
    assert (await standing(desk, record), watch(desk)) == ("in_time", 0)
    desk.world.now = begin + 19 * HOUR
    assert (await standing(desk, record), watch(desk), watch(desk)) == ("warn", 1, 0)
    desk.world.now = begin + 25 * HOUR
    assert (await standing(desk, record), watch(desk), watch(desk)) == ("late", 1, 0)
    assert events(desk, "DeadlineNear", "DeadlineMissed") == ["DeadlineNear", "DeadlineMissed"]


async def test_the_officer_of_the_area_sees_what_presses_and_no_other_does(desk: Desk) -> None:
    record = check_in(desk)
    desk.world.now += 25 * HOUR
    officer, elsewhere = await desk.signed_in("officer"), await desk.signed_in("elsewhere")
    assert [row["id"] for row in (await officer.get("/registrations/attention")).json()] == [record]
    assert (await elsewhere.get("/registrations/attention")).json() == []


async def test_a_filing_taken_in_time_stays_in_time_and_one_taken_late_stays_late(desk: Desk) -> None:
    record = check_in(desk)
    begin = desk.world.now
    with desk.gateway.database.writing() as session:
        record_registry_answer(session, record, Accepted("r-1", "0" * 64, begin), begin + HOUR)
    desk.world.now = begin + 10 * DAY
    assert (await standing(desk, record), watch(desk)) == ("in_time", 0)
    with desk.gateway.database.writing() as session:
        session.get_one(Registration, record).answered_at = begin + 2 * DAY
    assert await standing(desk, record) == "late"


async def test_a_person_settles_an_unknown_outcome_as_accepted(desk: Desk) -> None:
    record = check_in(desk)
    lose_the_answer(desk)
    officer = await desk.signed_in("officer")
    answer = await officer.post(
        f"/registrations/{record}/outcome", json={"outcome": "accepted", "receipt": "by-telephone-7"}
    )
    assert (answer.status_code, answer.json()["state"], answer.json()["receipt"]) == (200, "accepted", "by-telephone-7")
    assert pending(desk)[0] == "done"
    assert events(desk, "OutcomeSettled", "RegistryAccepted") == ["OutcomeSettled", "RegistryAccepted"]


async def test_what_never_arrived_is_sent_again_as_if_never_sent(desk: Desk) -> None:
    record = check_in(desk)
    lose_the_answer(desk)
    landlord = await desk.signed_in("landlord")
    answer = await landlord.post(f"/registrations/{record}/outcome", json={"outcome": "not_received"})
    assert (answer.json()["state"], pending(desk)) == ("queued", ("owed", None))


async def test_a_known_outcome_cannot_be_settled_again(desk: Desk) -> None:
    record = check_in(desk)
    officer = await desk.signed_in("officer")
    answer = await officer.post(f"/registrations/{record}/outcome", json={"outcome": "accepted"})
    assert answer.status_code == 409


async def test_nobody_outside_reads_settles_or_corrects_a_filing(desk: Desk) -> None:
    record = check_in(desk)
    lose_the_answer(desk)
    owner, _ = desk.world.add_unit("999", None)
    desk.add_account("neighbour", "landlord", landlord_id=owner)
    for login in ("elsewhere", "neighbour"):
        client = await desk.signed_in(login)
        assert (await client.get(f"/registrations/{record}/preview")).status_code == 404
        settled = await client.post(f"/registrations/{record}/outcome", json={"outcome": "accepted"})
        assert settled.status_code == 404
    elsewhere = await desk.signed_in("elsewhere")
    body = {"fields": {"name": "Somebody Else"}, "reason": "no reason"}
    assert (await elsewhere.post(f"/registrations/{record}/corrections", json=body)).status_code == 404
    assert (await desk.client().get(f"/registrations/{record}/preview")).status_code == 401


async def test_a_preview_names_what_would_be_refused_and_rewritten_without_showing_the_person(desk: Desk) -> None:
    with desk.gateway.database.writing() as session:
        report_to(session.get_one(Unit, desk.world.unit_id), "it")
    with before_the_rules():
        record = check_in(desk, surname="Núñez", given_names="Ana")
    landlord = await desk.signed_in("landlord")
    answer = await landlord.get(f"/registrations/{record}/preview")
    shown = answer.json()
    assert {found["field"] for found in shown["problems"]} >= {"people[0].birth_country"}
    assert [(found["given"], found["sent"]) for found in shown["differences"]] == [("N•••", "N•••")] * 1 + [
        ("A••", "A••")
    ] * (len(shown["differences"]) - 1)
    assert shown["tables"]
    assert "Núñez" not in answer.text
    assert FIELDS["id_number"] not in answer.text


async def test_a_correction_becomes_a_change_at_the_registry_and_a_correction_in_the_feed(desk: Desk) -> None:
    record = check_in(desk)
    officer = await desk.signed_in("officer")
    body = {"fields": {"id_number": "ZZ9999999"}, "reason": "a digit was misread"}
    answer = await officer.post(f"/registrations/{record}/corrections", json=body)
    assert (answer.status_code, answer.json()["kind"]) == (201, "change")
    assert events(desk, "CheckedIn", "RegistrationCorrected") == ["CheckedIn", "RegistrationCorrected"]
    body["fields"] = {"fingerprint": "x"}
    assert (await officer.post(f"/registrations/{record}/corrections", json=body)).status_code == 422
