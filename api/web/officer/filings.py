"""The page of a filing that needs a person: its preview, the settlement of its outcome, and a correction."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Decider, Gate
from api.services.error_text import error_text
from api.services.officer import filings as service
from api.services.officer.filings import CorrectionForm, OutcomeForm
from api.web.officer.cases import refuse_other_home
from api.web.shell.countries import country_choices, nationality_choices
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.documents import DOCUMENT_KINDS
from gateway.domain.errors import Conflict, InputRefused, LodgekeyError
from gateway.journey.filings.corrections import CORRECTABLE as ALL_FIELDS
from gateway.registries import REGISTRIES
from gateway.store import Account

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CORRECTABLE: Final = (
    "surname", "given_names", "name", "document_kind", "id_number", "issuing_state", "birth_date", "nationality", "sex",
    "address",
)  # fmt: skip
DONE: Final = "?done=filing.done."


@router.get("/{home}/filings/{record_id}")
def show_filing(
    request: Request, gateway: Gate, account: Decider, home: str, record_id: str, field: str = ""
) -> Response:
    """Show one filing as its registry would receive it, masked. The reading is logged first.

    `field`: the field to correct, asked with its choices.
    """
    refuse_other_home(account, home)
    return filing_page(request, gateway, account, record_id, chosen=field if field in ALL_FIELDS else "")


def filing_page(
    request: Request,
    gateway: Gateway,
    account: Account,
    record_id: str,
    error: LodgekeyError | None = None,
    chosen: str = "",
) -> Response:
    """Return the page of one filing, with an error if there was one; `chosen` is the field to correct."""
    shown = service.preview_filing(gateway, account, record_id, language_of(request))
    values = {
        "role": account.role,
        "home": f"/{account.role}",
        "shown": shown,
        "correctable": (*CORRECTABLE, *REGISTRIES[shown.registry].facts.of_tenant),
        "printed": REGISTRIES[shown.registry].kept,
        "chosen": chosen,
        "documents": DOCUMENT_KINDS,
        "countries": country_choices(language_of(request)),
        "nationalities": nationality_choices(language_of(request)),
        "notice": notice_of(request),
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "officer/filing.html", values, error.status if error else 200)


@router.get("/{home}/filings/{record_id}/form")
def print_form(request: Request, gateway: Gate, account: Decider, home: str, record_id: str) -> Response:
    """Show the forms of a record that is kept here, to be printed and signed. The reading is logged first."""
    refuse_other_home(account, home)
    forms = service.print_filing(gateway, account, record_id)
    values = {"role": account.role, "home": f"/{account.role}", "record": record_id, "forms": forms}
    return page(request, "officer/form.html", values)


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
    """Settle a record of unknown outcome; show the filing again with the error if that is refused."""
    refuse_other_home(account, home)
    form = OutcomeForm.model_validate({"outcome": outcome, "receipt": receipt})
    try:
        service.settle_filing(gateway, account, record_id, form)
    except Conflict as error:
        return filing_page(request, gateway, account, record_id, error)
    return go(f"/{home}/filings/{record_id}{DONE}settled")


@router.post("/{home}/filings/{record_id}/correction")
def correct(
    request: Request,
    gateway: Gate,
    account: Decider,
    home: str,
    record_id: str,
    field: Annotated[str, Form(max_length=40)],
    reason: Annotated[str, Form(min_length=3, max_length=200)],
    value: Annotated[str, Form(max_length=200)] = "",
    person: Annotated[int | None, Form(ge=1, le=200)] = None,
) -> Response:
    """Correct one field; show the filing again with the error if the value is refused."""
    refuse_other_home(account, home)
    form = CorrectionForm(fields={field: value}, reason=reason, person=person)
    try:
        service.correct_filing(gateway, account, record_id, form)
    except (Conflict, InputRefused) as error:
        return filing_page(request, gateway, account, record_id, error)
    return go(f"/{home}/filings/{record_id}{DONE}corrected")


@router.post("/{home}/filings/{record_id}/repeat")
def file_again(request: Request, gateway: Gate, account: Decider, home: str, record_id: str) -> Response:
    """Send a refused filing again; show it again with the error if that is refused."""
    refuse_other_home(account, home)
    try:
        service.file_filing_again(gateway, account, record_id)
    except Conflict as error:
        return filing_page(request, gateway, account, record_id, error)
    return go(f"/{home}/filings/{record_id}{DONE}repeated")
