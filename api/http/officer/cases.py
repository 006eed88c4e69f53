"""Routes for cases that wait for a person's decision."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi import Path as PathParameter

from api.framework.dependencies import Decider, Gate
from api.framework.repeatable_route import RepeatableRoute
from api.services.officer import cases as service
from api.services.schemas import CaseOpened, CaseShown, CodeShown, DecisionForm

router = APIRouter(route_class=RepeatableRoute, prefix="/cases", tags=["cases"])


@router.get("")
def list_cases(gateway: Gate, account: Decider) -> list[CaseShown]:
    """Return the cases that wait for a decision, the oldest first."""
    return service.list_cases(gateway, account)


@router.get("/{case_id}")
def read_case(gateway: Gate, account: Decider, case_id: str) -> CaseOpened:
    """Return one case with the tenant's fields. The reading is logged before the answer is sent."""
    return service.read_case(gateway, account, case_id)


@router.get("/{case_id}/codes")
def find_codes(
    gateway: Gate,
    account: Decider,
    case_id: str,
    path: Annotated[str, Query(max_length=60)] = "",
    text: Annotated[str, Query(max_length=60)] = "",
) -> list[CodeShown]:
    """Find entries of the authority's table for a missing field, by the beginnings of their words; at most 20.

    Empty for fewer than two letters, or where the registry takes no code of a table.
    """
    return service.find_codes(gateway, account, case_id, path, text)


@router.get(
    "/{case_id}/pictures/{part}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}},
)
def read_picture(
    gateway: Gate,
    account: Decider,
    case_id: str,
    part: Annotated[str, PathParameter(pattern="^(document|portrait|face)$")],
) -> Response:
    """Return one image of a case while it is in memory. The reading is logged first; the answer must not be cached."""
    picture = service.read_picture(gateway, account, case_id, part)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(picture.content, media_type=picture.media_type, headers=headers)


@router.post("/{case_id}/decision")
def decide(gateway: Gate, account: Decider, case_id: str, form: DecisionForm) -> CaseShown:
    """Pass the case, refuse it with a reason, or ask the tenant to try again. Its images are discarded."""
    return service.decide_case(gateway, account, case_id, form)
