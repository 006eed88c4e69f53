"""Routes for filings that need a person."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.framework.dependencies import Decider, Gate
from api.framework.repeatable_route import RepeatableRoute
from api.services.officer import filings as service
from api.services.officer.filings import CorrectionForm, OutcomeForm, PreviewShown
from api.services.schemas import CodeShown, FilingShown

router = APIRouter(route_class=RepeatableRoute, prefix="/registrations", tags=["filings"])


@router.get("/attention")
def list_attention(gateway: Gate, account: Decider) -> list[FilingShown]:
    """Return open filings that need a person or whose deadline is near or past, the nearest deadline first."""
    return service.list_attention(gateway, account)


@router.get("/{registration_id}/preview")
def preview(gateway: Gate, account: Decider, registration_id: str) -> PreviewShown:
    """Return what the registry would refuse or receive in another spelling. Masked; the reading is logged first."""
    return service.preview_filing(gateway, account, registration_id)


@router.get("/{registration_id}/codes")
def find_codes(
    gateway: Gate,
    account: Decider,
    registration_id: str,
    path: Annotated[str, Query(max_length=60)] = "",
    text: Annotated[str, Query(max_length=60)] = "",
) -> list[CodeShown]:
    """Find entries of the authority's table for a field to correct, by the beginnings of their words; at most 20.

    Empty for fewer than two letters, or where the registry takes no code of a table.
    """
    return service.find_codes(gateway, account, registration_id, path, text)


@router.post("/{registration_id}/outcome")
def settle(gateway: Gate, account: Decider, registration_id: str, form: OutcomeForm) -> FilingShown:
    """Settle a record of unknown outcome: the registry has it, or it is sent again."""
    return service.settle_filing(gateway, account, registration_id, form)


@router.post("/{registration_id}/repeats", status_code=201)
def file_again(gateway: Gate, account: Decider, registration_id: str) -> FilingShown:
    """Send a refused record again, from what is known now."""
    return service.file_filing_again(gateway, account, registration_id)


@router.post("/{registration_id}/corrections", status_code=201)
def correct(gateway: Gate, account: Decider, registration_id: str, form: CorrectionForm) -> FilingShown:
    """Correct fields of the tenant. The registry gets the correction as it takes them, and so does the feed."""
    return service.correct_filing(gateway, account, registration_id, form)
