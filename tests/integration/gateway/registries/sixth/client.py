"""The guest book over JSON: PUT by reference, query by reference, annulment by number."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.record import Difference, FieldProblem, PersonFacts, Registration
from gateway.domain.filings.transliteration import spell
from gateway.registries.adapter import Clock, name_differences
from gateway.registries.json_client import JsonRegistry, Receipt, Request, open_bearer_client
from tests.integration.gateway.registries.sixth.profile import SPELLING


class _Entry(BaseModel):
    number: str


class _Entries(BaseModel):
    entries: list[_Entry]


class _Later(BaseModel):
    seconds: int


class _Error(BaseModel):
    code: str
    sentence: str


class GuestBook(JsonRegistry[_Entry]):
    """Registry port over the guest book."""

    name = "xx"
    filings = "guests"

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """Rules of the guest book that the record breaks."""
        return tuple(problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """Values changed for the guest book: names in capitals."""
        return name_differences(registration, lambda _, name: spell(name, SPELLING))

    def tables(self) -> Mapping[str, str]:
        """Code tables: countries, and the spelling of names."""
        return {COUNTRIES.name: COUNTRIES.version, SPELLING.name: SPELLING.version}

    def request(self, registration: Registration) -> Request:
        """PUT with the reference in the path."""
        content = {
            "kind": registration.kind,
            "house": registration.unit.registered_as,
            "guests": [_guest(person) for person in registration.people],
        }
        return Request("PUT", self.at(self.filings, registration.reference), content)

    def read_pending(self, body: bytes, reference: str) -> tuple[str, int]:
        """The reference of a pending record; the response holds the seconds to wait."""
        return reference, _Later.model_validate_json(body).seconds

    def read_refusal(self, body: bytes) -> tuple[str, str]:
        """Code and message of a refusal."""
        error = _Error.model_validate_json(body)
        return error.code, error.sentence

    def read_receipts(self, body: bytes) -> Sequence[_Entry]:
        """Receipts from the list of entries."""
        return _Entries.model_validate_json(body).entries

    def receipt(self, receipt: _Entry) -> Receipt:
        """Receipt of a record; the guest book accepts records as a whole only."""
        return Receipt(receipt.number)


def _guest(person: PersonFacts) -> dict[str, str]:
    return {
        "id": person.id,
        "name": spell(f"{person.given_names} {person.surname}", SPELLING),
        "from": person.residence.country,
        "reached_at": person.phone or person.email,
    }


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field the guest book would refuse."""
    yield from rules.coherent(record)
    yield from rules.need("unit.registered_as", record.unit.registered_as)
    for index, person in enumerate(record.people):
        at = f"people[{index}]"
        yield from rules.spelled(f"{at}.surname", spell(person.surname, SPELLING), SPELLING.alphabet, SPELLING.said)
        yield from rules.need(f"{at}.residence.country", person.residence.country)
        yield from rules.need(f"{at}.phone", person.phone or person.email)


def open_registry(settings: Mapping[str, str], now: Clock) -> GuestBook:
    """Settings: url, token or token_file, ca_file?, timeout_s?."""
    return GuestBook(*open_bearer_client(settings), now)
