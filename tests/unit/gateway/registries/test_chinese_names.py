"""Names on the Chinese form for foreigners: what the rules let pass, the service's form takes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from firmware_sim.registries.china.form import Capitals
from gateway.registries.china import rules
from gateway.registries.china.record import sent_name
from tests.contract.registries.china import EVE, HANGZHOU
from tests.contract.registry_cases import base_record


@pytest.mark.parametrize(
    ("written", "sent"), [("'t Hooft", "T HOOFT"), ("O'Neill", "O'NEILL"), ("Anna-", "ANNA"), ("- '", "")]
)
def test_a_foreigners_name_goes_from_letter_to_letter(written: str, sent: str) -> None:
    assert sent_name(EVE, written) == sent


@given(st.text("AZaz '-é", max_size=70))
def test_the_form_takes_every_surname_that_the_rules_let_pass(surname: str) -> None:
    record = base_record(HANGZHOU, replace(EVE, surname=surname))
    found = {problem.field for problem in rules.problems(record, record.stay.from_at + 3600)}
    if "people[0].surname" not in found:
        TypeAdapter(Capitals).validate_python(sent_name(EVE, surname))
