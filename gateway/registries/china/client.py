"""China: the project's own profile, JSON over HTTPS in the GB codes, idempotent by reference, cancelled by number."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from gateway.domain.filings.codes.icao_states import NATIONALITIES
from gateway.domain.filings.record import Difference, FieldProblem, PersonAnswer, Registration
from gateway.registries.adapter import Clock, name_differences
from gateway.registries.china import codes, record, rules
from gateway.registries.china.profile import PROFILE
from gateway.registries.china.regions import regions
from gateway.registries.json_client import JsonRegistry, Receipt, Request, open_bearer_client

_TAKEN_IN = "0"
Word = Annotated[str, Field(min_length=1, max_length=80)]


class _Person(BaseModel):
    id: Word
    code: Word
    message: Annotated[str, Field(max_length=400)] = ""


class _Receipt(BaseModel):
    """One acceptance: the receiving unit and its number; where it was looked up, the filing as it is held."""

    number: Word
    unit: Word
    people: Annotated[list[_Person], Field(max_length=200)]
    withdrawn: bool = False
    filing: dict[str, Any] = Field(default_factory=dict)


class _Receipts(BaseModel):
    receipts: Annotated[list[_Receipt], Field(min_length=1, max_length=10)]


class _Later(BaseModel):
    retry_after: Annotated[int, Field(ge=0, le=86_400)]


class _Error(BaseModel):
    code: Word
    message: Annotated[str, Field(max_length=400)]


class ChinaRegistry(JsonRegistry[_Receipt]):
    """Registry port for the profile's HTTP interface."""

    name = "cn"
    filings = "filings"

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields a regional service would refuse."""
        return tuple(rules.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """Foreigners' names are sent in capitals, residents' unchanged."""
        return name_differences(registration, record.sent_name)

    def tables(self) -> Mapping[str, str]:
        """Versions of the GB tables, the countries and the transliteration."""
        spelling = {spelling.name: spelling.version for spelling in PROFILE.spellings}
        return (
            codes.TABLES | {regions().name: regions().version} | {NATIONALITIES.name: NATIONALITIES.version} | spelling
        )

    def request(self, registration: Registration) -> Request:
        """PUT under the reference."""
        content = record.filing(registration, self._now(), self.tables())
        return Request("PUT", self.at(self.filings, registration.reference), content)

    def read_pending(self, body: bytes, reference: str) -> tuple[str, int]:
        """The reference sent; the seconds come from the service."""
        return reference, _Later.model_validate_json(body).retry_after

    def read_refusal(self, body: bytes) -> tuple[str, str]:
        """Code and message."""
        error = _Error.model_validate_json(body)
        return error.code, error.message

    def read_receipts(self, body: bytes) -> Sequence[_Receipt]:
        """The list of receipts."""
        return _Receipts.model_validate_json(body).receipts

    def receipt(self, receipt: _Receipt) -> Receipt:
        """The receiving unit's number; code "0" means that the person was accepted."""
        if all(person.code == _TAKEN_IN for person in receipt.people):
            return Receipt(receipt.number, cancelled=receipt.withdrawn, filing=receipt.filing)
        people = tuple(_person_answer(person, receipt.number) for person in receipt.people)
        return Receipt(receipt.number, people, filing=receipt.filing)

    def contents(self, filing: Mapping[str, Any], order: Mapping[str, int]) -> Mapping[str, str]:
        """The people and the days."""
        return record.contents(filing, order)


def _person_answer(person: _Person, number: str) -> PersonAnswer:
    taken = person.code == _TAKEN_IN
    return PersonAnswer(person.id, taken, number, "" if taken else person.code, person.message)


def open_registry(settings: Mapping[str, str], now: Clock) -> ChinaRegistry:
    """Settings: url, token or token_file, ca_file?, timeout_s?."""
    return ChinaRegistry(*open_bearer_client(settings), now)
