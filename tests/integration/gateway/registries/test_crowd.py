"""Generated parties at every registry: nobody is stuck, the registry takes what the rules let pass, and holds it."""

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.crowds.crowd import Run
from benchmarks.crowds.reception import Reception
from benchmarks.crowds.simulated import simulated
from benchmarks.parties.parties import crowd as generated
from benchmarks.records.registrations import AUTHORITIES
from gateway.domain.verification.mrz import parse_mrz
from gateway.domain.verification.zone_facts import zone_facts

PARTIES = 3
Running = tuple[Run, asyncio.Runner]


@pytest.fixture(scope="module", params=AUTHORITIES)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp(request.param)
    with asyncio.Runner() as runner, simulated(request.param, folder / "authority") as authority:
        reception = Reception(folder / "gateway", request.param, authority.settings, authority.facts)
        yield Run(reception, authority), runner
        runner.run(reception.close())


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_parties_are_filed_nobody_is_stuck_and_the_books_are_right(run: Running, seed: int) -> None:
    crowd, runner = run
    crowd.during.faults.clear()
    crowd.ways_out.faults.clear()
    runner.run(crowd.play(list(generated(seed, PARTIES, crowd.reception.registry, crowd.reception.today))))
    counts = crowd.count(crowd.stayed[-PARTIES:])
    assert (counts.refused, counts.unsent, counts.stuck) == (0, 0, 0), counts.by_registry
    assert not counts.faults, counts.faults
    assert crowd.audit() == []


def test_a_seed_gives_the_same_crowd_of_sixty_countries() -> None:
    day = date(2026, 11, 28)
    first, again = (list(generated(1, 300, "es", day)) for _ in range(2))
    assert first == again
    assert len({party.adults[0].person.nationality for party in first}) > 60
    assert {party.kind for party in first} == {"single", "couple", "family", "group"}


@pytest.mark.parametrize("registry", AUTHORITIES)
def test_every_zone_of_the_crowd_is_one_that_its_issuer_could_have_printed(registry: str) -> None:
    for party in generated(3, 150, registry, date(2026, 11, 28)):
        for document in (document for traveller in party.people for document in traveller.documents if document.lines):
            zone = parse_mrz(document.lines)
            assert all(zone.checks.values()), document
            facts = zone_facts(zone)
            assert (facts["id_number"], facts["issuing_state"]) == (document.number, document.issuer)
