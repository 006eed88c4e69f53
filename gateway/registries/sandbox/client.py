"""The sandbox registry: JSON over HTTP, idempotent by reference, asked by reference."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError

from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.record import (
    UNKNOWN_REFERENCE,
    Accepted,
    AcceptedInPart,
    Answer,
    Difference,
    FieldProblem,
    OutcomeUnknown,
    Pending,
    PersonAnswer,
    Refused,
    Registration,
)
from gateway.outbound.http import Client, LostAnswer, Reply, open_client
from gateway.outbound.settings import BearerSettings
from gateway.registries.adapter import Clock, refused_before_sending, sha256_of, unknown
from gateway.registries.sandbox.record import record_of, sandbox_problems


class _PersonReply(BaseModel):
    id: Annotated[str, Field(max_length=64)]
    accepted: bool
    code: Annotated[str, Field(max_length=40)] = ""
    sentence: Annotated[str, Field(max_length=400)] = ""


class _RecordReply(BaseModel):
    receipt: Annotated[str, Field(min_length=1, max_length=128)]
    state: Literal["accepted", "partial", "annulled"]
    people: Annotated[list[_PersonReply], Field(max_length=200)]


class _Answers(BaseModel):
    answers: Annotated[list[_RecordReply], Field(min_length=1, max_length=10)]


class _Later(BaseModel):
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    poll_after_s: Annotated[int, Field(ge=0, le=86_400)]


class _Refusal(BaseModel):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    sentence: Annotated[str, Field(max_length=400)]


class SandboxRegistry:
    """Registry port over the sandbox's HTTP interface; url is checked by the factory."""

    name = "sandbox"
    can_be_queried = True
    resends_safely = True

    def __init__(self, client: Client, url: str, now: Clock) -> None:
        self._client, self._url, self._now = client, url, now

    async def submit(self, registration: Registration) -> Answer:
        """POST the record under its reference."""
        if problems := self.problems(registration):
            return refused_before_sending(problems)
        if registration.kind == "annulment":
            return await self.cancel(registration.corrects or "")
        return await self._exchange(
            "POST",
            f"{self._url}/v1/registrations",
            json=record_of(registration, self.tables()),
            headers={"Idempotency-Key": registration.reference},
        )

    async def poll(self, reference: str) -> Answer:
        """GET by our own reference."""
        return self._read(await self._client.ask("GET", f"{self._url}/v1/registrations/{quote(reference, safe='')}"))

    async def cancel(self, receipt: str) -> Answer:
        """DELETE by receipt; doing it twice is harmless there."""
        return await self._exchange("DELETE", f"{self._url}/v1/receipts/{quote(receipt, safe='')}")

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The sandbox's own rules: identifiers, names ≤ 120, ISO-3 countries, a document from 14 years on."""
        return tuple(sandbox_problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:  # noqa: ARG002 - the port's shape
        """Nothing is rewritten: the sandbox takes every script."""
        return ()

    def tables(self) -> Mapping[str, str]:
        """The one table used: countries."""
        return {COUNTRIES.name: COUNTRIES.version}

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _exchange(self, method: str, url: str, **content: Any) -> Answer:
        try:
            return self._read(await self._client.exchange(method, url, **content))
        except LostAnswer as lost:
            return unknown(lost)

    def _read(self, reply: Reply) -> Answer:
        try:
            return self._understood(reply)
        except ValidationError:
            return OutcomeUnknown("the registry's answer could not be read")

    def _understood(self, reply: Reply) -> Answer:
        if reply.status == 202:
            later = _Later.model_validate_json(reply.body)
            return Pending(later.reference, self._now() + later.poll_after_s)
        if reply.status == 404:
            return Refused(UNKNOWN_REFERENCE, _Refusal.model_validate_json(reply.body).sentence)
        if 400 <= reply.status < 500:
            refusal = _Refusal.model_validate_json(reply.body)
            return Refused(refusal.code, refusal.sentence)
        if reply.status not in (200, 201):
            return OutcomeUnknown(f"the registry answered with status {reply.status}")
        return self._settled(_Answers.model_validate_json(reply.body).answers, sha256_of(reply.body))

    def _settled(self, answers: list[_RecordReply], digest: str) -> Answer:
        first = answers[0]
        if any(other != first for other in answers):
            return OutcomeUnknown("the registry gave two answers that contradict each other")
        if first.state != "partial":
            return Accepted(first.receipt, digest, self._now())
        people = tuple(PersonAnswer(p.id, p.accepted, first.receipt, p.code, p.sentence) for p in first.people)
        return AcceptedInPart(first.receipt, people, digest, self._now())


def open_registry(settings: Mapping[str, str], now: Clock) -> SandboxRegistry:
    """Settings: url, token or token_file, ca_file?, timeout_s?."""
    given = BearerSettings.model_validate(settings)
    client = open_client(
        ca_file=given.ca_file, timeout_s=given.timeout_s, headers={"Authorization": f"Bearer {given.secret()}"}
    )
    return SandboxRegistry(client, given.url, now)
