"""An operator notes a letter that asks for erasure, lists requests, and counts stays without their people."""

from typing import Any

import pytest
from sqlalchemy import select

from gateway.clock import utc_now
from gateway.store import Event, Person
from tests.parts.relaying import leave
from tests.parts.world import FIELDS, World
from tests.unit.api.cli.commands.test_setting_up import ask
from tests.unit.gateway.journey.tenants.test_known_people import another_link


def asked(world: World, *words: str, code: int = 0) -> Any:
    return ask(world.folder, "erasure", *words, code=code)


@pytest.fixture
def at_present(world: World) -> World:
    """The world at the machine's time, by which commands act."""
    world.now = utc_now()
    return world


def test_a_letter_is_noted_once_and_by_whom(at_present: World, caplog: pytest.LogCaptureFixture) -> None:
    stay = at_present.tenant().stay_id
    noted = asked(at_present, "ask", stay)
    assert (noted["by"], noted["erased"], noted["stay"]) == ("operator", False, stay)
    assert noted["answer_by"] > noted["asked"]
    assert asked(at_present, "ask", stay)["asked"] == noted["asked"]
    assert [row["person"] for row in asked(at_present, "list")] == [noted["person"]]
    with at_present.database.reading() as session:
        events = session.scalars(select(Event).where(Event.type == "ErasureAsked")).all()
        assert [event.data["by"] for event in events] == ["operator"]
    assert "Voorbeeld" not in str(noted) + caplog.text


def test_an_ended_stay_is_reduced_in_the_next_round(at_present: World) -> None:
    stay = at_present.tenant().stay_id
    leave(at_present, stay)
    asked(at_present, "ask", stay)
    at_present.now += 60
    at_present.purge()
    (row,) = asked(at_present, "list", "--all")
    assert row["erased"]
    assert asked(at_present, "list") == []


def test_a_letter_from_one_of_several_needs_their_number(at_present: World) -> None:
    stay = at_present.tenant().stay_id
    at_present.now += 1
    at_present.show(another_link(at_present, stay), fields=FIELDS | {"id_number": "X9999999", "given_names": "Bo"})
    assert asked(at_present, "ask", stay, code=2)["code"] == "several_people"
    assert asked(at_present, "ask", stay, "--person", "3", code=2)["code"] == "no_such_person"
    assert asked(at_present, "ask", stay, "--booker", code=2)["code"] == "no_such_person"
    noted = asked(at_present, "ask", stay, "--person", "2")
    with at_present.database.reading() as session:
        query = select(Person.id).where(Person.erasure_asked_at.is_not(None))
        assert session.scalars(query).all() == [noted["person"]]
        assert session.scalars(select(Person.id).order_by(Person.created_at)).all()[1] == noted["person"]
    assert asked(at_present, "ask", "none", code=2)["code"] == "no_such_stay"


def test_counts_name_nobody(at_present: World) -> None:
    key = at_present.tenant()
    before = asked(at_present, "counts")
    assert {(row["what"], row["number"]) for row in before} == {("stay", 1), ("filing", 1)}
    assert key.stay_id not in str(before)
    assert key.person_id not in str(before)
