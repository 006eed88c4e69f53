"""What happens to a party of the crowd after its arrival: late comers, corrections, phones, dates and departures."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from api.services.officer.filings import CorrectionForm, correct_filing
from api.services.tenant.stay import OwnArrivalForm, OwnDepartureForm, arrive_later, plan_departure
from benchmarks.crowds.check_in import Outcome, check_in, key_of
from benchmarks.crowds.children import declare
from benchmarks.crowds.reception import DAY, Reception
from benchmarks.parties.parties import Party
from gateway.domain.errors import LodgekeyError
from gateway.domain.keys.holder_statements import arrival_statement, departure_statement
from gateway.domain.stays.stay import Window
from gateway.journey.filings.held_records import latest_record
from gateway.journey.stays import landlord
from gateway.journey.stays.own_dates import leave_early
from gateway.journey.tenants import onboarding
from gateway.store import Person, Stay


@dataclass
class Stayed:
    """One party with its stay and what became of its people at the door.

    `begins`, `agreed_end` and `ends` (as it really did) are of the stay, in UTC seconds. `returned`: those who left and
    were back on the same day, once more.
    """

    party: Party
    stay: str
    begins: int
    agreed_end: int
    ends: int
    adults: list[Outcome] = field(default_factory=list)
    children: list[Outcome] = field(default_factory=list)
    returned: list[Outcome] = field(default_factory=list)

    @property
    def everybody(self) -> list[Outcome]:
        """Adults and children."""
        return self.adults + self.children


class DuringStay:
    """The steps, each by whoever does it in the product. `faults`: those that were refused."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self.faults: Counter[str] = Counter()

    def say_dates(self, stayed: Stayed) -> None:
        """The last adult says on their phone that they come later, or leave earlier, than the others."""
        last = stayed.adults[-1]
        if not last.person or not key_of(self._reception, last.person):
            return
        if stayed.party.says_later:
            self._try("own arrival", lambda: self._arrive_later(last))
        if stayed.party.says_earlier:
            self._try("own departure", lambda: self._plan_departure(last))

    async def third_day(self, stayed: Stayed) -> None:
        """Late comers, corrections, second phones, moved dates, early departures."""
        party, first = stayed.party, stayed.adults[0]
        if party.joins_late:
            link = self._reception.link(stayed.stay)
            stayed.adults.append(await check_in(self._reception, party.adults[-1], link))
            stayed.adults[-1].came = self._reception.now
        if party.corrector and first.person:
            self._try("correction", lambda: self._correct(first, party.corrector))
        if party.child_joins_late:
            stayed.children.append(await declare(self._reception, party.children[-1], first))
            stayed.children[-1].came = self._reception.now
        if party.second_phone and first.person:
            self._try("second phone", lambda: self._add_phone(first))
        if party.moves:
            self._try("moved dates", lambda: self._move(stayed))
        last = stayed.adults[-1]
        if party.leaves_early and last is not first and last.person and first.person:
            self._try("early departure", lambda: self._leave_early(last))
            if party.returns and last.left:
                link = self._reception.link(stayed.stay)
                stayed.returned.append(await check_in(self._reception, last.traveller, link))
                stayed.returned[-1].came = self._reception.now

    def leave(self, stayed: Stayed) -> None:
        """The stay ends for everybody who is still there."""
        gateway = self._reception.gateway
        stayed.ends = min(stayed.ends, self._reception.now)
        with gateway.database.writing() as session:
            stay = session.get_one(Stay, stayed.stay)
            if stay.people and stay.state in ("offered", "active"):
                landlord.end_stay(session, stay, gateway.keyring, self._reception.now)

    def _try(self, what: str, step: Callable[[], None]) -> None:
        try:
            step()
        except LodgekeyError as error:
            self.faults[f"{what}: {error.code} {error.extra.get('field', '')}".strip()] += 1

    def _arrive_later(self, outcome: Outcome) -> None:
        key, at = key_of(self._reception, outcome.person), _moment(self._reception.began + DAY)
        sent = self._reception.sign(lambda proof: arrival_statement(key, proof, at, children=True))
        arrive_later(self._reception.gateway, key, OwnArrivalForm(arrived=at, **sent))
        outcome.came = self._reception.began + DAY
        outcome.changes.append(self._reception.now)

    def _plan_departure(self, outcome: Outcome) -> None:
        key, at = key_of(self._reception, outcome.person), _moment(self._reception.began + 3 * DAY)
        sent = self._reception.sign(lambda proof: departure_statement(key, proof, at, children=True))
        plan_departure(self._reception.gateway, key, OwnDepartureForm(leaves=at, **sent))
        outcome.left = outcome.leaves = self._reception.began + 3 * DAY
        outcome.changes.append(self._reception.now)

    def _correct(self, outcome: Outcome, corrector: str) -> None:
        """The landlord or an officer corrects the given names of somebody whose record was filed."""
        gateway = self._reception.gateway
        with gateway.database.reading() as session:
            person = session.get_one(Person, outcome.person)
            row = latest_record(session, person, person.stay.unit.destinations[0])
            number = next((part.position + 1 for part in row.parts if part.person_id == person.id), 0) if row else 0
        name = outcome.traveller.person.zone_given_names
        if row is not None and name and outcome.traveller.documents[0].lines:
            form = CorrectionForm(person=number, fields={"given_names": f"{name} MARIA"}, reason="as in the document")
            correct_filing(gateway, self._reception.staff[corrector], row.id, form)
            outcome.changes.append(self._reception.now)

    def _add_phone(self, outcome: Outcome) -> None:
        gateway, now = self._reception.gateway, self._reception.now
        with gateway.database.writing() as session:
            offer = onboarding.get_offer(session, outcome.token, gateway.keyring, now)
            other = landlord.offer_another_phone(session, offer, now)
            onboarding.hand_over(session, other, self._reception.phone.public_key(), gateway.keyring, now)

    def _move(self, stayed: Stayed) -> None:
        gateway, now = self._reception.gateway, self._reception.now
        with gateway.database.writing() as session:
            stay = session.get_one(Stay, stayed.stay)
            window = Window(stay.from_at, stay.until_at - DAY)
            landlord.change_stay(session, stay, window, gateway.keyring, now)
        stayed.ends = stayed.agreed_end = stayed.agreed_end - DAY
        for outcome in stayed.everybody:
            outcome.changes.append(now)

    def _leave_early(self, outcome: Outcome) -> None:
        gateway, now = self._reception.gateway, self._reception.now
        with gateway.database.writing() as session:
            offer = onboarding.get_offer(session, outcome.token, gateway.keyring, now)
            leave_early(session, offer, gateway.keyring, now)
        outcome.left = now


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
