"""Common to adapters of JSON services: one filing per reference, queried by reference, cancelled by receipt."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from gateway.domain.filings.record import (
    NOTHING,
    UNKNOWN_REFERENCE,
    Accepted,
    AcceptedInPart,
    Answer,
    FieldProblem,
    Filed,
    Held,
    OutcomeUnknown,
    Pending,
    PersonAnswer,
    Refused,
    Registration,
)
from gateway.outbound.http import Client, LostAnswer, Reply, open_client
from gateway.outbound.settings import BearerSettings
from gateway.registries.adapter import Clock, held, refused_before_sending, sha256_of, unknown

ReceiptLayout = TypeVar("ReceiptLayout", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Request:
    """The HTTP request of a filing."""

    method: str
    url: str
    content: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt's number; `people` is None where everybody was accepted.

    `filing`: the filing as it is held, where the service tells it.
    """

    number: str
    people: tuple[PersonAnswer, ...] | None = None
    cancelled: bool = False
    filing: Mapping[str, Any] = field(default_factory=dict)


class JsonRegistry(ABC, Generic[ReceiptLayout]):
    """Registry port over HTTP; subclasses define paths and layouts. read_… methods raise ValidationError."""

    can_be_queried = True
    resends_safely = True
    compares = 1
    filings: ClassVar[str]  # path segment of the filings
    done: ClassVar[tuple[int, ...]] = (200,)  # statuses of a response with receipts

    def __init__(self, client: Client, url: str, now: Clock) -> None:
        self._client, self._url, self._now = client, url, now

    async def submit(self, registration: Registration) -> Answer:
        """Send the filing under its reference; an annulment becomes a cancellation."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        if registration.kind == "annulment":
            return await self.cancel(registration.corrects or "")
        return await self._exchange(self.request(registration), registration.reference)

    async def poll(self, reference: str) -> Answer:
        """GET the filing by the gateway's reference."""
        return self._read(await self._client.ask("GET", self.at(self.filings, reference)), reference)

    async def cancel(self, receipt: str) -> Answer:
        """DELETE by receipt; idempotent at the registry."""
        try:
            reply = await self._client.exchange("DELETE", self.at("receipts", receipt))
        except LostAnswer as lost:
            return unknown(lost)
        return self._read(reply, receipt)

    async def holdings(self, filed: Sequence[Filed]) -> Mapping[str, Held]:
        """GET each filing by its reference."""
        found = {}
        for one in filed:
            reply = await self._client.ask("GET", self.at(self.filings, one.reference))
            try:
                holding = self._holding(one, reply)
            except (ValidationError, KeyError, TypeError, ValueError):
                continue
            if holding is not None:
                found[one.reference] = holding
        return found

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def at(self, *path: str) -> str:
        """The URL of a path of the service's interface."""
        return "/".join((f"{self._url}/v1", *(quote(part, safe="") for part in path)))

    @abstractmethod
    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields the registry would refuse."""

    @abstractmethod
    def request(self, registration: Registration) -> Request:
        """The request that files this registration."""

    @abstractmethod
    def read_pending(self, body: bytes, reference: str) -> tuple[str, int]:
        """The reference to query later, and after how many seconds."""

    @abstractmethod
    def read_refusal(self, body: bytes) -> tuple[str, str]:
        """The refusal's code and sentence."""

    @abstractmethod
    def read_receipts(self, body: bytes) -> Sequence[ReceiptLayout]:
        """At least one receipt; several where the registry answered twice."""

    @abstractmethod
    def receipt(self, receipt: ReceiptLayout) -> Receipt:
        """The number and the answers by person in a receipt."""

    def _holding(self, filed: Filed, reply: Reply) -> Held | None:
        if reply.status == 404:
            self.read_refusal(reply.body)  # one of the service's own, not of a proxy before it
            return NOTHING
        if reply.status not in self.done:
            return None
        receipts = [self.receipt(one) for one in self.read_receipts(reply.body)]
        if any(other != receipts[0] for other in receipts):
            return None
        receipt = receipts[0]
        order, sent = {}, None
        if filed.record is not None:
            order = {person.id: index for index, person in enumerate(filed.record.people)}
            sent = self.contents(self.request(filed.record).content, order)
        found = self.contents(receipt.filing, order) if receipt.filing else {}
        return held(receipt.number, cancelled=receipt.cancelled, sent=sent, found=found)

    def contents(self, filing: Mapping[str, Any], order: Mapping[str, int]) -> Mapping[str, str]:  # noqa: ARG002
        """What is compared of a filing, sent or held: the texts by path, the people numbered by `order` of their ids.

        Nothing, for a service that does not tell what it holds. Raises KeyError or TypeError for another layout.
        """
        return {}

    async def _exchange(self, request: Request, reference: str) -> Answer:
        content: dict[str, Any] = {"json": dict(request.content), "headers": dict(request.headers)}
        try:
            return self._read(await self._client.exchange(request.method, request.url, **content), reference)
        except LostAnswer as lost:
            return unknown(lost)

    def _read(self, reply: Reply, reference: str) -> Answer:
        try:
            return self._understood(reply, reference)
        except ValidationError:
            return OutcomeUnknown("answer_unreadable")

    def _understood(self, reply: Reply, reference: str) -> Answer:
        if reply.status == 202:
            later, seconds = self.read_pending(reply.body, reference)
            return Pending(later, self._now() + seconds)
        if 400 <= reply.status < 500:
            code, sentence = self.read_refusal(reply.body)
            return Refused(UNKNOWN_REFERENCE if reply.status == 404 else code, sentence)
        if reply.status not in self.done:
            return OutcomeUnknown("answered_status", {"status": reply.status})
        first, *others = self.read_receipts(reply.body)
        if any(other != first for other in others):
            return OutcomeUnknown("answers_contradict")
        receipt, digest = self.receipt(first), sha256_of(reply.body)
        if receipt.people is not None:
            return AcceptedInPart(receipt.number, receipt.people, digest, self._now())
        return Accepted(receipt.number, digest, self._now())


def open_bearer_client(settings: Mapping[str, str]) -> tuple[Client, str]:
    """The client and the service's URL. Settings: url, token or token_file, ca_file?, timeout_s?."""
    given = BearerSettings.model_validate(settings)
    headers = {"Authorization": f"Bearer {given.secret()}"}
    return open_client(ca_file=given.ca_file, timeout_s=given.timeout_s, headers=headers), given.url
