"""One suite over every registry adapter and its simulated registry: no record is sent twice, whatever the answer."""

import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from gateway.domain.filings.fill import fill_record
from gateway.domain.filings.record import (
    NOT_TAKEN,
    UNKNOWN_REFERENCE,
    Accepted,
    AcceptedInPart,
    Answer,
    LandlordFacts,
    OutcomeUnknown,
    Pending,
    Refused,
    Registration,
    Registry,
    RegistryUnreachable,
)
from gateway.registries import open_registry
from gateway.texts.outcomes import ANSWER
from tests.contract.registries import CASES
from tests.contract.registry_cases import BARE_UNIT, TRAVELLER, RegistryCase, base_record
from tests.contract.registry_simulators import SimulatedRegistry, running_registry


def of(fits: Callable[[RegistryCase], bool]) -> pytest.MarkDecorator:
    """Parametrise with the registries that fit; no test is skipped."""
    chosen = [case for case in CASES if fits(case)]
    return pytest.mark.parametrize("case", chosen, indirect=True, ids=[case.name for case in chosen])


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> RegistryCase:
    found: RegistryCase = request.param
    return found


@pytest.fixture(scope="module")
def running(case: RegistryCase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedRegistry]:
    with running_registry(case.name, tmp_path_factory.mktemp(case.name)) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: SimulatedRegistry) -> Iterator[SimulatedRegistry]:
    yield running
    running.set_behaviour("normal")


@pytest.fixture
async def registry(case: RegistryCase, simulator: SimulatedRegistry) -> AsyncIterator[Registry]:
    adapter = open_registry(case.name, simulator.settings, lambda: int(time.time()))
    yield adapter
    await adapter.close()


async def settled(registry: Registry, answer: Answer) -> Answer:
    """The final answer, after at most twenty polls."""
    for _ in range(20):
        if not isinstance(answer, Pending):
            return answer
        answer = await registry.poll(answer.reference)
    return answer


async def file(registry: Registry, record: Registration) -> Answer:
    return await settled(registry, await registry.submit(record))


async def test_a_record_is_accepted_with_a_receipt_and_its_hash(registry: Registry, case: RegistryCase) -> None:
    answer = await file(registry, case.record())
    assert isinstance(answer, Accepted)
    assert answer.receipt
    assert len(bytes.fromhex(answer.raw_sha256)) == 32


async def test_every_table_used_has_a_version(registry: Registry, case: RegistryCase) -> None:
    await file(registry, case.record())
    assert registry.name == case.name
    assert (registry.can_be_queried, registry.resends_safely) == (case.can_be_queried, case.resends_safely)
    assert registry.tables()
    assert all(registry.tables().values())


