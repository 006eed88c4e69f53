"""`python -m benchmarks.crowds.crowd REGISTRY PARTIES SEED`: a crowd from the tenant's page to the registry, counted.

Day 0: parties arrive and register. Day 1: who said so comes later. Day 2: late comers, corrections, second phones,
moved and early departures. Day 3: planned departures. After the stays' end: departures. Prints one JSON object.
"""

import asyncio
import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from api.services.schemas import UnlockForm
from api.services.tenant.family import complete_party
from benchmarks.books.audit import READERS, Difference, differences
from benchmarks.books.plan import planned_visits
from benchmarks.crowds.check_in import Outcome, check_in, key_of, share_phone, take_key, take_key_home
from benchmarks.crowds.children import declare
from benchmarks.crowds.counts import Counts, count
from benchmarks.crowds.during_stay import DuringStay, Stayed
from benchmarks.crowds.reception import DAY, STAY_DAYS, Reception
from benchmarks.crowds.simulated import Simulated, simulated
from benchmarks.crowds.ways_out import WaysOut
from benchmarks.parties.parties import Party, crowd
from benchmarks.parties.people import Traveller
from gateway.domain.keys.holder_statements import party_statement
from gateway.journey.keys.keyring import Keyring
from gateway.journey.stays.own_dates import arrive_as_planned, depart_as_planned, due_arrivals, due_departures
from gateway.registries import REGISTRIES
from gateway.store import Stay

# How many requests fail of a registry that cannot be heard; the other behaviours go on for a party's whole arrival.
CONNECTION: Final = {"silent": 3, "broken": 3, "malformed": 3, "down": 3}


class Run:
    """One crowd at one registry."""

    def __init__(self, reception: Reception, authority: Simulated) -> None:
        self.reception, self.authority = reception, authority
        self.stayed: list[Stayed] = []
        self.during, self.ways_out = DuringStay(reception), WaysOut(reception, authority)

    @property
    def faults(self) -> Counter[str]:
        """Later steps that were refused."""
        return self.during.faults + self.ways_out.faults

    def audit(self) -> list[Difference]:
        """What the authority holds otherwise than everybody's plan."""
        registry, zone = self.reception.registry, self.reception.timezone
        planned = planned_visits(self.stayed, registry, zone, self.ways_out.by_hand)
        return list(differences(planned, READERS[registry](self.authority.held(), zone)))

    def count(self, stays: Sequence[Stayed]) -> Counts:
        """What became of everybody in these stays."""
        counts = count(stays, self.reception, self.ways_out, Counts(self.reception.registry))
        counts.faults = dict(self.faults)
        return counts

    async def play(self, parties: Sequence[Party]) -> None:
        """All days."""
        await self._put_on(0)
        before = len(self.stayed)
        async with self.reception.filing():
            for party in parties:
                await self._arrive_at(party)
            here = self.stayed[before:]
            await self._end_day()
            await self._put_on(DAY)
            await self._end_day()
            await self._put_on(2 * DAY)
            for stayed in here:
                await self.during.third_day(stayed)
            await self._end_day()
            await self._put_on(3 * DAY)
            await self._end_day()
            await self._put_on(STAY_DAYS * DAY)
            for stayed in here:
                self.during.leave(stayed)
            await self._end_day()

    async def _put_on(self, ahead: int) -> None:
        """Both clocks go on, to this long after the beginning; who planned to come or to leave by then does."""
        self.reception.now = self.reception.began + ahead
        await self.authority.set_clock_ahead(ahead)
        self._sweep(due_arrivals, arrive_as_planned)
        self._sweep(due_departures, depart_as_planned)

    async def _end_day(self) -> None:
        """Everything is sent, and who is left to the landlord is registered by hand."""
        await self._settle()
        self.ways_out.register_by_hand()

    async def _settle(self) -> None:
        """Everything is sent; where that put the gateway's clock on, the authority's follows."""
        await self.reception.settle()
        await self.authority.set_clock_ahead(math.ceil(max(0, self.reception.now - time.time())))

    def _sweep(
        self, due: Callable[[Session, int], Sequence[Stay]], step: Callable[[Session, Stay, Keyring, int], None]
    ) -> None:
        """What housekeeping does every half minute."""
        gateway = self.reception.gateway
        with gateway.database.writing() as session:
            for stay in due(session, self.reception.now):
                step(session, stay, gateway.keyring, self.reception.now)

    async def _arrive_at(self, party: Party) -> None:
        """A party arrives; where the registry fails, people act on what that leaves."""
        if not party.fault:
            self.stayed.append(await self._arrive(party))
            return
        await self._settle()
        books = self.authority.last_record()
        await self.authority.behave(party.fault, CONNECTION.get(party.fault))
        stayed = await self._arrive(party)
        self.stayed.append(stayed)
        await self._settle()
        await self.authority.behave("normal")
        for _ in party.people:  # what waited behind a lost answer goes out, and may need a person too
            self.ways_out.mend(stayed, books)
            await self._settle()

    async def _arrive(self, party: Party) -> Stayed:
        reception, window = self.reception, self.reception.window
        stayed = Stayed(party, reception.let(), window.start, window.end, window.end)
        link = reception.link(stayed.stay, first=True)
        if len(party.people) > 1:
            reception.announce(link, group=party.kind == "group")
        first = await check_in(reception, party.adults[0], link)
        stayed.adults.append(first)
        if len(party.people) > 1 and first.person and not key_of(reception, first.person):
            take_key(reception, first)
        for adult in party.adults[1 : -1 if party.joins_late else None]:
            stayed.adults.append(await self._join(party, adult, stayed))
        for child in party.children[: -1 if party.child_joins_late else None]:
            stayed.children.append(await declare(reception, child, first))
        if len(party.people) > 1 and first.person:
            key = key_of(reception, first.person)
            form = UnlockForm(**reception.sign(lambda proof: party_statement(key, proof)))
            complete_party(reception.gateway, key, form)
        self.during.say_dates(stayed)
        return stayed

    async def _join(self, party: Party, adult: Traveller, stayed: Stayed) -> Outcome:
        """Another adult registers by a link of their own, or on the first one's phone."""
        reception, first = self.reception, stayed.adults[0]
        if not (party.one_phone and first.person):
            return await check_in(reception, adult, reception.link(stayed.stay))
        outcome = await check_in(reception, adult, share_phone(reception, first), phone_of_another=True)
        if outcome.person:
            take_key_home(reception, outcome)
        return outcome


def run_crowd(registry: str, parties: int, seed: int) -> Counts:
    """One crowd at one registry, in a folder in memory where the machine has one."""
    began = time.monotonic()
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as name, simulated(registry, Path(name) / "authority") as authority:
        reception = Reception(Path(name) / "gateway", registry, authority.settings, authority.facts)
        run = Run(reception, authority)

        async def play() -> None:
            await run.play(list(crowd(seed, parties, registry, reception.today)))

        asyncio.run(play())
        counts = run.count(run.stayed)
        wrong = run.audit()
        counts.wrong_in_books = sum(one.people for one in wrong)
        counts.books = dict(Counter(one.kind for one in wrong))
        asyncio.run(reception.close())
    counts.seconds = round(time.monotonic() - began)
    return counts


def main() -> None:
    """Print the counts of one registry."""
    registry, parties, seed = sys.argv[1:4]
    assert registry in REGISTRIES
    print(json.dumps(asdict(run_crowd(registry, int(parties), int(seed))), ensure_ascii=False))


if __name__ == "__main__":
    main()
