"""China, the profile: JSON over HTTPS in the GB codes, idempotent by reference, asked and taken back by number."""

from collections.abc import Mapping
from typing import Annotated, Any
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
from gateway.registries.adapter import Clock, name_differences, refused_before_sending, sha256_of, unknown
from gateway.registries.china import codes, record, rules
from gateway.registries.china.profile import PROFILE

Word = Annotated[str, Field(min_length=1, max_length=80)]


class _Person(BaseModel):
    id: Word
    code: Word  # "0": taken in
    message: Annotated[str, Field(max_length=400)] = ""


class _Receipt(BaseModel):
    """One acceptance: the receiving unit and its number."""

    number: Word
    unit: Word
    people: Annotated[list[_Person], Field(max_length=200)]


class _Receipts(BaseModel):
    receipts: Annotated[list[_Receipt], Field(min_length=1, max_length=10)]


class _Later(BaseModel):
    retry_after: Annotated[int, Field(ge=0, le=86_400)]


class _Error(BaseModel):
    code: Word
    message: Annotated[str, Field(max_length=400)]


class ChinaRegistry:
    """Registry port over the profile's HTTP interface."""

    name = "cn"
    can_be_queried = True
    resends_safely = True

    def __init__(self, client: Client, url: str, now: Clock) -> None:
        self._client, self._url, self._now = client, url, now

    async def submit(self, registration: Registration) -> Answer:
        """PUT the filing under its reference."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        if registration.kind == "annulment":
            return await self.cancel(registration.corrects or "")
        content = record.filing(registration, self._now(), self.tables())
        url = self._at("filings", registration.reference)
        return await self._exchange("PUT", url, registration.reference, json=content)

    async def poll(self, reference: str) -> Answer:
        """GET the filing by our own reference."""
        return self._read(await self._client.ask("GET", self._at("filings", reference)), reference)

    async def cancel(self, receipt: str) -> Answer:
        """DELETE by the receiving unit's number; doing it twice is harmless there."""
        return await self._exchange("DELETE", self._at("receipts", receipt), receipt)

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """What a regional service would refuse."""
        return tuple(rules.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """Foreigners' names in capitals; residents' as they are."""
        return name_differences(registration, record.sent_name)

    def tables(self) -> Mapping[str, str]:
        """The GB tables, countries and the spelling."""
        spelling = {spelling.name: spelling.version for spelling in PROFILE.spellings}
        return codes.TABLES | {COUNTRIES.name: COUNTRIES.version} | spelling

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _at(self, what: str, which: str) -> str:
        return f"{self._url}/v1/{what}/{quote(which, safe='')}"

    async def _exchange(self, method: str, url: str, reference: str, **content: Any) -> Answer:
        try:
            return self._read(await self._client.exchange(method, url, **content), reference)
        except LostAnswer as lost:
            return unknown(lost)

    def _read(self, reply: Reply, reference: str) -> Answer:
        try:
            if reply.status == 202:
                return Pending(reference, self._now() + _Later.model_validate_json(reply.body).retry_after)
            if 400 <= reply.status < 500:
                error = _Error.model_validate_json(reply.body)
                return Refused(UNKNOWN_REFERENCE if reply.status == 404 else error.code, error.message)
            if reply.status != 200:
                return OutcomeUnknown(f"the registry answered with status {reply.status}")
            receipts = _Receipts.model_validate_json(reply.body).receipts
        except ValidationError:
            return OutcomeUnknown("the registry's answer could not be read")
        return self._settled(receipts, sha256_of(reply.body))

    def _settled(self, receipts: list[_Receipt], digest: str) -> Answer:
        first = receipts[0]
        if any(other != first for other in receipts):
            return OutcomeUnknown("the registry gave two answers that contradict each other")
        if all(person.code == "0" for person in first.people):
            return Accepted(first.number, digest, self._now())
        people = tuple(
            PersonAnswer(
                reply.id, reply.code == "0", first.number, "" if reply.code == "0" else reply.code, reply.message
            )
            for reply in first.people
        )
        return AcceptedInPart(first.number, people, digest, self._now())


def open_registry(settings: Mapping[str, str], now: Clock) -> ChinaRegistry:
    """Settings: url, token or token_file, ca_file?, timeout_s?."""
    given = BearerSettings.model_validate(settings)
    headers = {"Authorization": f"Bearer {given.secret()}"}
    return ChinaRegistry(open_client(ca_file=given.ca_file, timeout_s=given.timeout_s, headers=headers), given.url, now)
