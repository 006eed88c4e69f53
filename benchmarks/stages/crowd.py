"""`python -m benchmarks.stages.crowd REGISTRY PARTIES SEED`: a crowd from the tenant's page to the registry, counted.

Day 0: parties arrive and register. Two days later: late comers, corrections, second phones, moved and early departures.
After the stays' end: departures. Prints one JSON object.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import select

from api.services.officer.filings import CorrectionForm, correct_filing
from benchmarks.parties.parties import Party, crowd
from benchmarks.stages.check_in import Outcome, check_in, declare, key_of, take_key
from benchmarks.stages.reception import DAY, STAY_DAYS, Reception
from benchmarks.stages.simulated import Simulated, simulated
from gateway.domain.errors import LodgekeyError
from gateway.domain.stays.stay import Window
from gateway.journey.filings.held_records import BY_HAND
from gateway.journey.filings.parties import latest_record
from gateway.journey.stays import landlord
from gateway.journey.stays.own_dates import leave_early
from gateway.journey.tenants import onboarding
from gateway.registries import REGISTRIES
from gateway.store import Account, Person, Registration, RegistrationPerson, Stay

SETTLED: Final = ("accepted", "not_due")


@dataclass
class Counts:
    """People by what became of them. `refused`: by the registry; `unsent`: by its rules, before sending.

    `by_hand`: whom a registry's rule keeps from being sent, for the landlord to register.
    `corrected`: filed without anybody's help after the page had named a wrong answer, and the tenant had corrected it.
    `answered_once_more`, `door` and `by_registry`: refusals by field or rule. `faults`: later steps of the journey
    that were refused.
    """

    registry: str
    parties: int = 0
    countries: int = 0
    people: int = 0
    at_once: int = 0
    corrected: int = 0
    decided: int = 0
    not_required: int = 0
    by_hand: int = 0
    refused_at_door: int = 0
    unsent: int = 0
    refused: int = 0
    stuck: int = 0
    records: int = 0
    seconds: int = 0
    answered_once_more: dict[str, int] = field(default_factory=dict)
    door: dict[str, int] = field(default_factory=dict)
    by_registry: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)


@dataclass
class Stayed:
    """One party with its stay and what became of its people at the door."""

    party: Party
    stay: str
    adults: list[Outcome]
    children: list[Outcome]


class Run:
    """One crowd at one registry."""

    def __init__(self, reception: Reception, authority: Simulated) -> None:
        self.reception, self._authority = reception, authority
        self.stayed: list[Stayed] = []
        self.faults: Counter[str] = Counter()

    async def play(self, parties: Sequence[Party]) -> None:
        """All three days."""
        await self._put_on(0)
        before = len(self.stayed)
        async with self.reception.filing():
            for party in parties:
                self.stayed.append(await self._arrive(party))
            await self.reception.settle()
            await self._put_on(2 * DAY)
            for stayed in self.stayed[before:]:
                await self._live(stayed)
            await self.reception.settle()
            await self._put_on(STAY_DAYS * DAY)
            for stayed in self.stayed[before:]:
                self._leave(stayed)
            await self.reception.settle()

    async def _put_on(self, ahead: int) -> None:
        """Both clocks go on, to this long after the beginning."""
        self.reception.now = self.reception.began + ahead
        await self._authority.set_clock_ahead(ahead)

    async def _arrive(self, party: Party) -> Stayed:
        stay = self.reception.let()
        stayed = Stayed(party, stay, [], [])
        present = party.adults[:-1] if party.joins_late else party.adults
        for place, adult in enumerate(present):
            stayed.adults.append(await check_in(self.reception, adult, self.reception.link(stay, first=place == 0)))
        registered = [one for one in stayed.adults if one.person]
        if party.children and registered and not any(key_of(self.reception, one.person) for one in registered):
            take_key(self.reception, registered[0])
        declarer = next((one for one in registered if key_of(self.reception, one.person)), None)
        for child in party.children:
            if declarer is not None:
                stayed.children.append(declare(self.reception, child, declarer))
            else:
                stayed.children.append(Outcome(child, refused=[("no_adult_registered",)]))
        return stayed

    async def _live(self, stayed: Stayed) -> None:
        """What happens on the third day."""
        party, first = stayed.party, stayed.adults[0]
        if party.joins_late:
            link = self.reception.link(stayed.stay)
            stayed.adults.append(await check_in(self.reception, party.adults[-1], link))
        if party.corrects and first.person:
            self._try("correction", lambda: self._correct(first))
        if party.second_phone and first.person:
            self._try("second phone", lambda: self._add_phone(first))
        if party.moves:
            self._try("moved dates", lambda: self._move(stayed))
        last = stayed.adults[-1]
        if party.leaves_early and last is not first and last.person and first.person:
            self._try("early departure", lambda: self._leave_early(last))

    def _try(self, what: str, step: object) -> None:
        assert callable(step)
        try:
            step()
        except LodgekeyError as error:
            self.faults[f"{what}: {error.code} {error.extra.get('field', '')}".strip()] += 1

    def _correct(self, outcome: Outcome) -> None:
        """The officer corrects the country of birth of somebody whose record was filed, or the names' spelling."""
        gateway = self.reception.gateway
        with gateway.database.reading() as session:
            person = session.get_one(Person, outcome.person)
            row = latest_record(session, person, person.stay.unit.destinations[0])
            officer = session.get_one(Account, self.reception.officer_id)
        if row is None:
            return
        name = outcome.traveller.person.zone_given_names
        if name and outcome.traveller.documents[0].lines:
            form = CorrectionForm(fields={"given_names": f"{name} MARIA"}, reason="as in the document")
            correct_filing(gateway, officer, row.id, form)

    def _add_phone(self, outcome: Outcome) -> None:
        gateway, now = self.reception.gateway, self.reception.now
        with gateway.database.writing() as session:
            offer = onboarding.get_offer(session, outcome.token, gateway.keyring, now)
            other = landlord.offer_another_phone(session, offer, now)
            onboarding.hand_over(session, other, self.reception.phone.public_key(), gateway.keyring, now)

    def _move(self, stayed: Stayed) -> None:
        gateway, now = self.reception.gateway, self.reception.now
        with gateway.database.writing() as session:
            stay = session.get_one(Stay, stayed.stay)
            window = Window(stay.from_at, stay.until_at - DAY)
            landlord.change_stay(session, stay, window, gateway.keyring, now)

    def _leave_early(self, outcome: Outcome) -> None:
        gateway, now = self.reception.gateway, self.reception.now
        with gateway.database.writing() as session:
            leave_early(
                session, onboarding.get_offer(session, outcome.token, gateway.keyring, now), gateway.keyring, now
            )

    def _leave(self, stayed: Stayed) -> None:
        gateway = self.reception.gateway
        with gateway.database.writing() as session:
            stay = session.get_one(Stay, stayed.stay)
            if stay.people and stay.state in ("offered", "active"):
                landlord.end_stay(session, stay, gateway.keyring, self.reception.now)


