"""Whoever is let in at the door is taken by the registry: its rules have nothing to say, and the authority accepts.

But for those whom a rule that the registry marks is against: they are let in too, and registered by hand.
"""

import asyncio
import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.crowds.reception import DAY, Reception
from benchmarks.crowds.travellers import facts_asked, typed_fields
from benchmarks.parties.parties import Party, make_party
from benchmarks.parties.people import Traveller
from benchmarks.records.registrations import AUTHORITIES
from gateway.domain.errors import Conflict, InputRefused
from gateway.domain.filings.codes.icao_states import STATELESS
from gateway.domain.filings.record import Accepted, Pending
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.stays.stay import Window
from gateway.domain.verification.field_sources import FACT, TYPED
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.arrival_rules import refuse_arrival
from gateway.journey.filings.corrections import check_correction
from gateway.journey.filings.destinations import day_at, own_arrival
from gateway.journey.filings.held_records import BY_HAND, latest_record
from gateway.journey.filings.person_fields import seal_sources
from gateway.journey.filings.records import check_in, correct_person
from gateway.journey.filings.sealed_records import open_record
from gateway.journey.stays import landlord
from gateway.journey.stays.own_dates import move_arrival
from gateway.registries import REGISTRIES, registry_problems, rule_against, to_correct
from gateway.store import Person, Registration, Stay, Unit
from gateway.store.model import new_id
from tests.integration.door_answers import ANSWERS
from tests.integration.registry_parts import Authority, authority_here
from tests.parts.world import NOW

Twist = tuple[int, int, int]  # which of the party answers otherwise, in which field, and which of its answers
KEPT: Final = {"unit.jurisdiction": "de", "unit.timezone": "Europe/Berlin"}
NUMBER: Final = st.integers(0, 999)
TWISTS: Final = st.lists(st.tuples(NUMBER, NUMBER, NUMBER), max_size=4)
TYPED_FIELDS: Final = tuple(name for name in ANSWERS if not name.startswith(FACT))
MAX_ANSWERS: Final = 30  # answers of one field that are tried alone
HOURS: Final = st.integers(0, 23)


