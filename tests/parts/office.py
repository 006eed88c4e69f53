"""A world whose relay files with simulated registries, in real time."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from gateway.domain.filings.record import Registry
from gateway.domain.stays.offer import offer_of, token_of
from gateway.domain.stays.stay import Window
from gateway.journey.filings.parties import expect_others
from gateway.journey.filings.records import correct_person
from gateway.journey.stays import landlord
from gateway.outbox.deliveries import RetryAt
from gateway.registries import open_registry
from gateway.relay.loop import Relay, Sent
from gateway.relay.registries import LEASED, RegistrySenders
from gateway.store import Delivery, Landlord, Offer, Person, Registration, Stay, Unit
from gateway.supervision import Rounds
from tests.parts.world import DAY, FIELDS, World, report_to

TIMEOUT_SECONDS = 30.0


def changes_of(facts: Mapping[str, str], part: str) -> dict[str, str]:
    """Facts of the unit or the landlord, by path."""
    known = ("unit.jurisdiction", "unit.timezone")
    named = {path: text for path, text in facts.items() if path.startswith(f"{part}.") and path not in known}
    return {path.removeprefix(f"{part}."): text for path, text in named.items()}


_numbers = itertools.count()  # of documents: nobody is at a registry twice


@dataclass
class Office:
    """Executes steps of the journey and returns their results at the registry."""

    world: World
    relay: Relay
    facts: Mapping[str, str]
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tenant(
        self,
        stay_id: str = "",
        fields: Mapping[str, str] = MappingProxyType({}),
        *,
        begins: int = -3600,
        days: int = 2,
        others_follow: bool = False,
        at: int = 0,
    ) -> str:
        """A tenant with these fields checks in, now or `at`, on a new or an existing stay; returns the stay's id."""
        world = self.world
        world.now = at or int(time.time())
        people = {path: text for path, text in self.facts.items() if path.startswith("person.")}
        if stay_id:
            with world.database.writing() as session:
                offer = landlord.add_offer(session, session.get_one(Stay, stay_id), world.now)
                token = landlord_token(world, offer.id)
        else:
            token = world.offer(Window(world.now + begins, world.now + begins + days * DAY))
        if others_follow:
            with world.database.writing() as session:
                offer = session.get_one(Offer, offer_of(token, world.keyring.offer_secret))
                expect_others(offer.stay, follow=True)
        world.consent(token)
        world.show(token, fields={**FIELDS, "id_number": f"XR{next(_numbers):04d}R58", **people, **fields})
        return self.rows()[-1].stay_id

    def move(self, stay_id: str, days: int) -> None:
        """The landlord moves the stay's end."""
        with self.world.database.writing() as session:
            stay = session.get_one(Stay, stay_id)
            window = Window(stay.from_at, stay.until_at + days * DAY)
            landlord.change_stay(session, stay, window, self.world.keyring, int(time.time()))

    def end(self, stay_id: str) -> None:
        """The landlord ends the stay now."""
        with self.world.database.writing() as session:
            landlord.end_stay(session, session.get_one(Stay, stay_id), self.world.keyring, int(time.time()))

    def correct(self, stay_id: str, **fields: str) -> None:
        """An officer corrects the first tenant's fields."""
        with self.world.database.writing() as session:
            stay = session.get_one(Stay, stay_id)
            correct_person(session, stay, stay.people[0], fields, self.world.keyring, int(time.time()))

    def rows(self) -> list[Registration]:
        """All records, in order of creation."""
        with self.world.database.reading() as session:
            query = select(Registration).join(Person).order_by(Registration.created_at, Person.created_at)
            rows = session.scalars(query.order_by(Registration.number)).all()
            return sorted(rows, key=lambda row: (row.created_at, row.number))

    def states(self) -> list[tuple[str, str]]:
        """Kind and state of every record."""
        return [(row.kind, row.state) for row in self.rows()]

    async def settled(self) -> None:
        """Wait until no delivery to a registry is due."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while self._pending():
                self.news.clear()
                try:
                    await asyncio.wait_for(self.news.wait(), 0.2)
                except TimeoutError:
                    continue

    def _pending(self) -> bool:
        with self.world.database.reading() as session:
            query = select(Delivery.id).where(Delivery.work == "submit", Delivery.state == "owed")
            return session.scalars(query.where(Delivery.due_at <= time.time() + 60)).first() is not None


def landlord_token(world: World, offer_id: str) -> str:
    """The token of an offer's link."""
    return token_of(offer_id, world.keyring.offer_secret)


@asynccontextmanager
async def open_office(
    world: World, name: str, settings: Mapping[str, str], facts: Mapping[str, str]
) -> AsyncIterator[Office]:
    """Connect the world's unit to this registry; the relay runs until the block ends."""
    async with open_office_at(world, {name: (settings, facts)}) as office:
        yield office


@asynccontextmanager
async def open_office_at(
    world: World, registries: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]
) -> AsyncIterator[Office]:
    """Connect the world's unit to these registries, by the settings and facts of each, in their order."""
    facts = {path: text for _, its in reversed(list(registries.values())) for path, text in its.items()}
    with world.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        report_to(unit, *registries)
        for destination in unit.destinations:
            destination.registry_facts = changes_of(registries[destination.registry_name][1], "unit")
        unit.jurisdiction = facts.get("unit.jurisdiction", "sandbox")
        unit.timezone = facts.get("unit.timezone", "Europe/Rome")
        session.get_one(Landlord, world.landlord_id).registry_facts = changes_of(facts, "landlord")

    def now() -> int:
        return int(time.time())

    opened: dict[str, Registry] = {name: open_registry(name, its, now) for name, (its, _) in registries.items()}
    senders: dict[str, Any] = RegistrySenders(world.database, world.keyring.vault, opened, now).table()
    senders |= dict.fromkeys(("put_key", "drop_key", "set_time", "unlock"), later)
    relay = Relay(world.database, senders, now, leased=LEASED)
    office = Office(world, relay, facts)
    loop = asyncio.get_running_loop()
    world.database.after_commit(relay.wake)

    def tell() -> None:
        loop.call_soon_threadsafe(office.news.set)

    world.database.after_commit(tell)
    running = asyncio.create_task(relay.run(Rounds()))
    try:
        yield office
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for registry in opened.values():
            await registry.close()


async def later(_delivery: Delivery) -> Sent:
    """No lock is reachable in this world, so retry in an hour."""
    return Sent(RetryAt(int(time.time()) + 3600, "no lock here"))