def count(run: Run, counts: Counts) -> Counts:
    """Count what became of everybody."""
    rows = _records(run.reception)
    for stayed in run.stayed:
        counts.parties += 1
        for outcome in (*stayed.adults, *stayed.children):
            counts.people += 1
            for refusal in outcome.refused[:1] if outcome.person else outcome.refused[-1:]:
                found = counts.answered_once_more if outcome.person else counts.door
                found[refusal[0]] = found.get(refusal[0], 0) + 1
            _count_one(outcome, rows.get(outcome.person, []), counts)
    counts.faults = dict(run.faults)
    counts.countries = len({one.person.nationality for stayed in run.stayed for one in stayed.party.people})
    counts.records = len({row.id for listed in rows.values() for row, _ in listed})
    return counts


def _count_one(outcome: Outcome, rows: Sequence[tuple[Registration, RegistrationPerson]], counts: Counts) -> None:
    refused = [row for row, part in rows if row.state == "refused" or (row.state == "partly" and part.answer_code)]
    if not outcome.person:
        counts.refused_at_door += 1
    elif refused:
        if any(row.answer_text or row.state == "partly" for row in refused):
            counts.refused += 1
        else:
            counts.unsent += 1
        why = f"{refused[0].kind} {refused[0].answer_code} {(refused[0].answer_args or {}).get('field', '')}".strip()
        why += f" {refused[0].answer_text or ''}".rstrip()
        counts.by_registry[why] = counts.by_registry.get(why, 0) + 1
    elif any(row.state == BY_HAND for row, _ in rows):
        counts.by_hand += 1
    elif any(row.state not in SETTLED and row.state != "partly" for row, _ in rows) or not rows:
        counts.stuck += 1
        why = " ".join(sorted({f"stuck {row.kind} {row.state} {row.answer_code}" for row, _ in rows})) or "no record"
        counts.by_registry[why] = counts.by_registry.get(why, 0) + 1
    elif all(row.state == "not_due" for row, _ in rows):
        counts.not_required += 1
    elif outcome.decided:
        counts.decided += 1
    elif outcome.refused:
        counts.corrected += 1
    else:
        counts.at_once += 1


def _records(reception: Reception) -> dict[str, list[tuple[Registration, RegistrationPerson]]]:
    """Every person's records with their part in each."""
    found: dict[str, list[tuple[Registration, RegistrationPerson]]] = {}
    with reception.gateway.database.reading() as session:
        query = select(Registration, RegistrationPerson).join(
            RegistrationPerson, RegistrationPerson.registration_id == Registration.id
        )
        for row, part in session.execute(query):
            found.setdefault(part.person_id, []).append((row, part))
    return found


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

        counts = Counts(registry)
        asyncio.run(play())
        count(run, counts)
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
