"""A tenant asks for erasure: what the law keeps is said with dates, and what it does not keep goes."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from gateway.domain.retention.times import answer_by
from gateway.store import Event, Key, Person, Unit, Verification
from tests.parts.house import House, good, refused
from tests.parts.relaying import settle
from tests.parts.world import DAY
from tests.unit.api.http.tenant.test_stay import signed


def move(house: House, jurisdiction: str) -> None:
    with house.gateway.database.writing() as session:
        for unit in session.scalars(select(Unit)):
            unit.jurisdiction = jurisdiction


def keep_house(house: House) -> None:
    settle(house.gateway.database, house.gateway.vault, house.now[0])
    assert house.gateway.housekeeping.round() == []


def counted(house: House, table: type[Event | Key | Person | Verification]) -> int:
    with house.gateway.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


async def end(house: House, key: str) -> None:
    with house.gateway.database.reading() as session:
        stay = session.get_one(Key, key).stay_id
    good(await house.client("landlord-a").post(f"/api/v1/stays/{stay}/end"))


async def ask(house: House, key: str) -> dict[str, object]:
    return dict(good(await house.client().post(f"/api/v1/keys/{key}/erasure", json=signed(house, "erase", key))))


async def test_what_the_law_keeps_is_said_with_its_name_and_last_day(house: House) -> None:
    key = await house.key(days=3)
    move(house, "es")
    shown = await ask(house, key)
    assert [(one["what"], one["until"][:10], one["law"]) for one in shown["kept"]] == [  # type: ignore[attr-defined]
        ("record", "2029-09-23", "Real Decreto 933/2021, art. 5"),
        ("receipt", "2029-09-23", "Real Decreto 933/2021, art. 5"),
    ]
    assert (shown["ended"], shown["erased"]) == (False, False)
    assert str(shown["answer_by"])[:10] == "2026-10-21"


async def test_during_the_stay_nothing_is_taken_away(house: House) -> None:
    key = await house.key()
    house.put_on_lock(key)
    await ask(house, key)
    keep_house(house)
    assert counted(house, Verification) == 1
    with house.gateway.database.reading() as session:
        assert session.get_one(Key, key).desired == "present"


async def test_at_the_end_of_the_stay_what_no_law_keeps_is_erased(house: House) -> None:
    key = await house.key()
    house.put_on_lock(key)
    await ask(house, key)
    await end(house, key)
    for _ in range(2):
        keep_house(house)
    assert (counted(house, Verification), counted(house, Key)) == (0, 0)
    with house.gateway.database.reading() as session:
        person = session.scalars(select(Person)).one()
    assert (person.sealed, person.erased_at) == (None, house.now[0])
    assert house.gateway.vault.people() == set()


async def test_a_phone_that_still_has_its_pair_can_ask_after_the_end(house: House) -> None:
    key = await house.key()
    move(house, "es")
    await end(house, key)
    house.now[0] += 10 * DAY
    keep_house(house)
    shown = await ask(house, key)
    assert shown["ended"]
    keep_house(house)
    assert counted(house, Verification) == 0
    with house.gateway.database.reading() as session:
        assert session.scalars(select(Person)).one().sealed is not None, "the law keeps it"
        assert "DoorUnlocked" not in session.scalars(select(Event.type)).all()


async def test_only_the_holder_can_ask(house: House) -> None:
    key = await house.key()
    forged = signed(house, "end", key)
    refused(await house.client().post(f"/api/v1/keys/{key}/erasure", json=forged), 403, "proof_refused")
    with house.gateway.database.reading() as session:
        assert session.scalars(select(Person.erasure_asked_at)).all() == [None]


async def test_a_second_request_keeps_the_day_of_the_first(house: House) -> None:
    key = await house.key()
    first = await ask(house, key)
    house.now[0] += 30
    assert (await ask(house, key))["asked"] == first["asked"]


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-01-31", "2026-02-28"),
        ("2028-01-31", "2028-02-29"),
        ("2026-12-15", "2027-01-15"),
        ("2026-03-31", "2026-04-30"),
    ],
)
def test_the_answer_is_due_within_a_month(asked: str, due: str) -> None:
    at = int(datetime.fromisoformat(f"{asked}T12:00:00+00:00").timestamp())
    assert datetime.fromtimestamp(answer_by(at), UTC).isoformat() == f"{due}T12:00:00+00:00"
