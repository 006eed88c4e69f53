"""Every state of a registration has a way out: the gateway acts, or a person has something to do."""

import pytest

from gateway.domain.filings.ways_out import ACTIONS, EVERYBODY, actions_for, menders_of
from gateway.journey.filings.deadlines import NEED_A_PERSON, OPEN, TAKEN
from gateway.texts.states import FILING


def test_every_state_that_has_a_text_is_in_the_table() -> None:
    assert set(ACTIONS) == set(FILING)
    assert set(ACTIONS) == {*OPEN, *TAKEN, "not_due", "lapsed"}


@pytest.mark.parametrize("state", NEED_A_PERSON)
def test_who_has_to_act_can_act_until_another_record_took_the_place(state: str) -> None:
    assert actions_for(state, replaced=False)
    assert actions_for(state, replaced=True) == ()


def test_what_was_refused_can_be_corrected_and_sent_again_or_registered_by_hand_if_refused_as_a_whole() -> None:
    assert actions_for("partly", replaced=False) == ("correct", "send_again")
    assert actions_for("refused", replaced=False) == ("correct", "send_again", "register_by_hand")


@pytest.mark.parametrize(
    ("field", "first"),
    [
        ("people[0].document.number", "tenant"),
        ("people", "tenant"),
        ("unit.registered_as", "landlord"),
        ("landlord.phone", "landlord"),
        ("stay.until_at", "landlord"),
    ],
)
def test_a_field_is_corrected_by_who_knows_it(field: str, first: str) -> None:
    assert menders_of(field)[0] == first


def test_an_answer_without_a_field_is_for_everybody() -> None:
    assert menders_of("") == EVERYBODY
