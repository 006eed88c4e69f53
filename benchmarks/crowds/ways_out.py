"""What people do about records that the gateway leaves to them: refused, of unknown outcome, to be registered by hand.

Refused and unknown records are acted upon only where the registry was made to fail: any other stays, and is counted.
"""

from collections import Counter
from collections.abc import Callable, Collection
from functools import partial
from itertools import cycle
from typing import Final

from sqlalchemy import select

from api.services.officer.filings import (
    CorrectionForm,
    OutcomeForm,
    correct_filing,
    file_filing_again,
    settle_filing,
)
from api.services.tenant.corrections import OwnCorrectionForm, correct_own, read_refusals
from benchmarks.crowds.during_stay import Stayed
from benchmarks.crowds.reception import Reception
from benchmarks.crowds.simulated import Simulated
from benchmarks.parties.people import Person
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError
from gateway.journey.filings.held_records import BY_HAND, WITH_REFUSALS, refused_people
from gateway.store import Account, Registration

MENDERS: Final = ("landlord", "tenant", "officer")


class WaysOut:
    """The people who act. `mended`: whose records; `by_hand`: by which rule; `done`: what was done, how often."""

    def __init__(self, reception: Reception, authority: Simulated) -> None:
        self._reception, self._authority = reception, authority
        self._next_menders = cycle(MENDERS)
        self.mended: set[str] = set()
        self.by_hand: dict[str, str] = {}
        self.done: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def register_by_hand(self) -> None:
        """The landlord registers those whom a rule keeps from being sent, and enters the receipt."""
        for row in self._rows(BY_HAND):
            self.by_hand |= {part.person_id: f"{row.answer_code}" for part in row.parts}
            self._try("registered by hand", partial(self._settle, row, "accepted", f"hand-{row.number}"))

    def mend(self, stayed: Stayed, books_before: int) -> None:
        """What a failing registry left of one party is sent again, corrected or settled.

        `books_before`: the number of the last record it had before.
        """
        for row in self._rows(*WITH_REFUSALS, "unknown", stay=stayed.stay):
            if row.state == "unknown":
                self.mended |= {part.person_id for part in row.parts}
                self._try("outcome settled", partial(self._look_up, row, stayed, books_before))
            elif row.id in {other.id for other in self._rows(*WITH_REFUSALS, stay=stayed.stay)}:
                self.mended |= set(refused_people(row))
                self._act(next(self._next_menders), row, stayed)

    def _act(self, mender: str, row: Registration, stayed: Stayed) -> None:
        """By turns the tenant or the officer corrects a name, or the landlord has the record sent again."""
        refused = refused_people(row)
        outcome = next((one for one in stayed.everybody if one.person in refused), None)
        name = outcome.traveller.person.zone_given_names if outcome else ""
        if mender == "landlord" or outcome is None or not name or not outcome.traveller.documents[0].lines:
            self._try("sent again", lambda: file_filing_again(self._gateway, self._staff("landlord"), row.id))
        elif mender == "officer":
            number = next(part.position + 1 for part in row.parts if part.person_id == outcome.person)
            form = CorrectionForm(person=number, fields={"given_names": f"{name} ANNA"}, reason="as in the document")
            self._try(
                "corrected by an officer", lambda: correct_filing(self._gateway, self._staff(mender), row.id, form)
            )
        else:
            self._try("corrected by the tenant", lambda: self._correct_own(row, outcome.token, f"{name} ANNA"))

    def _correct_own(self, row: Registration, token: str, name: str) -> None:
        shown = next(one for one in read_refusals(self._gateway, token) if one.registration == row.id)
        form = OwnCorrectionForm(registration=row.id, person=shown.person, fields={"given_names": name})
        correct_own(self._gateway, token, form)

    def _look_up(self, row: Registration, stayed: Stayed, books_before: int) -> None:
        """An officer asks the authority whether it has the people of the record."""
        named = {part.person_id for part in row.parts}
        people = [one.traveller for one in stayed.everybody if one.person in named]
        marks = [
            mark for one in people for mark in (*(document.number for document in one.documents), *_names(one.person))
        ]
        receipt = self._authority.find(marks, after=books_before)
        self._settle(row, "accepted" if receipt else "not_received", receipt)

    def _settle(self, row: Registration, outcome: str, receipt: str) -> None:
        form = OutcomeForm.model_validate({"outcome": outcome, "receipt": receipt})
        settle_filing(self._gateway, self._staff("officer"), row.id, form)

    def _try(self, what: str, step: Callable[[], object]) -> None:
        try:
            step()
            self.done[what] += 1
        except LodgekeyError as error:
            self.faults[f"{what}: {error.code} {error.extra.get('field', '')}".strip()] += 1

    def _rows(self, *states: str, stay: str = "") -> Collection[Registration]:
        """The records in these states in whose place no other was filed."""
        query = select(Registration).where(Registration.state.in_(states), Registration.refiled_id.is_(None))
        query = query.order_by(Registration.number)
        with self._reception.gateway.database.reading() as session:
            rows = session.scalars(query.where(Registration.stay_id == stay) if stay else query).all()
            assert all(row.parts is not None for row in rows)  # loaded while the session is open
            return rows

    @property
    def _gateway(self) -> Gateway:
        return self._reception.gateway

    def _staff(self, role: str) -> Account:
        return self._reception.staff[role]


def _names(person: Person) -> tuple[str, ...]:
    """How a person is found who has no document."""
    return tuple(text for text in (person.zone_surname, person.surname.written) if text)
