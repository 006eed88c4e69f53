"""A landlord's pages: the start page, a unit, offering a key, and a stay with its links and keys."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import segno
from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Anybody, Gate, LandlordId
from api.services.landlord import offers, stays, unit_facts, units
from api.services.landlord.bookings import OfferForm
from api.services.landlord.offers import ArrivalForm, DepartureForm
from api.services.landlord.unit_facts import UnitFactsShown
from api.services.landlord.units import get_unit
from api.services.officer.cases import list_cases
from api.services.officer.filings import list_attention
from api.services.schemas import DatesForm, StayShown, UnitForm, UnitShown
from api.web.landlord.bookings import OF_BOOKING, booking_form, booking_typed, booking_values
from api.web.shell.forms import Input, Text, fault_values, refuse_incomplete, shown_again
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.accounts.staff_rights import RIGHTS, may
from gateway.domain.errors import LodgekeyError
from gateway.domain.verification.liveness import LEVELS, Level
from gateway.journey.alerts import Readers, find_alerts
from gateway.store import Account
from gateway.texts.alerts import alert_text
from gateway.texts.families import code_text

router = APIRouter(prefix="/landlord", route_class=PageRoute, include_in_schema=False)

CHECK_OUT_HOUR: Final = 11
LIVE_LINKS: Final = ("open", "opened")
UNUSED: Final = ("delivering", "on_lock", "unknown")  # one-time codes that can be ended
DATES: Final = (Input("from", 40), Input("until", 40))
ARRIVED: Final = "arrived"
Once = Annotated[str, Form(max_length=64)]


@router.get("")
def show_homes(request: Request, gateway: Gate, landlord_id: LandlordId, account: Anybody) -> Response:
    """Show what needs attention, the stays and the units."""
    values = {
        "role": "landlord",
        "units": units.list_units(gateway, landlord_id),
        "stays": stays.list_stays(gateway, landlord_id, account),
        "alerts": alerts_of(gateway, landlord_id, language_of(request)),
        "cases": list_cases(gateway, account) if may(account.staff, "decide") else [],
        "attention": list_attention(gateway, account) if may(account.staff, "decide") else [],
        "rights": RIGHTS.get(account.staff or "", frozenset()),
        "notice": notice_of(request),
    }
    return page(request, "landlord/home.html", values)


def alerts_of(gateway: Gateway, landlord_id: str, language: str) -> list[tuple[str, str]]:
    """Return the unit and the text of each alert, most urgent first."""
    with gateway.database.reading() as session:
        found = find_alerts(session, Readers([landlord_id]), gateway.now())[landlord_id]
    return [(alert.unit, alert_text(language, alert.code, alert.number)) for alert in found]


@router.get("/units/{unit_id}")
def show_unit(request: Request, gateway: Gate, landlord_id: LandlordId, unit_id: str) -> Response:
    """Show how the unit's tenants prove that they are present, and the limits of each way."""
    facts = unit_facts.read_facts(gateway, landlord_id, unit_id)
    return unit_page(request, get_unit(gateway, landlord_id, unit_id), facts, notice_of(request))


def unit_page(
    request: Request,
    unit: UnitShown,
    facts: UnitFactsShown,
    notice: str | None,
    problem: LodgekeyError | None = None,
) -> Response:
    """Return the page of one unit, with what was typed in `facts` and the error if there was one."""
    language = language_of(request)
    values = {
        "role": "landlord",
        "unit": unit,
        "facts": facts,
        "levels": {level: code_text(language, "level_limits", level) for level in LEVELS},
        "notice": notice,
        **fault_values(language, problem, unit_inputs(facts)),
    }
    return page(request, "landlord/unit.html", values, problem.status if problem else 200)


def unit_inputs(facts: UnitFactsShown) -> dict[str, str]:
    """Return by a fact of the unit the input that asks for it: of several registries that take it, the first.

    The address is the street too, where no registry takes that apart.
    """
    asked = {f"unit.{path.rpartition(':')[2]}": f"unit.{path}" for path in reversed(facts.unit)}
    return {"unit.address.street": "address", "unit.address": "address"} | asked


