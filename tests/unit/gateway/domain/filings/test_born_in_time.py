"""Nobody in a record was born after the day of arrival, whatever the registry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.filings.field_rules import coherent
from tests.contract.registry_cases import BARE_UNIT, TRAVELLER, base_record


@pytest.mark.parametrize(("days", "refused"), [(-1, False), (0, False), (1, True)])
def test_a_birth_after_the_day_of_arrival_is_impossible(days: int, refused: bool) -> None:
    record = replace(base_record(BARE_UNIT, TRAVELLER), unit=replace(BARE_UNIT, timezone="UTC"))
    born = (datetime.fromtimestamp(record.stay.from_at, UTC) + timedelta(days=days)).date().isoformat()
    found = list(coherent(replace(record, people=(replace(TRAVELLER, birth_date=born),))))
    assert [(problem.field, problem.rule) for problem in found] == [
        ("people[0].birth_date", "impossible_date")
    ] * refused


@pytest.mark.parametrize(("days", "refused"), [(1, False), (2, False), (3, True)])
def test_whoever_came_later_may_be_born_until_the_day_on_which_they_came(days: int, refused: bool) -> None:
    record = replace(base_record(BARE_UNIT, TRAVELLER), unit=replace(BARE_UNIT, timezone="UTC"))
    begins = datetime.fromtimestamp(record.stay.from_at, UTC)
    baby = replace(
        TRAVELLER,
        id="baby",
        birth_date=(begins + timedelta(days=days)).date().isoformat(),
        arrived_at=int((begins + timedelta(days=2)).timestamp()),
    )
    found = list(coherent(replace(record, people=(TRAVELLER, baby))))
    assert [problem.field for problem in found] == ["people[1].birth_date"] * refused
