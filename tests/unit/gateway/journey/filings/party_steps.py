"""A party of one stay whose registry answers as a test says; what can be done to it are steps by name."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import LodgekeyError
from gateway.domain.filings.record import Accepted, AcceptedInPart, Answer, PersonAnswer, Refused
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.held_records import (
    REPORTED,
    WAITS_FOR_ARRIVAL,
    WITH_REFUSALS,
    arrivals_awaited,
    held_record,
    latest_record,
    refused_people,
)
from gateway.journey.filings.parties import people_of, registered
from gateway.journey.filings.person_fields import person_facts, person_fields
from gateway.journey.filings.records import correct_person, file_again
from gateway.journey.filings.sealed_records import open_record
from gateway.journey.stays import landlord, own_dates
from gateway.journey.stays.family import declare_child
from gateway.journey.stays.shared_facts import Declaration
from gateway.outbox import deliveries
from gateway.store import Delivery, Key, Offer, Person, Registration, Stay, Unit
from tests.parts.registry import before_the_rules
from tests.parts.world import DAY, FIELDS, World, report_to

CHILD: Final = {"surname": "Voorbeeld", "birth_date": "2019-05-04", "nationality": "NLD", "sex": "M"}
AT_WORK: Final = ("waiting", "queued", "asking", "pending", "unknown", "by_hand")  # a record that is on its way
Refuses = Callable[[list[str]], list[str]]  # of the people of a record, those whom the registry refuses
REFUSES: Final[Mapping[str, Refuses]] = {
    "nobody": lambda _: [],
    "everybody": list,
    "the first": lambda people: people[:1],
    "the second": lambda people: people[1:2],
    "the last": lambda people: people[-1:],
}


class PartySteps:
    """One stay of ten days at a unit of its own, where one person is registered, and the time of its world.

    `born`: that person's date of birth, if not an adult's.
    """

    def __init__(self, world: World, registry: str, *, born: str = FIELDS["birth_date"]) -> None:
        self.world, self._number = world, len(world.issued())
        _, world.unit_id = world.add_unit(f"R{self._number}", f"lock-r{self._number}")
        with world.database.writing() as session:
            report_to(session.get_one(Unit, world.unit_id), registry)
        with before_the_rules():
            first = self._document() | {"birth_date": born}
            self.stay = world.tenant(Window(world.now - 60, world.now + 10 * DAY), first).stay.id
        self.steps: Mapping[str, Callable[[], None]] = {
            "an adult joins": self.adult_joins,
            "a child joins": self.child_joins,
            "a child registers alone": lambda: self.adult_joins(CHILD | {"id_number": "", "document_kind": "none"}),
            "a person is corrected": lambda: self.correct(0),
            "another is corrected": lambda: self.correct(1),
            "the last is corrected": lambda: self.correct(-1),
            "the last is of age": lambda: self.correct(-1, {"birth_date": "1985-03-03"}),
            "the adult comes later": lambda: self.arrive(own_dates_in=DAY // 2),
            "the adult alone comes later": lambda: self.arrive(own_dates_in=DAY // 2, children=False),
            "the adult is here": lambda: self.arrive(own_dates_in=0),
            "what was refused is sent again": self.send_again,
            "the stay is made longer": self.lengthen,
            "a day passes": self.pass_day,
            "a record is being sent": self.begin,
            "the first leaves": lambda: self.leave(0),
            "the last leaves": lambda: self.leave(-1),
            "the first leaves with the children": lambda: self.leave(0, children=True),
            "who left returns": self.come_back,
            "the stay ends": self.end,
            **{f"the registry refuses {whom}": self._answering(whom) for whom in REFUSES},
        }

    def do(self, steps: Sequence[str]) -> None:
        """Each step that is not refused, in turn; after it everybody is filed, is going to be, or is a case."""
        for at, step in enumerate(steps):
            self.world.now += 1
            with before_the_rules(), suppress(LodgekeyError):
                self.steps[step]()
            found = (self.unfiled(), self.outdated(), self.mended(), self.kept_waiting())
            assert found == ([], [], [], []), (steps[: at + 1], self.records())
            if step == "a day passes":
                assert self.overlooked() == [], (steps[: at + 1], self.records())

    def brought_about(self, *steps: str) -> list[tuple[str, str, list[str]]]:
        """(kind, state, people) of each record that these steps bring about, the first person being "person 0"."""
        before = len(self.records())
        self.do(steps)
        found = [(kind, state, [name for name, _ in people]) for kind, state, _, people in self.records()]
        return found[before:]

    def adult_joins(self, fields: Mapping[str, str] = MappingProxyType({})) -> None:
        """Another adult, or with other fields a child, registers with a link of their own."""
        world = self.world
        with world.database.writing() as session:
            offer = landlord.add_offer(session, session.get_one(Stay, self.stay), world.now)
            token = token_of(offer.id, world.keyring.offer_secret)
        world.consent(token)
        world.show(token, fields={**self._document(), **fields, "given_names": self._name()}, at_kiosk=True)

    def child_joins(self) -> None:
        """The first adult declares a child."""
        with self.world.database.writing() as session:
            key = session.scalars(select(Key).join(Offer, Key.offer_id == Offer.id).where(Offer.stay_id == self.stay))
            declared = Declaration(CHILD | {"given_names": self._name()})
            declare_child(session, key.all()[0], declared, self.world.keyring, self.world.now)

    def correct(self, which: int, fields: Mapping[str, str] = MappingProxyType({})) -> None:
        """This one of the registered people, counted around, gets another given name and these fields."""
        with self.world.database.writing() as session:
            people = self._people(session)
            person, changes = people[which % len(people)], {"given_names": self._name(), **fields}
            correct_person(session, person.stay, person, changes, self.world.keyring, self.world.now)

    def arrive(self, *, own_dates_in: int, children: bool = True) -> None:
        """The first adult arrives in so many seconds; the children declared by them too, unless they come before."""
        with self.world.database.writing() as session:
            stay, people = session.get_one(Stay, self.stay), self._people(session)
            adult = next(person for person in people if person.head_id is None)
            moved = [one for one in people if one is adult or (children and one.head_id == adult.id)]
            at = self.world.now + own_dates_in
            own_dates.move_arrival(session, stay, moved, at, self.world.keyring, self.world.now)

    def send_again(self) -> None:
        """A person sends every refused record again."""
        query = select(Registration).where(
            Registration.stay_id == self.stay, Registration.state.in_(WITH_REFUSALS), Registration.kind.in_(REPORTED)
        )
        with self.world.database.writing() as session:
            for row in session.scalars(query).all():
                if row.refiled_id is None:
                    file_again(session, row, self.world.keyring, self.world.now)

    def lengthen(self) -> None:
        """The landlord moves the end of the stay by a day."""
        with self.world.database.writing() as session:
            stay = session.get_one(Stay, self.stay)
            window = Window(stay.from_at, stay.until_at + DAY)
            landlord.change_stay(session, stay, window, self.world.keyring, self.world.now)

    def pass_day(self) -> None:
        """A day later, the gateway files who has come by then, in two rounds."""
        self.world.now += DAY
        for _ in range(2):
            with self.world.database.writing() as session:
                stay = session.get_one(Stay, self.stay)
                if stay in own_dates.due_arrivals(session, self.world.now):
                    own_dates.arrive_as_planned(session, stay, self.world.keyring, self.world.now)

    def leave(self, which: int, *, children: bool = False) -> None:
        """This one of the registered people leaves now, alone or with the children declared by them."""
        with self.world.database.writing() as session:
            people = self._people(session)
            person = people[which]
            gone = [person, *(one for one in people if children and one.head_id == person.id and one.left_at is None)]
            own_dates.depart(session, person.stay, gone, self.world.now, self.world.keyring, self.world.now)

    def come_back(self) -> None:
        """Whoever left first registers again with the same document, by a new link."""
        with self.world.database.reading() as session:
            gone = next(one for one in self._people(session) if one.left_at is not None)
            fields = person_fields(gone, self.world.keyring)
        self.adult_joins({name: fields[name] for name in ("id_number", "birth_date")})

    def end(self) -> None:
        """The landlord ends the stay now."""
        with self.world.database.writing() as session:
            landlord.end_stay(session, session.get_one(Stay, self.stay), self.world.keyring, self.world.now)

    def answer(self, whom: str) -> None:
        """The registry answers every record that is due, each after the one before it, and refuses these people."""
        while True:
            with self.world.database.writing() as session:
                delivery = self._next(session)
                if delivery is None:
                    return
                row = session.get_one(Registration, delivery.about)
                delivery.started_at = row.sent_at = self.world.now
                answer = self._answer_to(session, row, REFUSES[whom])
                if answer is None:
                    row.state = "not_due"
                else:
                    record_registry_answer(session, row.id, answer, self.world.now)
                deliveries.settle(session, delivery.id, deliveries.Done(), self.world.now)

    def begin(self) -> None:
        """The next record that is due is being sent, and not answered yet."""
        with self.world.database.writing() as session:
            delivery = self._next(session)
            if delivery is not None:
                delivery.started_at = self.world.now

    def unfiled(self) -> list[str]:
        """The people whom no registry holds, whom no record on its way names, and whose refusal is no case.

        But for who left and is back, whom a record may name once.
        """
        with self.world.database.reading() as session:
            people = self._people(session)
            named = {part.person_id for row in self._rows(session) if row.state in AT_WORK for part in row.parts}
            cases = {one for row in self._rows(session) if row.refiled_id is None for one in refused_people(row)}
            (destination,) = people[0].stay.unit.destinations
            back = {self._document_of(one) for one in people if one.left_at is None}
            here = [one for one in people if one.left_at is None or self._document_of(one) not in back]
            left = [one for one in here if one.id not in named | cases]
            return [one.id for one in left if held_record(session, one, destination) is None]

    def outdated(self) -> list[str]:
        """The people whose latest record is not of what is known of them now."""
        keyring, found = self.world.keyring, []
        with self.world.database.reading() as session:
            for person in self._people(session):
                row = latest_record(session, person, person.stay.unit.destinations[0])
                named = open_record(row.parts, keyring.vault).people if row is not None else ()
                now = person_facts(person.id, person_fields(person, keyring)).given_names
                found += [one.id for one in named if one.id == person.id and one.given_names != now]
        return found

    def mended(self) -> list[int]:
        """The numbers of the refused records that still are cases although later ones name everybody refused."""
        with self.world.database.reading() as session:
            rows = [row for row in self._rows(session) if row.kind in REPORTED and row.state != "not_due"]
            cases = [(at, row) for at, row in enumerate(rows) if refused_people(row) and row.refiled_id is None]
            later = {at: {part.person_id for row in rows[at + 1 :] for part in row.parts} for at, _ in cases}
            return [row.number for at, row in cases if later[at].issuperset(refused_people(row))]

    def held_twice(self) -> list[str]:
        """The people of whom the registry accepted two arrivals, neither of which was annulled."""
        with self.world.database.reading() as session:
            rows = [row for row in self._rows(session) if row.state == "accepted"]
            annulled = {row.corrects_id for row in rows if row.kind == "annulment"}
            held = [row for row in rows if row.kind in REPORTED and row.id not in annulled]
            times = Counter(part.person_id for row in held for part in row.parts)
            return [person for person, count in times.items() if count > 1]

    def kept_waiting(self) -> list[str]:
        """The people who are there, whose record waits for an adult although one is there too."""
        with self.world.database.reading() as session:
            there = [one for one in self._people(session) if (one.arrived_at or 0) <= self.world.now]
            (destination,) = session.get_one(Stay, self.stay).unit.destinations
            rows = {one.id: latest_record(session, one, destination) for one in there}
            adults = {one.id for one in there if self._born(one) < "2000"}
            return [name for name, row in rows.items() if adults and row is not None and _waits(row)]

    def overlooked(self) -> list[int]:
        """The numbers of the records that wait for an arrival although everybody they name has come."""
        with self.world.database.reading() as session:
            stay = session.get_one(Stay, self.stay)
            awaited = [(row, people_of(session, stay, row)) for row in arrivals_awaited(session, stay)]
            return [row.number for row, people in awaited if all((p.arrived_at or 0) <= self.world.now for p in people)]

    def records(self) -> list[tuple[str, str, str | None, list[tuple[str, str | None]]]]:
        """(kind, state, answer, each person with the answer about them) of each record, in order."""
        with self.world.database.reading() as session:
            order = {person.id: f"person {at}" for at, person in enumerate(self._people(session))}
            return [
                (row.kind, row.state, row.answer_code, [(order[p.person_id], p.answer_code) for p in row.parts])
                for row in self._rows(session)
            ]

    def _answering(self, whom: str) -> Callable[[], None]:
        return lambda: self.answer(whom)

    def _answer_to(
        self, session: Session, row: Registration, refuses: Callable[[list[str]], list[str]]
    ) -> Answer | None:
        """None: there is nothing to annul. The receipt is the record's own."""
        taken, people = Accepted(f"R-{row.id}", "0" * 64, self.world.now), [part.person_id for part in row.parts]
        if row.kind == "annulment":
            earlier = session.get(Registration, row.corrects_id) if row.corrects_id else None
            return taken if earlier is not None and earlier.receipt is not None else None
        refused = refuses(people)
        if not refused:
            return taken
        if len(refused) == len(people):
            return Refused("12", "No.")
        answers = [PersonAnswer(one, one not in refused, taken.receipt, "12", "No.") for one in people]
        return AcceptedInPart(taken.receipt, tuple(answers), "0" * 64, self.world.now)

    def _next(self, session: Session) -> Delivery | None:
        lane = select(Delivery).where(Delivery.lane.startswith("registry:"), Delivery.lane.endswith(self.stay))
        heads = lane.where(Delivery.state == "owed", Delivery.due_at <= self.world.now)
        return session.scalars(heads.order_by(Delivery.id).limit(1)).first()

    def _born(self, person: Person) -> str:
        return person_fields(person, self.world.keyring)["birth_date"]

    def _document_of(self, person: Person) -> str:
        return person_fields(person, self.world.keyring).get("id_number") or person.id

    def _people(self, session: Session) -> list[Person]:
        return registered(session, session.get_one(Stay, self.stay))

    def _rows(self, session: Session) -> Sequence[Registration]:
        query = select(Registration).where(Registration.stay_id == self.stay).order_by(Registration.number)
        return session.scalars(query).all()

    def _document(self) -> dict[str, str]:
        self._number += 1
        return FIELDS | {"id_number": f"AB9{self._number:06d}"}

    def _name(self) -> str:
        """A given name that nobody has yet."""
        self._number += 1
        return "Leo" + "".join("abcdefghij"[int(digit)] for digit in str(self._number))


def _waits(row: Registration) -> bool:
    return row.state == "waiting" or (row.state == "queued" and row.answer_code == WAITS_FOR_ARRIVAL)