@router.post("/units/{unit_id}/facts")
async def correct_facts(request: Request, gateway: Gate, landlord_id: LandlordId, unit_id: str) -> Response:
    """Correct what the registry takes of unit and landlord; show the form with the error if a fact is refused."""
    fields = dict(await request.form())
    typed = {
        root: {name.removeprefix(f"{root}."): str(text) for name, text in fields.items() if name.startswith(f"{root}.")}
        for root in ("unit", "landlord")
    }
    address = str(fields.get("address", ""))
    try:
        inputs = [Input(name, needed=False) for name in fields if name.startswith(("unit.", "landlord."))]
        refuse_incomplete({name: str(text) for name, text in fields.items()}, Input("address"), *inputs)
        form = unit_facts.UnitFactsForm.model_validate({"address": address, **typed})
        unit_facts.correct_facts(gateway, landlord_id, unit_id, form)
    except LodgekeyError as error:
        shown = UnitFactsShown(address=address, unit=typed["unit"], landlord=typed["landlord"])
        return unit_page(request, get_unit(gateway, landlord_id, unit_id), shown, None, error)
    return go(f"/landlord/units/{unit_id}?done=unit.facts_saved")


def unit_again(
    error: LodgekeyError, request: Request, gateway: Gate, landlord_id: LandlordId, unit_id: str
) -> Response:
    """Return the page of a unit with the error of a form on it."""
    facts = unit_facts.read_facts(gateway, landlord_id, unit_id)
    return unit_page(request, get_unit(gateway, landlord_id, unit_id), facts, None, error)


@router.post("/units/{unit_id}/level")
@shown_again(unit_again)
def choose_level(gateway: Gate, landlord_id: LandlordId, unit_id: str, level: Annotated[Level, Form()]) -> Response:
    """Save how the unit's tenants prove that they are present."""
    units.change_unit(gateway, landlord_id, unit_id, UnitForm(liveness_level=level))
    return go(f"/landlord/units/{unit_id}?done=unit.saved")


@router.get("/units/{unit_id}/offer")
def ask_dates(request: Request, gateway: Gate, landlord_id: LandlordId, unit_id: str) -> Response:
    """Show the form for the dates of a stay, filled in for one night from now."""
    unit = get_unit(gateway, landlord_id, unit_id)
    here = datetime.fromtimestamp(gateway.now(), ZoneInfo(unit.timezone)).replace(second=0)
    leave = (here + timedelta(days=1)).replace(hour=CHECK_OUT_HOUR, minute=0)
    return show_dates(request, unit, f"{here:%Y-%m-%dT%H:%M}", f"{leave:%Y-%m-%dT%H:%M}")


@router.post("/units/{unit_id}/offer")
async def offer_key(
    request: Request,
    gateway: Gate,
    landlord_id: LandlordId,
    unit_id: str,
    idempotency_key: Once,
    start: Annotated[str, Form(alias="from", max_length=10_000)] = "",
    until: Text = "",
) -> Response:
    """Create the link; show the form with the error if the dates or the booking are refused."""
    typed = booking_typed(dict(await request.form()))
    try:
        refuse_incomplete({"from": start, "until": until}, *DATES)
        form = OfferForm.model_validate({"from": start, "until": until, "booking": booking_form(typed)})
        made = offers.create_offer(gateway, landlord_id, unit_id, form, idempotency_key)
    except LodgekeyError as error:
        unit = get_unit(gateway, landlord_id, unit_id)
        return show_dates(request, unit, start, until, error, typed)
    return go(f"/landlord/stays/{made.stay_id}")


