"""The officers' page of exports: request one, decide on another officer's, download an approved one."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from api.framework.dependencies import Gate, Officer
from api.framework.downloads import csv_download
from api.services.officer import exports as service
from api.services.officer.exports import ExportDecision, ExportForm
from api.web.shell.forms import (
    FormRefused,
    Input,
    Text,
    Wrong,
    fault_values,
    refuse_incomplete,
    refused_by,
    shown_again,
)
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError
from gateway.store import Account
from gateway.texts.marks import N_

router = APIRouter(prefix="/officer/exports", route_class=PageRoute, include_in_schema=False)

INPUTS: Final = (Input("area", 36), Input("first", 10), Input("last", 10), Input("purpose", 300))
MAX_YEAR: Final = 2199
OF_FORM: Final = {"from": "first", "until": "last"}
WRONG: Final = {
    "area": N_("An area has at most 36 letters, digits, dots or hyphens."),
    "purpose": N_("State in one sentence what the registrations are needed for."),
}


@router.get("")
def show_exports(request: Request, gateway: Gate, account: Officer) -> Response:
    """Show the exports of the area, and the form for a request."""
    return exports_page(request, gateway, account)


def exports_page(
    request: Request,
    gateway: Gateway,
    account: Account,
    error: LodgekeyError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of exports, with an error if there was one, and what was typed.

    A new form proposes the last seven days.
    """
    today = datetime.fromtimestamp(gateway.now(), UTC).date()
    values = {
        "role": "officer",
        "exports": service.list_exports(gateway, account),
        "typed": typed
        or {
            "area": account.area or "",
            "first": (today - timedelta(days=6)).isoformat(),
            "last": today.isoformat(),
            "purpose": "",
        },
        "notice": notice_of(request),
        **fault_values(language_of(request), error, OF_FORM),
    }
    return page(request, "officer/exports.html", values, error.status if error else 200)


@router.post("")
def ask_export(
    request: Request,
    gateway: Gate,
    account: Officer,
    area: Text = "",
    first: Text = "",
    last: Text = "",
    purpose: Text = "",
) -> Response:
    """Request an export of whole days in UTC, `first` to `last` inclusive."""
    typed = {"area": area.strip(), "first": first.strip(), "last": last.strip(), "purpose": purpose.strip()}
    try:
        refuse_incomplete(typed, *INPUTS)
        service.request_export(gateway, account, export_form(typed))
    except LodgekeyError as error:
        return exports_page(request, gateway, account, error, typed)
    return go("/officer/exports?done=export.asked")


def export_form(typed: Mapping[str, str]) -> ExportForm:
    """Return the request that was typed: whole days in UTC. Raises FormRefused."""
    days = {"from": day_of("first", typed["first"]), "until": day_of("last", typed["last"]) + timedelta(days=1)}
    form = {name: f"{day.isoformat()}T00:00" for name, day in days.items()}
    try:
        return ExportForm.model_validate(form | {"area": typed["area"], "purpose": typed["purpose"]})
    except ValidationError as error:
        raise refused_by(error, WRONG) from error


def day_of(name: str, text: str) -> date:
    """Return the day that an input holds (YYYY-MM-DD). Raises FormRefused."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day.year > MAX_YEAR:
        raise FormRefused([Wrong(name, N_("Enter a day such as 2026-11-28."), {})])
    return day


def exports_again(error: LodgekeyError, request: Request, gateway: Gate, account: Officer) -> Response:
    """Return the page of exports with the error of a form on it."""
    return exports_page(request, gateway, account, error)


@router.post("/{export_id}/decision")
@shown_again(exports_again)
def decide_export(
    gateway: Gate,
    account: Officer,
    export_id: str,
    decision: Annotated[str, Form(pattern="^(approve|refuse)$")],
) -> Response:
    """Approve or refuse another officer's request."""
    service.decide_export(gateway, account, export_id, ExportDecision(approve=decision == "approve"))
    return go(f"/officer/exports?done=export.{decision}d")


@router.post("/{export_id}/file")
@shown_again(exports_again)
def take_export(gateway: Gate, account: Officer, export_id: str) -> Response:
    """Send the file, which can be downloaded only once."""
    return csv_download(service.take_export(gateway, account, export_id), "registrations.csv")
