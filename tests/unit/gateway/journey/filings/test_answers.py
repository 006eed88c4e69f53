"""Step 8: an authority's answer is recorded once; an unknown outcome stays visible until a person settles it."""

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import (
    Accepted,
    AcceptedInPart,
    Answer,
    OutcomeUnknown,
    Pending,
    PersonAnswer,
    Refused,
)
from gateway.journey.filings.answers import record_registry_answer
from gateway.store import Registration
from tests.parts.world import NOW, World

ACCEPTED = Accepted("R-1", "a" * 64, NOW)
REFUSED_ANSWER = Refused("SBX-1", "The number is not one of ours.")
PARTLY = AcceptedInPart("R-2", (PersonAnswer("p", False, "", "SBX-20", "Not this one."),), "b" * 64, NOW)
UNKNOWN = OutcomeUnknown("answer_empty")
LATER = Pending("P-1", NOW + 60)


def answer(world: World, *answers: Answer) -> Registration:
    """The newest record after these answers."""
    with world.database.reading() as session:
        name = session.scalars(select(Registration.id)).first()
    assert name is not None
    for one in answers:
        with world.database.writing() as session:
            record_registry_answer(session, name, one, world.now)
    with world.database.reading() as session:
        return session.get_one(Registration, name)


@pytest.mark.parametrize(
    ("given", "state", "event"),
    [
        (ACCEPTED, "accepted", "RegistryAccepted"),
        (REFUSED_ANSWER, "refused", "RegistryRefused"),
        (PARTLY, "partly", "RegistryRefused"),
        (UNKNOWN, "unknown", "OutcomeUnknown"),
    ],
)
def test_each_answer_is_one_state_and_one_event(world: World, given: Answer, state: str, event: str) -> None:
    world.tenant()
    row = answer(world, given)
    assert (row.state, row.answered_at, world.events()[-1]) == (state, world.now, event)


def test_an_acceptance_keeps_receipt_and_digest_of_what_came(world: World) -> None:
    world.tenant()
    row = answer(world, ACCEPTED)
    assert (row.receipt, row.receipt_sha256) == ("R-1", "a" * 64)


def test_a_refusal_keeps_the_authoritys_own_code_and_sentence(world: World) -> None:
    world.tenant()
    assert (answer(world, REFUSED_ANSWER).answer_code, answer(world).answer_text) == (
        "SBX-1",
        REFUSED_ANSWER.text,
    )


def test_a_partial_acceptance_names_what_was_refused(world: World) -> None:
    world.tenant()
    row = answer(world, PARTLY)
    assert (row.receipt, row.answer_code, row.answer_text) == ("R-2", "SBX-20", "Not this one.")


@pytest.mark.parametrize("first", [ACCEPTED, REFUSED_ANSWER, PARTLY])
@pytest.mark.parametrize("second", [ACCEPTED, REFUSED_ANSWER, UNKNOWN, LATER, Accepted("R-9", "c" * 64, NOW)])
def test_an_answer_that_comes_after_the_answer_changes_nothing(world: World, first: Answer, second: Answer) -> None:
    world.tenant()
    answer(world, first)
    before = world.rows()
    answer(world, second)
    assert world.rows() == before


def test_a_pending_record_is_asked_for_by_the_authoritys_reference_and_then_settled(world: World) -> None:
    world.tenant()
    row = answer(world, LATER)
    assert (row.state, row.pending_reference, row.answered_at) == ("pending", "P-1", None)
    assert answer(world, ACCEPTED).state == "accepted"


def test_what_turns_out_later_replaces_an_unknown_outcome(world: World) -> None:
    world.tenant()
    assert answer(world, UNKNOWN).state == "unknown"
    assert answer(world, ACCEPTED).state == "accepted"
    assert world.events()[-2:] == ["OutcomeUnknown", "RegistryAccepted"]