def show_dates(
    request: Request,
    unit: UnitShown,
    start: str,
    until: str,
    error: LodgekeyError | None = None,
    booking: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Return the form for the dates, with an error if there was one."""
    values = {
        "role": "landlord",
        "unit": unit,
        "start": start,
        "end": until,
        "idempotency_key": os.urandom(12).hex(),
        **fault_values(language_of(request), error, OF_BOOKING),
        **booking_values(booking),
    }
    return page(request, "landlord/offer.html", values, error.status if error else 200)


@router.get("/stays/{stay_id}")
def show_stay(request: Request, gateway: Gate, landlord_id: LandlordId, stay_id: str, account: Anybody) -> Response:
    """Show a stay: its links with QR codes, its keys as the locks report them, its filings."""
    stay = stays.read_stay(gateway, landlord_id, stay_id, account)
    return stay_page(request, account, stay, get_unit(gateway, landlord_id, stay.unit), notice_of(request))


def stay_page(
    request: Request,
    account: Account,
    stay: StayShown,
    unit: UnitShown,
    notice: str | None,
    error: LodgekeyError | None = None,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Return the page of one stay, with an error if there was one, and what was typed by input."""
    locks = {lock.id: lock for lock in unit.locks}
    values = {
        "role": "landlord",
        "stay": stay,
        "acts": may(account.staff, "act"),
        "decides": may(account.staff, "decide"),
        "revoking": "revoke" in request.query_params,
        "zone": unit.timezone,
        "links": [(offer, draw_code(offer.url)) for offer in stay.offers if offer.state in LIVE_LINKS],
        "keys": [(key, locks[key.lock]) for key in stay.keys if key.lock in locks],
        "codes": [(code, locks[code.lock]) for code in stay.codes if code.lock in locks],
        "once_codes": [(code, locks[code.lock]) for code in stay.once_codes if code.lock in locks],
        "once_locks": [locks[lock] for lock in stay.once_locks if lock in locks],
        "once_unused": any(code.state in UNUSED for code in stay.once_codes),
        "waits": " ".join(
            [stay.state]
            + [offer.state for offer in stay.offers]
            + [f"{key.state} {key.delay_reason}" for key in stay.keys]
            + [f"{code.state} {code.delay_reason}" for code in stay.codes]
            + [f"{code.state} {code.delay_reason}" for code in stay.once_codes]
            + [filing.state for filing in stay.registrations]
        ),
        "idempotency_key": os.urandom(12).hex(),
        "notice": notice,
        "typed": typed,
        **fault_values(language_of(request), error, {ARRIVED: next(iter(typed), ARRIVED)}),
    }
    return page(request, "landlord/stay.html", values, error.status if error else 200)


def draw_code(url: str) -> str:
    """Return the link as a QR code (ISO/IEC 18004, level M): SVG without inline styles."""
    return segno.make(url, error="m").svg_inline(omitsize=True, border=2)


def stay_again(
    error: LodgekeyError,
    request: Request,
    gateway: Gate,
    landlord_id: LandlordId,
    account: Anybody,
    stay_id: str,
    start: str | None = None,
    until: str | None = None,
) -> Response:
    """Return the page of a stay with the error of a form on it, and the dates that were typed."""
    stay = stays.read_stay(gateway, landlord_id, stay_id, account)
    typed = {name: text for name, text in (("from", start), ("until", until)) if text is not None}
    return stay_page(request, account, stay, get_unit(gateway, landlord_id, stay.unit), None, error, typed)


def stay_of_link_again(
    error: LodgekeyError,
    request: Request,
    gateway: Gate,
    landlord_id: LandlordId,
    account: Anybody,
    offer_id: str,
    arrived: str | None = None,
) -> Response:
    """Return the page of a link's stay with the error of a form on it, and the arrival that was typed."""
    stay = stays.read_stay(gateway, landlord_id, offers.stay_id_of(gateway, landlord_id, offer_id), account)
    typed = {} if arrived is None else {f"{ARRIVED}-{offer_id}": arrived}
    return stay_page(request, account, stay, get_unit(gateway, landlord_id, stay.unit), None, error, typed)


def stay_of_key_again(
    error: LodgekeyError, request: Request, gateway: Gate, landlord_id: LandlordId, account: Anybody, key_id: str
) -> Response:
    """Return the page of a key's stay with the error of a form on it."""
    stay_id = stays.stay_id_of_key(gateway, landlord_id, key_id)
    return stay_again(error, request, gateway, landlord_id, account, stay_id)


@router.post("/stays/{stay_id}/offers")
@shown_again(stay_again)
def another_link(gateway: Gate, landlord_id: LandlordId, stay_id: str, idempotency_key: Once) -> Response:
    """Create one more link for the same stay."""
    offers.create_another_offer(gateway, landlord_id, stay_id, idempotency_key)
    return go(f"/landlord/stays/{stay_id}")


@router.post("/offers/{offer_id}/phones")
@shown_again(stay_of_link_again)
def another_phone(gateway: Gate, landlord_id: LandlordId, offer_id: str, idempotency_key: Once) -> Response:
    """Create a link for another phone of the tenant who registered with this one."""
    return go(f"/landlord/stays/{offers.create_phone_offer(gateway, landlord_id, offer_id, idempotency_key).stay_id}")


@router.post("/offers/{offer_id}/departure")
@shown_again(stay_of_link_again)
def record_departure(gateway: Gate, landlord_id: LandlordId, offer_id: str) -> Response:
    """Record that the tenant of this link left before the others, now."""
    return go(f"/landlord/stays/{offers.record_departure(gateway, landlord_id, offer_id, DepartureForm()).stay_id}")


@router.post("/offers/{offer_id}/arrival")
@shown_again(stay_of_link_again)
def record_arrival(gateway: Gate, landlord_id: LandlordId, offer_id: str, arrived: Text = "") -> Response:
    """Record when the tenant of this link arrived, if not with the others."""
    refuse_incomplete({ARRIVED: arrived}, Input(ARRIVED, 40))
    stay_id = offers.record_arrival(gateway, landlord_id, offer_id, ArrivalForm(arrived=arrived)).stay_id
    return go(f"/landlord/stays/{stay_id}?done=staypage.saved")


@router.post("/offers/{offer_id}/withdraw")
@shown_again(stay_of_link_again)
def withdraw_link(gateway: Gate, landlord_id: LandlordId, offer_id: str) -> Response:
    """Make a link stop working."""
    stay_id = offers.withdraw_offer(gateway, landlord_id, offer_id).stay_id
    return go(f"/landlord/stays/{stay_id}?done=staypage.withdrawn")


@router.post("/stays/{stay_id}/dates")
@shown_again(stay_again)
def change_dates(
    gateway: Gate,
    landlord_id: LandlordId,
    stay_id: str,
    start: Annotated[str, Form(alias="from", max_length=10_000)] = "",
    until: Text = "",
) -> Response:
    """Change the dates."""
    typed = {"from": start, "until": until}
    refuse_incomplete(typed, *DATES)
    stays.change_stay(gateway, landlord_id, stay_id, DatesForm.model_validate(typed))
    return go(f"/landlord/stays/{stay_id}?done=staypage.saved")


@router.post("/stays/{stay_id}/end")
@shown_again(stay_again)
def end_stay(gateway: Gate, landlord_id: LandlordId, stay_id: str) -> Response:
    """End the stay now."""
    stays.end_stay(gateway, landlord_id, stay_id)
    return go(f"/landlord/stays/{stay_id}?done=staypage.ended")


@router.post("/stays/{stay_id}/locks/{lock_id}/ask")
@shown_again(stay_again)
def ask_lock(gateway: Gate, landlord_id: LandlordId, stay_id: str, lock_id: str) -> Response:
    """Have a lock of the stay's unit asked for its state."""
    units.request_lock_state(gateway, landlord_id, lock_id)
    return go(f"/landlord/stays/{stay_id}?done=staypage.asked_again")


@router.post("/keys/{key_id}/revoke")
@shown_again(stay_of_key_again)
def revoke_key(gateway: Gate, landlord_id: LandlordId, key_id: str) -> Response:
    """Revoke a key; the page shows "being revoked" until the lock confirms it, if a lock holds the key."""
    key = stays.revoke_key(gateway, landlord_id, key_id)
    stay_id = stays.stay_id_of_key(gateway, landlord_id, key_id)
    return go(f"/landlord/stays/{stay_id}?done=staypage.{'taken_back' if key.state == 'taken_back' else 'revoking'}")
