"""The sandbox registry: JSON over HTTP, idempotent by reference, queried by reference."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gateway.domain.filings.codes.icao_states import ISSUING, NATIONALITIES
from gateway.domain.filings.record import Difference, FieldProblem, PersonAnswer, Registration
from gateway.registries.adapter import Clock
from gateway.registries.json_client import JsonRegistry, Receipt, Request, open_bearer_client
from gateway.registries.sandbox.record import contents, problems, record_of


class _PersonReply(BaseModel):
    id: Annotated[str, Field(max_length=64)]
    accepted: bool
    code: Annotated[str, Field(max_length=40)] = ""
    sentence: Annotated[str, Field(max_length=400)] = ""


class _RecordReply(BaseModel):
    receipt: Annotated[str, Field(min_length=1, max_length=128)]
    state: Literal["accepted", "partial", "annulled"]
    people: Annotated[list[_PersonReply], Field(max_length=200)]
    record: dict[str, Any] = Field(default_factory=dict)  # as it is held, where it was looked up


class _Answers(BaseModel):
    answers: Annotated[list[_RecordReply], Field(min_length=1, max_length=10)]


class _Later(BaseModel):
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    poll_after_s: Annotated[int, Field(ge=0, le=86_400)]


class _Refusal(BaseModel):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    sentence: Annotated[str, Field(max_length=400)]


class SandboxRegistry(JsonRegistry[_RecordReply]):
    """Registry port for the sandbox's HTTP interface; the URL is checked by open_registry."""

    name = "sandbox"
    filings = "registrations"
    done = (200, 201)

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The sandbox's rules: identifiers, names ≤ 120 characters, ISO alpha-3 countries, a document from age 14."""
        return tuple(problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:  # noqa: ARG002 - the port's shape
        """None: the sandbox accepts every script."""
        return ()

    def tables(self) -> Mapping[str, str]:
        """Versions of the codes of nationalities and of issuers of documents."""
        return {table.name: table.version for table in (NATIONALITIES, ISSUING)}

    def request(self, registration: Registration) -> Request:
        """POST under an Idempotency-Key, which is the reference."""
        key = {"Idempotency-Key": registration.reference}
        return Request("POST", self.at(self.filings), record_of(registration, self.tables()), key)

    def read_pending(self, body: bytes, reference: str) -> tuple[str, int]:  # noqa: ARG002 - it says which itself
        """The reference and the seconds in the response."""
        later = _Later.model_validate_json(body)
        return later.reference, later.poll_after_s

    def read_refusal(self, body: bytes) -> tuple[str, str]:
        """Code and sentence."""
        refusal = _Refusal.model_validate_json(body)
        return refusal.code, refusal.sentence

    def read_receipts(self, body: bytes) -> Sequence[_RecordReply]:
        """The list of receipts."""
        return _Answers.model_validate_json(body).answers

    def receipt(self, receipt: _RecordReply) -> Receipt:
        """Everybody was accepted unless its state is "partial"."""
        number = receipt.receipt
        if receipt.state != "partial":
            return Receipt(number, cancelled=receipt.state == "annulled", filing=receipt.record)
        return Receipt(
            number,
            tuple(PersonAnswer(p.id, p.accepted, number, p.code, p.sentence) for p in receipt.people),
            filing=receipt.record,
        )

    def contents(self, filing: Mapping[str, Any], order: Mapping[str, int]) -> Mapping[str, str]:
        """The people and the times."""
        return contents(filing, order)


def open_registry(settings: Mapping[str, str], now: Clock) -> SandboxRegistry:
    """Settings: url, token or token_file, ca_file?, timeout_s?."""
    return SandboxRegistry(*open_bearer_client(settings), now)
