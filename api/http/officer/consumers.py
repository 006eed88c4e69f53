"""Routes for consumers of the feed."""

from fastapi import APIRouter

from api.framework.dependencies import Gate, IdempotencyKey, Officer
from api.framework.repeatable_route import RepeatableRoute
from api.services.officer import consumers as service
from api.services.officer.consumers import ConsumerApproved, ConsumerForm, ConsumerShown

router = APIRouter(route_class=RepeatableRoute, prefix="/consumers", tags=["consumers"])


@router.get("")
def list_consumers(gateway: Gate, account: Officer) -> list[ConsumerShown]:
    """Return the consumers whose areas all lie within the officer's."""
    return service.list_consumers(gateway, account)


@router.post("", status_code=201)
def ask_consumer(
    gateway: Gate, account: Officer, form: ConsumerForm, idempotency_key: IdempotencyKey = None
) -> ConsumerShown:
    """Request a consumer. It receives nothing until a second officer approves it."""
    return service.request_consumer(gateway, account, form, idempotency_key)


@router.post("/{consumer_id}/approval", status_code=201)
def approve_consumer(gateway: Gate, account: Officer, consumer_id: str) -> ConsumerApproved:
    """Approve another officer's request. Only this answer holds the consumer's token."""
    return service.approve_consumer(gateway, account, consumer_id)


@router.delete("/{consumer_id}", status_code=204)
def end_consumer(gateway: Gate, account: Officer, consumer_id: str) -> None:
    """End a consumer's grant. It receives no further page of the feed."""
    service.end_consumer(gateway, account, consumer_id)
