"""Any other receiver: a record as a CloudEvent in a Standard Webhooks request, safe to resend under its id."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from gateway.domain.disclosure.cloud_event import encode_event
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.record import (
    Accepted,
    Answer,
    Difference,
    FieldProblem,
    OutcomeUnknown,
    Refused,
    Registration,
    RegistryUnreachable,
)
from gateway.outbound.http import LostAnswer, Reply
from gateway.outbound.signed_post import SignedPost, open_signed_post
from gateway.registries.adapter import Clock, SendOnly, refused_before_sending, sha256_of, unknown
from gateway.registries.sandbox.record import record_of
from gateway.registries.webhook.rules import problems

_TYPES = {
    "check_in": "org.lodgekey.registration.checked-in",
    "change": "org.lodgekey.registration.changed",
    "check_out": "org.lodgekey.registration.checked-out",
    "annulment": "org.lodgekey.registration.annulled",
}


class _Receipt(BaseModel):
    receipt: str = ""


class WebhookRegistry(SendOnly):
    """Registry port for a receiver's address; the receiver keeps one record per webhook-id."""

    name = "webhook"
    resends_safely = True

    def __init__(self, post: SignedPost, now: Clock) -> None:
        self._post, self._now = post, now

    async def submit(self, registration: Registration) -> Answer:
        """POST the signed CloudEvent; the webhook-id is the record's reference."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        reference = registration.reference
        try:
            return self._read(await self._post.send(reference, self._event(registration)), reference)
        except LostAnswer as lost:
            return unknown(lost)

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """Only the fields that are invalid at any receiver."""
        return tuple(problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:  # noqa: ARG002 - the port's shape
        """None: nothing is transliterated."""
        return ()

    def tables(self) -> Mapping[str, str]:
        """The version of the only table used: countries."""
        return {COUNTRIES.name: COUNTRIES.version}

    async def close(self) -> None:
        """Close the connections."""
        await self._post.close()

    def _event(self, record: Registration) -> bytes:
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": record.reference,
            "source": f"urn:lodgekey:unit:{record.unit.code}",
            "type": _TYPES[record.kind],
            "time": datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "datacontenttype": "application/json",
            "data": record_of(record, self.tables()),
        }
        return encode_event(event)

    def _read(self, reply: Reply, reference: str) -> Answer:
        if reply.status == 404:
            raise RegistryUnreachable("no_receiver")
        if 400 <= reply.status < 500:
            return Refused("receiver_refused", None, {"status": reply.status})
        if reply.status not in (200, 201, 202, 204):
            return OutcomeUnknown("answered_status", {"status": reply.status})
        if not reply.body:
            return Accepted(reference, sha256_of(b""), self._now())
        try:
            receipt = _Receipt.model_validate_json(reply.body).receipt[:128]
        except ValidationError:
            return OutcomeUnknown("answer_unreadable")
        return Accepted(receipt or reference, sha256_of(reply.body), self._now())


def open_registry(settings: Mapping[str, str], now: Clock) -> WebhookRegistry:
    """Settings: those of open_signed_post."""
    return WebhookRegistry(open_signed_post(settings, now), now)