@dataclass(eq=False)
class Door:
    """One unit at one registry, and the authority behind it, if there is one."""

    reception: Reception
    authority: Authority | None
    runner: asyncio.Runner
    unit_id: str

    @property
    def asked(self) -> tuple[str, ...]:
        """What the page asks for besides the document."""
        return REGISTRIES[self.reception.registry].facts.of_tenant

    def file(self, session: Session, stay: Stay) -> None:
        """Send what is queued, in order. Fails if the rules or the authority refuse any of it.

        Fails too if something is registered by hand that could have been sent.
        """
        name, registry = self.reception.registry, self.reception.gateway.registries[self.reception.registry]
        query = select(Registration).where(Registration.stay_id == stay.id, Registration.state == "queued")
        for row in session.scalars(query.order_by(Registration.number)).all():
            record = self.opened(session, row)
            assert not registry_problems(name, record, self.reception.now), record
            answer = self.runner.run(registry.submit(record))
            while isinstance(answer, Pending):
                answer = self.runner.run(registry.poll(answer.reference))
            assert isinstance(answer, Accepted), (answer, record)
            record_registry_answer(session, row.id, answer, self.reception.now)
            session.flush()
        by_hand = select(Registration).where(Registration.state == BY_HAND, Registration.kind != "annulment")
        for row in session.scalars(by_hand).all():  # an annulment is made by hand with the record that it is before
            assert rule_against(name, self.opened(session, row), self.reception.now), row.answer_code

    def opened(self, session: Session, row: Registration) -> Record:
        """The record as it is sent."""
        record = open_record(row.parts, self.reception.gateway.keyring.vault)
        corrected = session.get(Registration, row.corrects_id) if row.corrects_id else None
        late = row.deadline_at is not None and self.reception.now >= row.deadline_at
        return replace(record, corrects=corrected.receipt if corrected else None, late=late)

    def arrive(self, session: Session, stay: Stay, fields: Mapping[str, str], head: Person | None) -> Person | None:
        """Somebody comes to the door with these fields; None if they are refused. `head`: who declares a child."""
        keyring, now = self.reception.gateway.keyring, self.reception.now
        try:
            with session.begin_nested():
                person = Person(id=new_id(), stay_id=stay.id, created_at=now, head_id=head.id if head else None)
                person.arrived_at = own_arrival(stay, now)
                seal_sources(person, {name: {TYPED: text} for name, text in fields.items() if text}, keyring)
                session.add(person)
                session.flush()
                refuse_arrival(session, stay, person, keyring, now)
        except (FieldsRefused, Conflict):
            session.expire(stay, ["people"])
            return None
        check_in(session, stay, person, keyring, now)
        return person

    def correct(self, session: Session, stay: Stay, person: Person, changes: Mapping[str, str]) -> None:
        """An officer corrects fields of somebody whose record was filed, unless that is refused."""
        keyring, now, registry = self.reception.gateway.keyring, self.reception.now, self.reception.registry
        row = latest_record(session, person, stay.unit.destinations[0])
        if row is None:
            return
        record = self.opened(session, row)
        try:
            checked = check_correction(
                record,
                person,
                changes,
                keyring,
                self.reception.today,
                [(record, lambda new: to_correct(registry, registry_problems(registry, new, now)))],
            )
        except InputRefused:
            return
        correct_person(session, stay, person, checked, keyring, now)

    def form(self, traveller: Traveller, twists: Sequence[Twist], *, is_child: bool) -> dict[str, str]:
        """The fields of this traveller's form, with other answers in some of those that the page asks for."""
        profile, asked = self.reception.profile, self.asked
        document = traveller.document(profile.document_kinds) or traveller.documents[-1]
        fields = typed_fields(traveller, document, profile)
        fields |= {FACT + path: text for path, text in facts_asked(traveller, document, asked, {}).items()}
        fields |= dict(self.answered(twists, fields))
        if is_child and profile.no_document_under:
            fields |= {"document_kind": "none", "id_number": "", "issuing_state": ""}
        return fields

    def answered(self, twists: Sequence[Twist], fields: Collection[str] = ()) -> Iterator[tuple[str, str]]:
        """The field and the answer of each, of those given and those asked for here."""
        known = [name for name in ANSWERS if name in (fields or TYPED_FIELDS) or name.removeprefix(FACT) in self.asked]
        for _, field, answer in twists:
            name = known[field % len(known)]
            yield name, ANSWERS[name][answer % len(ANSWERS[name])]


@pytest.fixture(scope="module", params=(*AUTHORITIES, "de"))
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    name, folder = request.param, tmp_path_factory.mktemp(request.param)
    held: list[Reception] = []
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        authority = None
        if not REGISTRIES[name].kept:
            authority = stack.enter_context(authority_here(name, folder / "authority", lambda: held[0].now))
        reception = Reception(
            folder / "gateway", name, authority.settings if authority else {}, authority.facts if authority else KEPT
        )
        held.append(reception)
        runner.run(reception.gateway.registry_tables.read())
        reception.began = reception.now = NOW
        stay_id = reception.let()
        with reception.gateway.database.writing() as session:
            stay = session.get_one(Stay, stay_id)
            unit_id, stay.state = stay.unit_id, "cancelled"
        yield Door(reception, authority, runner, unit_id)
        runner.run(reception.close())


class _RollBack(Exception):
    """Ends the transaction of an example: nobody was here."""


@settings(max_examples=15, derandomize=True)
@given(seed=st.integers(0, 2**32), twists=TWISTS, again=TWISTS, nights=st.sampled_from((2, 4, 7, 28)), hours=HOURS)
def test_whoever_the_door_lets_in_is_filed(
    door: Door, seed: int, twists: Sequence[Twist], again: Sequence[Twist], nights: int, hours: int
) -> None:
    reception = door.reception
    reception.now = NOW + hours * 3600
    party = make_party(Random(seed), reception.registry, reception.today)
    if door.authority:
        door.authority.forget()
    try:
        with reception.gateway.database.writing() as session:
            _stay(door, session, party, twists, again, nights)
            raise _RollBack
    except _RollBack:
        pass


