"""The page of one case: document beside face, decided by an officer of the area or the unit's landlord."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Decider, Gate
from api.services.officer import cases as service
from api.services.schemas import DecisionForm
from api.web.shell.forms import Input, Text, fault_values, refuse_incomplete
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import Conflict, InputRefused, LodgekeyError, NotFound
from gateway.store import Account
from gateway.texts.marks import N_

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/{home}/cases/{case_id}")
def show_case(request: Request, gateway: Gate, account: Decider, home: str, case_id: str) -> Response:
    """Show the document and the face side by side."""
    refuse_other_home(account, home)
    return case_page(request, gateway, account, case_id)


@router.post("/{home}/cases/{case_id}")
def decide(
    request: Request,
    gateway: Gate,
    account: Decider,
    home: str,
    case_id: str,
    decision: Annotated[str, Form(pattern="^(pass|refuse|ask_again)$")],
    reason: Text = "",
) -> Response:
    """Record the decision; show the case again with the error if it is refused."""
    refuse_other_home(account, home)
    try:
        refuse_incomplete({"reason": reason}, Input("reason", 400, needed=False))
        form = DecisionForm.model_validate({"decision": decision, "reason": reason})
        service.decide_case(gateway, account, case_id, form)
    except (Conflict, InputRefused) as error:
        return case_page(request, gateway, account, case_id, error, reason)
    return go(f"/{account.role}?done=case.done.{decision}")


def refuse_other_home(account: Account, home: str) -> None:
    """Raise NotFound for the address of another role's pages."""
    if home != account.role:
        raise NotFound(N_("Page not found, or you do not have access to it. Check the link."))


def case_page(
    request: Request,
    gateway: Gateway,
    account: Account,
    case_id: str,
    error: LodgekeyError | None = None,
    reason: str = "",
) -> Response:
    """Return the page of one case, with an error and the typed reason if there was one. The reading is logged first."""
    values = {
        "role": account.role,
        "home": f"/{account.role}",
        "case": service.read_case(gateway, account, case_id),
        "reason": reason,
        **fault_values(language_of(request), error),
    }
    return page(request, "officer/case.html", values, error.status if error else 200)
