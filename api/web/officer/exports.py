"""The officers' page of exports: ask, decide what another asked for, take what was approved."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.error_text import error_text
from api.framework.dependencies import Gate, Officer
from api.http.officer import exports as api
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
    """What was asked for, and the form."""
    return exports_page(request, gateway, account)


def exports_page(request: Request, gateway: Gateway, account: Account, error: LodgekeyError | None = None) -> Response:
    """The page, with what was wrong."""
    today = datetime.fromtimestamp(gateway.now(), UTC).date()
    values = {
        "role": "officer",
        "area": account.area or "",
        "exports": api.list_exports(gateway, account),
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
    """Ask for whole days, first to last."""
    try:
        until = (datetime.fromisoformat(last) + timedelta(days=1)).strftime("%Y-%m-%dT00:00")
        form = {"area": area, "from": f"{first}T00:00", "until": until, "purpose": purpose}
        api.ask_export(gateway, account, api.ExportForm.model_validate(form))
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
    """Approve or refuse what another officer asked for."""
    try:
        api.decide_export(gateway, account, export_id, api.ExportDecision(approve=decision == "approve"))
    except (Conflict, NotAllowed) as error:
        return exports_page(request, gateway, account, error)
    return go(f"/officer/exports?done=export.{decision}d")


@router.post("/{export_id}/file")
def take_export(request: Request, gateway: Gate, account: Officer, export_id: str) -> Response:
    """The file, this once."""
    try:
        return api.take_export(gateway, account, export_id)
    except (Conflict, NotAllowed) as error:
        return exports_page(request, gateway, account, error)