async def test_a_refusal_carries_the_authoritys_code_and_a_sentence(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    simulator.set_behaviour("refuse")
    answer = await file(registry, case.record())
    assert isinstance(answer, Refused)
    assert answer.code
    assert answer.text or answer.code in ANSWER


@of(lambda case: case.in_part)
async def test_people_are_distinguished_when_only_some_are_accepted(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    simulator.set_behaviour("partial")
    record = case.record()
    answer = await file(registry, record)
    assert isinstance(answer, AcceptedInPart)
    assert [reported.person for reported in answer.people] == [person.id for person in record.people]
    assert [reported.accepted for reported in answer.people] == [True, False]
    assert answer.people[-1].code


@of(lambda case: case.decides_late)
async def test_a_late_decision_is_pending_until_it_is_made(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    simulator.set_behaviour("late")
    answer = await registry.submit(case.record())
    assert isinstance(answer, Pending)
    assert isinstance(await registry.poll(answer.reference), Pending)
    simulator.set_behaviour("normal")
    simulator.decide()
    assert isinstance(await registry.poll(answer.reference), Accepted)


@pytest.mark.parametrize("behaviour", ["silent", "broken", "huge", "malformed"])
async def test_a_lost_answer_is_an_unknown_outcome_with_one_record_there(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry, behaviour: str
) -> None:
    record, before = case.record(), len(simulator.books())
    prepared(case, simulator, behaviour)
    answer = await registry.submit(record)
    assert isinstance(answer, OutcomeUnknown)
    simulator.set_behaviour("normal")
    assert len(simulator.books()) - before == case.rows
    if registry.can_be_queried:
        assert isinstance(await settled(registry, await registry.poll(record.reference)), Accepted)


def prepared(case: RegistryCase, simulator: SimulatedRegistry, behaviour: str) -> None:
    """Apply the behaviour to the filing request, not to the requests that only log in before it."""
    simulator.set_behaviour(behaviour, skip=case.calls_before_filing)


async def test_silence_ends_in_an_unknown_outcome(case: RegistryCase, simulator: SimulatedRegistry) -> None:
    adapter = open_registry(case.name, {**simulator.settings, "timeout_s": "0.4"}, lambda: int(time.time()))
    prepared(case, simulator, "hang")
    assert isinstance(await adapter.submit(case.record()), OutcomeUnknown)
    await adapter.close()


async def test_a_redirect_to_a_private_address_is_not_followed(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    prepared(case, simulator, "redirect")
    assert isinstance(await registry.submit(case.record()), OutcomeUnknown)


async def test_an_outage_sends_nothing(registry: Registry, case: RegistryCase, simulator: SimulatedRegistry) -> None:
    before = len(simulator.books())
    simulator.set_behaviour("down")
    with pytest.raises(RegistryUnreachable):
        await registry.submit(case.record())
    assert len(simulator.books()) == before


async def test_nobody_listening_sends_nothing(case: RegistryCase, simulator: SimulatedRegistry) -> None:
    settings = {**simulator.settings, "url": "http://127.0.0.1:9/"}
    adapter = open_registry(case.name, settings, lambda: int(time.time()))
    with pytest.raises(RegistryUnreachable):
        await adapter.submit(case.record())
    await adapter.close()


async def test_wrong_credentials_are_an_outage_and_no_refusal_of_the_record(
    case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    settings = {k: v for k, v in simulator.settings.items() if k != "token_file"}
    adapter = open_registry(case.name, {**settings, "token": case.wrong_token}, lambda: int(time.time()))
    with pytest.raises(RegistryUnreachable):
        await adapter.submit(case.record())
    await adapter.close()


async def test_an_answer_given_twice_is_one_receipt(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    simulator.set_behaviour("twice")
    assert isinstance(await file(registry, case.record()), Accepted)


@of(lambda case: case.can_contradict)
async def test_two_different_answers_are_an_unknown_outcome(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    simulator.set_behaviour("two_receipts")
    assert isinstance(await file(registry, case.record()), OutcomeUnknown)


async def test_what_would_be_refused_is_refused_before_sending(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    record, before = case.bad_record(), len(simulator.books())
    problems = registry.problems(record)
    assert problems
    assert all(problem.field and problem.rule and problem.sentence.endswith(".") for problem in problems)
    assert isinstance(await registry.submit(record), Refused)
    assert len(simulator.books()) == before


async def test_a_traveller_with_a_passport_and_the_facts_asked_for_is_filed(
    registry: Registry, simulator: SimulatedRegistry
) -> None:
    record = fill_record(base_record(BARE_UNIT, TRAVELLER, landlord=LandlordFacts("l1", "Mira Holm")), simulator.facts)
    assert isinstance(await file(registry, record), Accepted)


async def test_a_good_record_has_no_problems(registry: Registry, case: RegistryCase) -> None:
    assert registry.problems(case.record()) == ()


async def test_a_filed_record_can_be_annulled_where_the_registry_can(registry: Registry, case: RegistryCase) -> None:
    filed = await file(registry, case.record())
    assert isinstance(filed, Accepted)
    answer = await settled(registry, await registry.cancel(filed.receipt))
    if case.can_cancel:
        assert isinstance(answer, Accepted)
    else:
        assert isinstance(answer, Refused)
        assert answer.code == NOT_TAKEN


@of(lambda case: case.resends_safely)
async def test_sending_again_under_one_reference_files_once(
    registry: Registry, case: RegistryCase, simulator: SimulatedRegistry
) -> None:
    record = case.record()
    first = await file(registry, record)
    entries = len(simulator.books())
    again = await file(registry, record)
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert (again.receipt, len(simulator.books())) == (first.receipt, entries)


@of(lambda case: case.can_be_queried)
async def test_a_reference_the_registry_never_saw_is_reported_as_such(registry: Registry) -> None:
    answer = await registry.poll("never-sent")
    assert isinstance(answer, Refused)
    assert answer.code == UNKNOWN_REFERENCE