def test_every_answer_that_the_door_lets_in_is_filed(door: Door) -> None:
    first = _filed_traveller(door)
    door.reception.now = NOW
    asked = [name for name in ANSWERS if name in TYPED_FIELDS or name.removeprefix(FACT) in door.asked]
    taken = {
        name: [text for text in ANSWERS[name][-MAX_ANSWERS:] if _filed(door, first, {name: text})] for name in asked
    }
    assert all(taken[name] for name in ("surname", "given_names", "birth_date", "id_number")), taken


@settings(max_examples=15, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_a_stateless_person_is_let_in_wherever_another_foreigner_is(door: Door, seed: int) -> None:
    door.reception.now = NOW
    for traveller in make_party(Random(seed), door.reception.registry, door.reception.today).adults:
        foreigner = _filed(door, traveller, {"nationality": "USA"})
        assert _filed(door, traveller, {"nationality": STATELESS}) == foreigner


MINUTE: Final = 60
DELAYS: Final = st.integers(-30 * 24 * 60, 40 * 24 * 60)  # minutes from the stay's beginning to now
LENGTHS: Final = st.one_of(st.integers(1, 3 * 24 * 60), st.integers(1, 500 * 24 * 60))  # minutes


@settings(max_examples=8, derandomize=True)
@given(delay=DELAYS, length=LENGTHS, registers=LENGTHS, moved=LENGTHS)
def test_whatever_dates_a_landlord_may_enter_are_filed(
    door: Door, delay: int, length: int, registers: int, moved: int
) -> None:
    reception, traveller = door.reception, _filed_traveller(door)
    if door.authority:
        door.authority.forget()
    try:
        with reception.gateway.database.writing() as session:
            _dates(door, session, traveller, (delay, length, registers, moved))
            raise _RollBack
    except _RollBack:
        reception.now = NOW


@settings(max_examples=10, derandomize=True)
@given(days=st.integers(0, 4), born=st.integers(-1, 4), moved=st.integers(0, 4))
def test_a_child_who_joins_or_is_born_during_the_stay_is_filed_with_an_arrival_of_its_own(
    door: Door, days: int, born: int, moved: int
) -> None:
    reception, traveller = door.reception, _filed_traveller(door)
    if door.authority:
        door.authority.forget()
    try:
        with reception.gateway.database.writing() as session:
            _child_joins(door, session, traveller, (days, born, moved))
            raise _RollBack
    except _RollBack:
        reception.now = NOW


def _child_joins(door: Door, session: Session, traveller: Traveller, days: tuple[int, int, int]) -> None:
    """A child comes so many days after the adult, born on another; then the adult's arrival is moved to a third."""
    reception, (comes, born, moved) = door.reception, days
    unit = session.get_one(Unit, door.unit_id)
    stay = landlord.offer_key(session, unit, Window(NOW - MINUTE, NOW + 9 * DAY), NOW).stay
    stay.state = "active"
    adult = door.arrive(session, stay, door.form(traveller, [], is_child=False), None)
    assert adult is not None
    door.file(session, stay)
    reception.now = NOW + comes * DAY
    of_child = {"id_number": "XR7788R58", "birth_date": day_at(stay, NOW + born * DAY).isoformat()}
    of_child |= {FACT + path: "child" for path in door.asked if path == "relation"}
    child = door.arrive(session, stay, door.form(traveller, [], is_child=False) | of_child, adult)
    assert (child is not None) == (born <= comes)
    door.file(session, stay)
    with suppress(Conflict, InputRefused), session.begin_nested():
        at = min(NOW + moved * DAY, reception.now)
        move_arrival(session, stay, [adult], at, reception.gateway.keyring, reception.now)
    session.refresh(stay)
    door.file(session, stay)


@functools.cache
def _filed_traveller(door: Door) -> Traveller:
    """Somebody whom the door lets in and the registry takes."""
    door.reception.now = NOW
    parties = (make_party(Random(seed), door.reception.registry, door.reception.today) for seed in range(1000))
    return next(party.adults[0] for party in parties if _filed(door, party.adults[0], {}))


def _dates(door: Door, session: Session, traveller: Traveller, minutes: tuple[int, int, int, int]) -> None:
    """A stay begins `delay` before now; somebody registers in it, its end is moved; each that is taken is filed."""
    reception, keyring = door.reception, door.reception.gateway.keyring
    delay, length, registers, moved = (one * MINUTE for one in minutes)
    window = Window(NOW - delay, NOW - delay + length)
    try:
        stay = landlord.offer_key(session, session.get_one(Unit, door.unit_id), window, NOW).stay
    except (Conflict, InputRefused):
        return
    stay.state = "active"
    reception.now = min(NOW + registers, window.end - 1)
    if door.arrive(session, stay, door.form(traveller, [], is_child=False), None) is None:
        return
    reception.now = max(reception.now, window.start)
    door.file(session, stay)
    with suppress(Conflict, InputRefused), session.begin_nested():
        landlord.change_stay(session, stay, Window(window.start, window.end + moved - length), keyring, reception.now)
    session.refresh(stay)
    door.file(session, stay)


def _filed(door: Door, traveller: Traveller, answers: Mapping[str, str]) -> bool:
    """Whether the door lets this traveller in, who then is filed. Fails if they are let in and refused."""
    if door.authority:
        door.authority.forget()
    try:
        with door.reception.gateway.database.writing() as session:
            unit, now = session.get_one(Unit, door.unit_id), door.reception.now
            stay = landlord.offer_key(session, unit, Window(now - 60, now + 4 * DAY), now).stay
            person = door.arrive(session, stay, door.form(traveller, [], is_child=False) | dict(answers), None)
            door.file(session, stay)
            raise _RollBack
    except _RollBack:
        return person is not None


def _stay(
    door: Door, session: Session, party: Party, twists: Sequence[Twist], again: Sequence[Twist], nights: int
) -> None:
    """The party arrives, perhaps one of them later, is corrected, and leaves; each step is filed."""
    reception, began = door.reception, door.reception.now
    keyring, unit = reception.gateway.keyring, session.get_one(Unit, door.unit_id)
    stay = landlord.offer_key(session, unit, Window(began - 60, began + nights * DAY), began).stay
    stay.state = "active"
    size = len(party.people)
    people = [(one, [twist for twist in twists if twist[0] % size == at]) for at, one in enumerate(party.people)]
    late = people[len(party.adults) - 1] if party.joins_late else None
    here: list[Person | None] = []
    for traveller, theirs in people:
        is_child = traveller in party.children
        head = next((one for one in here if one), None)
        if (late and traveller is late[0]) or (is_child and head is None):
            continue
        here.append(
            door.arrive(session, stay, door.form(traveller, theirs, is_child=is_child), head if is_child else None)
        )
    door.file(session, stay)
    reception.now = began + DAY
    if late:
        here.append(door.arrive(session, stay, door.form(*late, is_child=False), None))
        door.file(session, stay)
    for twist in again:
        person = here[twist[0] % len(here)] if here else None
        if person is not None:
            door.correct(session, stay, person, {n.removeprefix(FACT): text for n, text in door.answered([twist])})
            door.file(session, stay)
    if party.moves:
        landlord.change_stay(session, stay, Window(stay.from_at, stay.until_at + DAY), keyring, reception.now)
        door.file(session, stay)
    if any(here):
        reception.now = stay.until_at if not party.leaves_early else began + DAY + 3600
        landlord.end_stay(session, stay, keyring, reception.now)
        door.file(session, stay)
