"""Public routes for the signed head of the disclosure log, and for proofs between heads."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Gate, caller
from api.services import disclosure_log as service
from api.services.disclosure_log import ConsistencyShown, HeadShown

router = APIRouter(route_class=CheckedRoute, tags=["disclosures"])


@router.get("/log/head")
def read_head(gateway: Gate, request: Request) -> HeadShown:
    """Return the newest signed head. Keep it: it lets you prove later that no earlier entry was changed."""
    gateway.attempts.hit("log", caller(request))
    return service.read_head(gateway.disclosures)


@router.get("/log/consistency")
def read_consistency(
    gateway: Gate, request: Request, from_size: Annotated[int, Query(alias="from", ge=1)]
) -> ConsistencyShown:
    """Return the newest head, and the proof that it extends the head of `from` entries."""
    gateway.attempts.hit("log", caller(request))
    return service.read_consistency(gateway.disclosures, from_size)
