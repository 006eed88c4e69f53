"""Routes for exports of registrations."""

from fastapi import APIRouter, Response

from api.framework.dependencies import Gate, Officer
from api.framework.downloads import csv_download
from api.framework.repeatable_route import RepeatableRoute
from api.services.officer import exports as service
from api.services.officer.exports import ExportDecision, ExportForm, ExportShown

router = APIRouter(route_class=RepeatableRoute, prefix="/exports", tags=["officer"])


@router.get("")
def list_exports(gateway: Gate, account: Officer) -> list[ExportShown]:
    """Return the fifty latest exports of the officer's area."""
    return service.list_exports(gateway, account)


@router.post("", status_code=201)
def ask_export(gateway: Gate, account: Officer, form: ExportForm) -> ExportShown:
    """Request an export. Another officer has to decide on it."""
    return service.request_export(gateway, account, form)


@router.post("/{export_id}/decision")
def decide_export(gateway: Gate, account: Officer, export_id: str, form: ExportDecision) -> ExportShown:
    """Approve or refuse another officer's request."""
    return service.decide_export(gateway, account, export_id, form)


@router.post("/{export_id}/file", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def take_export(gateway: Gate, account: Officer, export_id: str) -> Response:
    """Return the records as CSV (RFC 4180, UTF-8), once, to the officer who requested them; each is logged first."""
    return csv_download(service.take_export(gateway, account, export_id), "registrations.csv")
