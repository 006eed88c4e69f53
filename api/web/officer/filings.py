"""The page of a filing that needs a person: its preview, the settlement of its outcome, and a correction."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Decider, Gate
from api.services.officer import filings as service
from api.services.officer.filings import CorrectionForm, OutcomeForm
from api.web.officer.cases import refuse_other_home
from api.web.shell.corrections import checked_form
from api.web.shell.countries import country_choices, issuer_choices, nationality_choices
from api.web.shell.forms import Input, Text, fault_values, refuse_incomplete
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.documents import DOCUMENT_KINDS
from gateway.domain.errors import InputRefused, LodgekeyError
from gateway.journey.filings.corrections import CORRECTABLE as ALL_FIELDS
from gateway.journey.filings.reconciling import DIFFERENCES
from gateway.registries import REGISTRIES
from gateway.store import Account
from gateway.texts.marks import N_

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CORRECTABLE: Final = (
    "surname", "given_names", "name", "document_kind", "id_number", "issuing_state", "birth_date", "nationality", "sex",
    "address",
)  # fmt: skip
DONE: Final = "?done=filing.done."
MIN_REASON: Final = 3  # characters


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person chose and typed in the forms of the page; it is kept where it was refused."""

    field: str = ""
    value: str = ""
    reason: str = ""
    person: int | None = None
    receipt: str = ""
    outcome: str = ""


NOTHING_SENT: Final = Sent()


@router.get("/{home}/filings/{record_id}")
def show_filing(
    request: Request, gateway: Gate, account: Decider, home: str, record_id: str, field: str = ""
) -> Response:
    """Show one filing as its registry would receive it, masked. The reading is logged first.

    `field`: the field to correct, asked with its choices.
    """
    refuse_other_home(account, home)
    return filing_page(request, gateway, account, record_id, sent=Sent(field if field in ALL_FIELDS else ""))


def filing_page(
    request: Request,
    gateway: Gateway,
    account: Account,
    record_id: str,
    error: LodgekeyError | None = None,
    sent: Sent = NOTHING_SENT,
) -> Response:
    """Return the page of one filing, with an error if there was one; `sent` is what was chosen and typed."""
    language = language_of(request)
    shown = service.preview_filing(gateway, account, record_id, language)
    values = {
        "role": account.role,
        "home": f"/{account.role}",
        "shown": shown,
        "differs": shown.filing.code in DIFFERENCES,
        "correctable": (*CORRECTABLE, *REGISTRIES[shown.registry].facts.of_tenant),
        "printed": REGISTRIES[shown.registry].kept,
        "sent": sent,
        "code_tables": tables_for(gateway, account, record_id, sent, error),
        "documents": DOCUMENT_KINDS,
        "countries": country_choices(language),
        "issuers": issuer_choices(language),
        "nationalities": nationality_choices(language),
        "notice": notice_of(request),
        **fault_values(language, error, {sent.field: "value"} if sent.field else {}),
    }
    return page(request, "officer/filing.html", values, error.status if error else 200)


@router.get("/{home}/filings/{record_id}/form")
def print_form(request: Request, gateway: Gate, account: Decider, home: str, record_id: str) -> Response:
    """Show the forms of a record that is kept here, to be printed and signed. The reading is logged first."""
    refuse_other_home(account, home)
    forms = service.print_filing(gateway, account, record_id)
    values = {"role": account.role, "home": f"/{account.role}", "record": record_id, "forms": forms}
    return page(request, "officer/form.html", values)


def tables_for(
    gateway: Gateway, account: Account, record_id: str, sent: Sent, error: LodgekeyError | None
) -> dict[str, list[tuple[str, str]]]:
    """Return the authorities' tables by path, none where one is searched; for a refused name, what it may mean."""
    tables = service.tables_of(gateway, account, record_id)
    if error and sent.field in tables and len(sent.value) > 1:
        tables[sent.field] = service.find_codes(gateway, account, record_id, sent.field, sent.value) or []
    return {path: [(entry.code, entry.name) for entry in entries] for path, entries in tables.items()}


@router.post("/{home}/filings/{record_id}/outcome")
def settle(
    request: Request,
    gateway: Gate,
    account: Decider,
    home: str,
    record_id: str,
    outcome: Annotated[str, Form(pattern="^(accepted|not_received|)$")] = "",
    receipt: Text = "",
) -> Response:
    """Settle a record of unknown outcome; show the filing again with the error if that is refused."""
    refuse_other_home(account, home)
    try:
        if not outcome:
            raise InputRefused(N_("Choose what the registry told you."), field="outcome")
        refuse_incomplete({"receipt": receipt}, Input("receipt", 128, needed=False))
        form = OutcomeForm.model_validate({"outcome": outcome, "receipt": receipt})
        settled = service.settle_filing(gateway, account, record_id, form)
    except LodgekeyError as error:
        return filing_page(request, gateway, account, record_id, error, Sent(receipt=receipt, outcome=outcome))
    return go(f"/{home}/filings/{settled.id}{DONE}settled")


@router.post("/{home}/filings/{record_id}/correction")
def correct(
    request: Request,
    gateway: Gate,
    account: Decider,
    home: str,
    record_id: str,
    field: Annotated[str, Form(max_length=40)],
    reason: Text = "",
    value: Text = "",
    person: Annotated[int | None, Form(ge=1, le=200)] = None,
) -> Response:
    """Correct one field; show the filing again with the error, and what was typed, if it is refused."""
    refuse_other_home(account, home)
    try:
        if len(reason.strip()) < MIN_REASON:
            raise InputRefused(N_("Say why you correct it: at least three characters."), field="reason")
        refuse_incomplete({"reason": reason}, Input("reason"))
        form = checked_form(CorrectionForm, fields={field: value}, reason=reason.strip(), person=person)
        service.correct_filing(gateway, account, record_id, form)
    except LodgekeyError as error:
        sent = Sent(field if field in ALL_FIELDS else "", value, reason, person)
        return filing_page(request, gateway, account, record_id, error, sent)
    return go(f"/{home}/filings/{record_id}{DONE}corrected")


@router.post("/{home}/filings/{record_id}/repeat")
def file_again(request: Request, gateway: Gate, account: Decider, home: str, record_id: str) -> Response:
    """Send a refused filing again; show it again with the error if that is refused."""
    refuse_other_home(account, home)
    try:
        service.file_filing_again(gateway, account, record_id)
    except LodgekeyError as error:
        return filing_page(request, gateway, account, record_id, error)
    return go(f"/{home}/filings/{record_id}{DONE}repeated")
