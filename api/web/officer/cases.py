"""The page of one case: document beside face, decided by an officer of the area or the unit's landlord."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from api.framework.dependencies import Decider, Gate
from api.services.officer import cases as service
from api.services.schemas import DecisionForm
from api.web.shell.corrections import checked_form, fields_in
from api.web.shell.countries import country_choices, issuer_choices, nationality_choices
from api.web.shell.forms import Input, Refusals, Text, fault_values, refuse_incomplete
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.documents import DOCUMENT_KINDS
from gateway.domain.errors import InputRefused, LodgekeyError, NotFound
from gateway.domain.filings.refusal import refused_names
from gateway.domain.verification.field_sources import FACT
from gateway.store import Account
from gateway.texts.marks import N_

LONGEST_REASON: Final = 400
router = APIRouter(route_class=PageRoute, include_in_schema=False)


async def given_fields(request: Request) -> dict[str, str]:
    """Return the tenant's fields that the form holds."""
    return fields_in(dict(await request.form()))


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
    given: Annotated[dict[str, str], Depends(given_fields)],
    decision: Annotated[str, Form(pattern="^(pass|refuse|ask_again)$")],
    reason: Text = "",
) -> Response:
    """Record the decision; show the case again with the error if it is refused."""
    refuse_other_home(account, home)
    used, refused = given if decision == "pass" else {}, Refusals()
    with refused.noted():
        refuse_incomplete({"reason": reason}, Input("reason", LONGEST_REASON, needed=False))
    with refused.noted():
        checked_form(DecisionForm, decision=decision, fields=used)
    long = refused_names([one for one in refused.found if isinstance(one, InputRefused)])
    fitting = {name: text for name, text in used.items() if name not in long}
    with refused.noted():
        form = checked_form(DecisionForm, decision=decision, reason=reason[:LONGEST_REASON], fields=fitting)
        service.decide_case(gateway, account, case_id, form, keep=not refused.found)
    if error := refused.whole():
        return case_page(request, gateway, account, case_id, error, reason, given)
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
    given: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Return the page of one case, with an error and what was typed if there was one. The reading is logged first.

    `given`: fields that a registry would refuse, as they were entered.
    """
    language = language_of(request)
    case = service.read_case(gateway, account, case_id, language)
    known = case.fields
    shown = dict.fromkeys([*case.problems, *given])
    values = {
        "role": account.role,
        "home": f"/{account.role}",
        "case": case,
        "reason": reason,
        "asked": {name: given.get(name) or known.get(name) or known.get(f"{FACT}{name}", "") for name in shown},
        "code_tables": service.tables_for(gateway, account, case_id, given),
        "documents": DOCUMENT_KINDS,
        "countries": country_choices(language),
        "issuers": issuer_choices(language),
        "nationalities": nationality_choices(language),
        **fault_values(language, error, {name: name for name in shown}),
    }
    return page(request, "officer/case.html", values, error.status if error else 200)
