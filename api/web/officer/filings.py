"""Filings that need a person: what is about to be sent, what a registry would refuse, what a person puts right."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from api.error_text import error_text
from api.framework.dependencies import Decider, Gate, Officer
from api.http.officer import filings as api
from api.web.officer.cases import refuse_other_home
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import Conflict, InputRefused, LodgekeyError
from gateway.store import Account

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CORRECTABLE: Final = ("name", "surname", "given_names", "id_number", "birth_date", "nationality", "sex")
DONE: Final = "?done=filing.done."


@router.get("/{home}/filings/{record_id}")
def show_filing(request: Request, gateway: Gate, account: Decider, home: str, record_id: str) -> Response:
    """One filing as its registry would see it, masked; logged before it is shown."""
    refuse_other_home(account, home)
    return filing_page(request, gateway, account, record_id)


def filing_page(
    request: Request, gateway: Gateway, account: Account, record_id: str, error: LodgekeyError | None = None
) -> Response:
    """The page of one filing."""
    values = {
        "role": account.role,
        "home": f"/{account.role}",
        "shown": api.preview(gateway, account, record_id),
        "correctable": CORRECTABLE if account.role == "officer" else (),
        "notice": notice_of(request),
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "officer/filing.html", values, error.status if error else 200)


@router.post("/{home}/filings/{record_id}/outcome")
def settle(
    request: Request,
    gateway: Gate,
    account: Decider,
    home: str,
    record_id: str,
    outcome: Annotated[str, Form(pattern="^(accepted|not_received)$")],
    receipt: Annotated[str, Form(max_length=128)] = "",
) -> Response:
    """What a person found out of a record whose answer was lost."""
    refuse_other_home(account, home)
    form = api.OutcomeForm.model_validate({"outcome": outcome, "receipt": receipt})
    try:
        api.settle(gateway, account, record_id, form)
    except Conflict as error:
        return filing_page(request, gateway, account, record_id, error)
    return go(f"/{home}/filings/{record_id}{DONE}settled")


@router.post("/officer/filings/{record_id}/correction")
def correct(
    request: Request,
    gateway: Gate,
    account: Officer,
    record_id: str,
    field: Annotated[str, Form(max_length=40)],
    value: Annotated[str, Form(max_length=200)],
    reason: Annotated[str, Form(min_length=3, max_length=200)],
) -> Response:
    """Put one field right; the registry is told in its own way."""
    form = api.CorrectionForm(fields={field: value}, reason=reason)
    try:
        api.correct(gateway, account, record_id, form)
    except (Conflict, InputRefused) as error:
        return filing_page(request, gateway, account, record_id, error)
    return go(f"/officer/filings/{record_id}{DONE}corrected")
