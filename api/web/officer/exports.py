"""The officers' page of exports: request one, decide on another officer's, download an approved one."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Gate, Officer
from api.framework.downloads import csv_download
from api.services.error_text import error_text
from api.services.officer import exports as service
from api.services.officer.exports import ExportDecision, ExportForm
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import Conflict, InputRefused, LodgekeyError, NotAllowed
from gateway.store import Account
from gateway.texts.marks import N_

router = APIRouter(prefix="/officer/exports", route_class=PageRoute, include_in_schema=False)

Day = Annotated[str, Form(pattern=r"^\d{4}-\d{2}-\d{2}$")]


@router.get("")
def show_exports(request: Request, gateway: Gate, account: Officer) -> Response:
    """Show the exports of the area, and the form for a request."""
    return exports_page(request, gateway, account)


def exports_page(request: Request, gateway: Gateway, account: Account, error: LodgekeyError | None = None) -> Response:
    """Return the page of exports, with an error if there was one. The form proposes the last seven days."""
    today = datetime.fromtimestamp(gateway.now(), UTC).date()
    values = {
        "role": "officer",
        "area": account.area or "",
        "exports": service.list_exports(gateway, account),
        "first": (today - timedelta(days=6)).isoformat(),
        "last": today.isoformat(),
        "notice": notice_of(request),
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "officer/exports.html", values, error.status if error else 200)


@router.post("")
def ask_export(
    request: Request,
    gateway: Gate,
    account: Officer,
    area: Annotated[str, Form(max_length=36)],
    first: Day,
    last: Day,
    purpose: Annotated[str, Form(max_length=300)],
) -> Response:
    """Request an export of whole days in UTC, `first` to `last` inclusive."""
    try:
        until = (datetime.fromisoformat(last) + timedelta(days=1)).strftime("%Y-%m-%dT00:00")
        form = {"area": area, "from": f"{first}T00:00", "until": until, "purpose": purpose}
        service.request_export(gateway, account, ExportForm.model_validate(form))
    except ValueError:
        error = InputRefused(N_("Check the area, the days and the purpose."), field="area")
        return exports_page(request, gateway, account, error)
    except (Conflict, InputRefused, NotAllowed) as error:
        return exports_page(request, gateway, account, error)
    return go("/officer/exports?done=export.asked")


@router.post("/{export_id}/decision")
def decide_export(
    request: Request,
    gateway: Gate,
    account: Officer,
    export_id: str,
    decision: Annotated[str, Form(pattern="^(approve|refuse)$")],
) -> Response:
    """Approve or refuse another officer's request."""
    try:
        service.decide_export(gateway, account, export_id, ExportDecision(approve=decision == "approve"))
    except (Conflict, NotAllowed) as error:
        return exports_page(request, gateway, account, error)
    return go(f"/officer/exports?done=export.{decision}d")


@router.post("/{export_id}/file")
def take_export(request: Request, gateway: Gate, account: Officer, export_id: str) -> Response:
    """Send the file, which can be downloaded only once."""
    try:
        return csv_download(service.take_export(gateway, account, export_id), "registrations.csv")
    except (Conflict, NotAllowed) as error:
        return exports_page(request, gateway, account, error)
